"""What the tests share: one small log, as columns and as every kind of frame."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import datetime, timezone

import pyarrow as pa
import pytest

import engagement

UTC = timezone.utc

COLUMNS: dict[str, list[object]] = {
    "customer_id": ["ann", "ann", "ann", "bob", "bob", "7", "eve"],
    "at": [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 2, 3, 1, 3, 2, 3)],
    "kind": ["purchase", "purchase", "review", "purchase", "complaint", "purchase", "visit"],
    "amount": [20.0, 35.5, None, 12.25, None, 99.0, None],
    "rating": [None, None, 5.0, None, None, None, None],
    "unit": ["north", "north", None, "south", "south", "south", None],
    "id": ["e1", "e2", "e3", "e4", "e5", "e6", "e7"],
}


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Python's answer to Ctrl-C, for us and our children: a process in the background of a shell is started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def arrow_table() -> pa.Table:
    return pa.table(COLUMNS)


@pytest.fixture
def table() -> pa.Table:
    return arrow_table()


@pytest.fixture
def ledger(table: pa.Table) -> engagement.Ledger:
    return engagement.Ledger(table)


@pytest.fixture
def rulebook() -> engagement.Rulebook:
    return engagement.Rulebook.standard()


def content(ledger: engagement.Ledger) -> list[list[dict[str, object]]]:
    """Everything a ledger holds, to compare two of them."""
    return [ledger.history(customer).to_dicts() for customer in ledger.customers()]
