"""Retention, tenures, survival, stages and RFM."""

from __future__ import annotations

import numpy as np
import pytest
from summaries import cdnow_sample, cdnow_sample_ledger

import engagement
from engagement import BgCnbdK, KaplanMeier, Ledger, MbgNbd, Nbd, Purchases, Rulebook


@pytest.fixture
def contracts() -> Ledger:
    ledger = Ledger()
    for customer, begin, end in [
        ("ann", "2026-01-01", "2026-03-01"),
        ("bob", "2026-01-15", None),
        ("eve", "2026-02-01", "2026-02-15"),
    ]:
        ledger.record(customer, begin, "subscription")
        if end:
            ledger.record(customer, end, "cancellation")
    ledger.record("zoe", "2026-02-01", "visit")
    return ledger


def test_retention_by_month() -> None:
    table = cdnow_sample_ledger().retention("1997-12-31")
    rows = table.to_dicts()
    first = [row for row in rows if row["cohort"] == "1997-01-01"]
    assert [row["period"] for row in first] == list(range(12))
    assert first[0]["customers"] == first[0]["active"] and first[0]["retention"] == 1
    assert {row["cohort"] for row in rows} == {"1997-01-01", "1997-02-01", "1997-03-01"}
    assert sum(row["customers"] for row in rows if row["period"] == 0) == 2357
    for row in rows:
        assert row["retention"] == pytest.approx(row["active"] / row["customers"])
        assert 0 <= row["retention_low"] <= row["retention"] <= row["retention_high"] <= 1
    # Wilson (1927), doi:10.1080/01621459.1927.10502953.
    row, z = first[1], 1.959963984540054
    n, p = row["customers"], row["retention"]
    middle, half = (p + z * z / (2 * n)), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert (row["retention_low"], row["retention_high"]) == pytest.approx(
        ((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)), rel=1e-12
    )
    late = cdnow_sample_ledger().retention("1997-12-31", acquired_from="1997-02-01")
    assert set(late["cohort"]) == {"1997-02-01", "1997-03-01"}
    with pytest.raises(ValueError, match="period is \"quarter\""):
        cdnow_sample_ledger().retention(period="quarter")  # type: ignore[arg-type]


def test_tenures(contracts: Ledger) -> None:
    rows = {row["customer"]: row for row in contracts.tenures(as_of="2026-04-01", unit="day").to_dicts()}
    assert (rows["ann"]["duration"], rows["ann"]["observed"]) == (59.0, True)
    assert (rows["eve"]["duration"], rows["eve"]["observed"]) == (14.0, True)
    assert rows["bob"]["observed"] is False and "zoe" not in rows
    silent = cdnow_sample_ledger().tenures(gap=26.0, as_of="1998-06-30")
    assert len(silent) == 2357 and 0 < sum(silent["observed"]) < 2357


def test_kaplan_meier() -> None:
    """The 6-MP arm of Freireich et al. (1963), as in Kalbfleisch & Prentice (2002), doi:10.1002/9781118032985, table 1.2."""
    durations = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    observed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = KaplanMeier(durations, observed)
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for time, share in printed.items():
        assert curve.survival_at(time) == pytest.approx(share, abs=6e-4)
    assert curve.survival_at(5.9) == 1 and curve.survival_at(36.0) is None
    assert curve.median[0] == 23
    assert {"time", "at_risk", "events", "censored", "survival", "standard_error", "low", "high"} == set(curve.columns)
    plain = KaplanMeier(np.array(durations), np.array(observed, dtype=bool), interval="plain")
    assert plain["survival"] == curve["survival"] and plain["low"] != curve["low"]
    with pytest.raises(ValueError, match="observed, row 1: 2 is neither 0 nor 1"):
        KaplanMeier([1, 2], [1, 2])
    with pytest.raises(ValueError, match="interval"):
        KaplanMeier([1, 2], [1, 1], interval="exact")  # type: ignore[arg-type]


