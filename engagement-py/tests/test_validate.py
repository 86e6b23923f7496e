"""Validation: the published holdout, through Python."""

from __future__ import annotations

import pytest
from summaries import cdnow_sample_ledger

from engagement import Rulebook, Validation


@pytest.fixture(scope="module")
def found() -> Validation:
    ledger = cdnow_sample_ledger()
    books = {"standard": Rulebook.standard()}
    models = ["bg-nbd", "mbg-nbd", "pareto-nbd"]
    return ledger.validate(models, rulebooks=books, horizon=39.0, origins=["1997-09-30"], replicates=40, seed=3)


def test_the_published_holdout(found: Validation) -> None:
    """Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098, at the maximum of the likelihood."""
    assert found.candidates == ["bg-nbd", "mbg-nbd", "pareto-nbd", "standard"]
    totals = {row["candidate"]: row for row in found.totals.to_dicts()}
    for name, total in [("bg-nbd", 1653.408697515955), ("mbg-nbd", 1576.7283018275107), ("pareto-nbd", 1665.5131078803943)]:
        assert (totals[name]["customers"], totals[name]["purchases"]) == (2357, 1882)
        assert totals[name]["expected"] == pytest.approx(total, rel=1e-6)
    assert totals["standard"]["expected"] is None and totals["standard"]["bic"] is None
    assert sum(row["stacked"] or 0 for row in totals.values()) == pytest.approx(1)
    measures = {(row["candidate"], row["measure"]): row for row in found.to_dicts()}
    assert {row["origin"] for row in found.to_dicts()} == {"1997-09-30"}
    for name, mae, rmse in [("bg-nbd", 0.7854542365752223, 1.6079820107416394), ("mbg-nbd", 0.764778949326944, 1.6071826574387578)]:
        for measure, want in (("mae", mae), ("rmse", rmse)):
            row = measures[name, measure]
            assert row["estimate"] == pytest.approx(want, rel=1e-6) and row["low"] < want < row["high"]
    assert ("standard", "mae") not in measures
    assert any(candidate == "standard" for candidate, _ in measures), "a rulebook ranks"


def test_groups_and_differences(found: Validation) -> None:
    rows = [row for row in found.by_frequency.to_dicts() if row["candidate"] == "bg-nbd"]
    assert [row["customers"] for row in rows] == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert rows[7]["actual"] == pytest.approx(6.359375) and rows[7]["expected"] == pytest.approx(6.157190504553911, rel=1e-6)
    assert all(row["low"] < row["actual"] < row["high"] for row in rows)
    tenths = [row for row in found.deciles.to_dicts() if row["candidate"] == "bg-nbd"]
    assert sum(row["customers"] for row in tenths) == 2357
    differences = {(row["candidate"], row["measure"]): row["estimate"] for row in found.differences.to_dicts()}
    measures = {(row["candidate"], row["measure"]): row["estimate"] for row in found.to_dicts()}
    got = differences["mbg-nbd", "mae"]
    assert got == pytest.approx(measures["mbg-nbd", "mae"] - measures["bg-nbd", "mae"], abs=1e-12)


def test_rolling_origins_choose_and_repeat() -> None:
    ledger = cdnow_sample_ledger()
    run = [ledger.validate(["nbd", "mbg-nbd"], horizon=13.0, replicates=40, seed=7, threads=n) for n in (1, 2)]
    assert run[0].to_dicts() == run[1].to_dicts()
    assert len({row["origin"] for row in run[0].to_dicts()}) == 3
    assert run[0].chosen == "mbg-nbd"
    with pytest.raises(ValueError, match="gamma-poisson"):
        ledger.validate(["gamma-poisson"], horizon=13.0)
    with pytest.raises(ValueError, match="rulebooks, mine: a Rulebook is expected"):
        ledger.validate(["nbd"], rulebooks={"mine": 3}, horizon=13.0)  # type: ignore[dict-item]
