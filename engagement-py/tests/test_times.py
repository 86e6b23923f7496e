"""Times: aware ones as they stand, naive ones in the ledger's zone, a bare date as an as-of is the end of that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import engagement
from engagement import Ledger, Rulebook

UTC = timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")


def recorded_at(at: object, zone: str = "UTC") -> datetime:
    ledger = Ledger(zone=zone)
    ledger.record(1, at, "visit")  # type: ignore[arg-type]
    assert ledger.latest is not None
    return ledger.latest


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=UTC), "2026-07-01T12:30:15.123456+00:00"),
        (datetime(2026, 7, 1, 12, tzinfo=BERLIN), "2026-07-01T10:00:00+00:00"),
        (datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2026-07-01T06:30:00+00:00"),
        (datetime(2026, 7, 1, 12), "2026-07-01T10:00:00+00:00"),
        (date(2026, 7, 1), "2026-06-30T22:00:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),
        ("2026-07-01 12:00", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00+00:00"),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T10:00:00+00:00"),
        (np.datetime64("2026-07-01T12:00:00"), "2026-07-01T10:00:00+00:00"),
        (np.datetime64("2026-07-01"), "2026-06-30T22:00:00+00:00"),
        (pd.Timestamp("2026-07-01 12:00", tz="Europe/Berlin"), "2026-07-01T10:00:00+00:00"),
        (pd.Timestamp("2026-07-01 12:00"), "2026-07-01T10:00:00+00:00"),
        (datetime(1, 1, 2, tzinfo=UTC), "0001-01-02T00:00:00+00:00"),
    ],
)
def test_times_in_berlin(at: object, expected: str) -> None:
    assert recorded_at(at, "Europe/Berlin").isoformat() == expected


@pytest.mark.parametrize(("at", "error"), [("soon", engagement.InvalidTimeError), (1.5, TypeError), (None, TypeError), (pd.NaT, engagement.InvalidTimeError), ("2026-02-30", ValueError)])
def test_what_is_no_time(at: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        recorded_at(at)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-07-01", "2026-07-01T21:59:59.999999+00:00"),
        (date(2026, 7, 1), "2026-07-01T21:59:59.999999+00:00"),
        (np.datetime64("2026-07-01"), "2026-07-01T21:59:59.999999+00:00"),
        (datetime(2026, 7, 1), "2026-06-30T22:00:00+00:00"),
        (datetime(2026, 7, 1, tzinfo=UTC), "2026-07-01T00:00:00+00:00"),
        ("2026-07-01T00:00:00Z", "2026-07-01T00:00:00+00:00"),
    ],
)
def test_as_of(as_of: object, expected: str) -> None:
    ledger = Ledger(zone=BERLIN)
    ledger.record(1, "2026-06-01", "purchase", amount=10)
    scores = ledger.score(Rulebook.standard(), as_of=as_of)  # type: ignore[arg-type]
    assert scores.as_of.isoformat() == expected


def test_the_default_as_of_is_the_latest_interaction(ledger: Ledger, rulebook: Rulebook) -> None:
    assert ledger.score(rulebook).as_of == ledger.latest == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_future_does_not_count_but_is_counted(ledger: Ledger, rulebook: Rulebook) -> None:
    scores = ledger.score(rulebook, as_of="2026-02-28")
    assert scores["customer"] == ["7", "ann", "bob"]
    assert scores.later == 3
    assert [row["interactions"] for row in scores.to_dicts()] == [1, 2, 1]


def test_zones() -> None:
    assert Ledger(zone="Europe/Berlin").zone == "Europe/Berlin"
    assert Ledger(zone=BERLIN).zone == "Europe/Berlin"
    assert Ledger(zone=UTC).zone == "UTC"  # type: ignore[arg-type]
    with pytest.raises(engagement.InvalidArgumentError, match="Mars"):
        Ledger(zone="Mars/Olympus")
    assert engagement.zone_data_version()[:2] == "20"


def test_naive_frames_are_in_the_zone_of_the_ledger() -> None:
    frame = pd.DataFrame({"customer_id": [1], "at": [datetime(2026, 7, 1, 12)], "amount": [1.0]})
    ledger = Ledger(frame, zone="Europe/Berlin")
    assert ledger.latest == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert ledger.zone == "Europe/Berlin"