def test_survival_from_a_ledger(contracts: Ledger) -> None:
    tenures = contracts.tenures(as_of="2026-04-01", unit="day")
    curve = KaplanMeier(tenures["duration"], tenures["observed"])
    assert curve["survival"][:2] == pytest.approx([2 / 3, 1 / 3])


def test_stages() -> None:
    purchases = Purchases([0, 9, 9, 9], [0.0, 38.0, 20.0, 33.0], [2.0, 39.0, 39.0, 39.0], customers=["new", "on", "gone", "may"])
    table = purchases.stages(4.0)
    assert dict(zip(table["customer"], table["stage"], strict=True)) == {
        "new": "new",
        "on": "active",
        "gone": "lapsed",
        "may": "at risk",
    }
    by_model = cdnow_sample().stages(4.0, model=Nbd(0.385, 12.072))
    assert len(by_model) == 2357 and set(by_model["stage"]) <= {"new", "active", "at risk", "lapsed"}
    assert by_model["stage"] != cdnow_sample().stages(4.0, model=MbgNbd(0.525, 6.183, 0.891, 1.614))["stage"]
    with pytest.raises(ValueError, match="model: bg-cnbd-k has no rate of single purchases"):
        purchases.stages(4.0, model=BgCnbdK(k=2, r=0.525, alpha=6.183, a=0.891, b=1.614))
    with pytest.raises(ValueError, match="at_risk"):
        purchases.stages(4.0, at_risk=0.01, lapsed=0.5)
    with pytest.raises(ValueError, match="new_within: missing"):
        purchases.stages()


def test_stages_of_a_rulebook() -> None:
    """The section in days says what the arguments say in weeks, and the forecast's model what model= says."""
    book = Rulebook.loads("""
        version = 1
        name = "stages"
        levels = { fully_engaged = 60, engaged = 30, not_engaged = 0 }
        stages = { unit = "day", new_within = 28, lapsed = 0.02 }
    """)
    assert Rulebook.loads(book.dumps("json")) == book
    sample = cdnow_sample()
    assert sample.stages(rulebook=book)["stage"] == sample.stages(4.0, lapsed=0.02)["stage"]
    model = MbgNbd(0.525, 6.183, 0.891, 1.614)
    by_model = sample.stages(4.0, lapsed=0.02, model=model)["stage"]
    assert sample.stages(rulebook=book.with_forecast(model))["stage"] == by_model
    assert sample.stages(rulebook=book, model=model)["stage"] == by_model
    with pytest.raises(ValueError, match="^rulebook: it says new_within, at_risk and lapsed; give either it or them"):
        sample.stages(4.0, rulebook=book)
    with pytest.raises(ValueError, match="either it or them"):
        sample.stages(at_risk=0.3, rulebook=book)
    with pytest.raises(engagement.InvalidRulebookError, match="stages: missing"):
        sample.stages(rulebook=Rulebook.standard())


def test_rfm() -> None:
    table = cdnow_sample_ledger().rfm("1997-09-30")
    assert len(table) == 2357 and sum(table.segments.values()) == 2357
    assert table.columns == ["customer", "days_since_last", "purchases", "spend", "r", "f", "m", "segment"]
    assert set(table.cuts) == {"recency", "frequency", "monetary"} and table.notes
    rows = table.to_dicts()
    for measure, score in (("purchases", "f"), ("spend", "m")):
        by_value: dict[float, set[int]] = {}
        for row in rows:
            by_value.setdefault(row[measure], set()).add(row[score])
        assert all(len(scores) == 1 for scores in by_value.values()), "equal customers have equal scores"
    again = cdnow_sample_ledger().rfm(
        "1997-09-30",
        recency_cuts=table.cuts["recency"],
        frequency_cuts=table.cuts["frequency"],
        monetary_cuts=table.cuts["monetary"],
    )
    assert again.to_dicts() == rows
    with pytest.raises(engagement.InvalidArgumentError):
        cdnow_sample_ledger().rfm(frequency_cuts=[5.0, 2.0])
