"""What can go wrong, as exceptions. Written in Python so that they pickle."""

from __future__ import annotations

from typing import NamedTuple


class Reject(NamedTuple):
    """One row that was not recorded, and why."""

    source: str
    """The file or frame it came from."""
    row: int
    """Its row number there, from 1."""
    field: str
    """The field that was wrong."""
    reason: str
    """Why, as a short name (``"missing_customer"``, ``"invalid_amount"``, …)."""
    value: str
    """The value as it was read."""


class EngagementError(Exception):
    """Any error of this package. ``kind`` is its name in every language, ``rejects`` the first bad rows of a strict load,
    ``best_point`` the best parameters that a failed fit had found."""

    def __init__(
        self,
        message: str,
        kind: str = "InvalidArgument",
        rejects: tuple[Reject, ...] = (),
        best_point: dict[str, float] | None = None,
    ) -> None:
        super().__init__(message, kind, rejects, best_point)
        self.kind = kind
        self.rejects = rejects
        self.best_point = best_point or {}

    def __str__(self) -> str:
        return str(self.args[0])


class InvalidArgumentError(EngagementError, ValueError):
    """An argument is outside its domain; the message says which and what is allowed."""


class InvalidTimeError(EngagementError, ValueError):
    """A text or value is not a time, or lies outside the years 1 to 9999."""


class InvalidMoneyError(EngagementError, ValueError):
    """An amount is not money: unreadable, infinite, or finer than a millionth."""


class MissingFieldError(EngagementError, ValueError):
    """A row or a table lacks a customer, a time or a kind."""


class CurrencyMismatchError(EngagementError, ValueError):
    """A ledger has one currency, and this is another."""


class IdConflictError(EngagementError, ValueError):
    """The same customer and id was recorded with other content."""


class UnknownCustomerError(EngagementError, KeyError):
    """The ledger has no interaction of this customer."""


class InvalidRulebookError(EngagementError, ValueError):
    """A rulebook is wrong; the message gives the path in the document, the value and the allowed domain."""


class UnsupportedVersionError(InvalidRulebookError):
    """A document was written for a newer version of this package."""


class AmountOverflowError(EngagementError, OverflowError):
    """A sum of money does not fit in 64 bits of millionths."""


class OutOfMemoryError(EngagementError, MemoryError):
    """The memory budget is used up. The ledger is as it was."""


class CancelledError(EngagementError):
    """The work was cancelled. The ledger is as it was."""


class ForkedError(EngagementError, RuntimeError):
    """The process was forked while another thread was using this ledger; load it again in the child."""


class FitFailedError(EngagementError, ArithmeticError):
    """A fit did not reach an answer that can be trusted."""


class CorruptDataError(EngagementError, ValueError):
    """A file is not what its name says, or is cut off."""


class InternalError(EngagementError, RuntimeError):
    """A defect of this package. Please report it."""


class CalibratedRulebookWarning(UserWarning):
    """No rulebook was given, so one was calibrated on this ledger."""


BY_KIND: dict[str, type[EngagementError]] = {
    "InvalidArgument": InvalidArgumentError,
    "InvalidHandle": InternalError,
    "InvalidUtf8": InvalidArgumentError,
    "InvalidTime": InvalidTimeError,
    "InvalidMoney": InvalidMoneyError,
    "MissingField": MissingFieldError,
    "CurrencyMismatch": CurrencyMismatchError,
    "IdConflict": IdConflictError,
    "UnknownCustomer": UnknownCustomerError,
    "InvalidRulebook": InvalidRulebookError,
    "UnsupportedVersion": UnsupportedVersionError,
    "Overflow": AmountOverflowError,
    "NoMemory": OutOfMemoryError,
    "BufferTooSmall": InternalError,
    "Cancelled": CancelledError,
    "Forked": ForkedError,
    "Poisoned": InternalError,
    "Panic": InternalError,
    "FitFailed": FitFailedError,
    "CorruptData": CorruptDataError,
}
"""The exception of each error kind of the core."""
