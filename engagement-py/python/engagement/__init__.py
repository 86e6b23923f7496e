"""What each customer is worth to a business: say, stay and spend, from one interaction log.

>>> import engagement
>>> ledger = engagement.Ledger()
>>> ledger.record("ann", "2026-03-01 10:00", "purchase", amount="19.90")
'recorded'
>>> ledger
Ledger(1 interactions, 1 customers, 2026-03-01 to 2026-03-01, zone UTC)
"""

from engagement import datasets
from engagement._errors import (
    AmountOverflowError,
    CalibratedRulebookWarning,
    CancelledError,
    CorruptDataError,
    CurrencyMismatchError,
    EngagementError,
    FitFailedError,
    ForkedError,
    IdConflictError,
    InternalError,
    InvalidArgumentError,
    InvalidMoneyError,
    InvalidRulebookError,
    InvalidTimeError,
    MissingFieldError,
    OutOfMemoryError,
    Reject,
    UnknownCustomerError,
    UnsupportedVersionError,
)
from engagement._native import (
    Contribution,
    EngagementRatio,
    Explanation,
    Ledger,
    Reconciliation,
    Rulebook,
    Scorecard,
    Scores,
    Table,
    __version__,
    zone_data_version,
)

__all__ = [
    "AmountOverflowError",
    "CalibratedRulebookWarning",
    "CancelledError",
    "Contribution",
    "CorruptDataError",
    "CurrencyMismatchError",
    "EngagementError",
    "EngagementRatio",
    "Explanation",
    "FitFailedError",
    "ForkedError",
    "IdConflictError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidMoneyError",
    "InvalidRulebookError",
    "InvalidTimeError",
    "Ledger",
    "MissingFieldError",
    "OutOfMemoryError",
    "Reconciliation",
    "Reject",
    "Rulebook",
    "Scorecard",
    "Scores",
    "Table",
    "UnknownCustomerError",
    "UnsupportedVersionError",
    "__version__",
    "datasets",
    "zone_data_version",
]
