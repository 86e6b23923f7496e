"""Scores: a table that every library takes, with what it says as a whole."""

from __future__ import annotations

import warnings
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

import engagement
from engagement import Ledger, Rulebook, Scores

UTC = timezone.utc
COLUMNS = ["customer", "engagement", "say", "stay", "spend", "level", "points_say", "points_stay", "points_spend", "coverage", "prospect", "interactions", "first_at", "last_at"]


@pytest.fixture
def scores(ledger: Ledger, rulebook: Rulebook) -> Scores:
    return ledger.score(rulebook)


def test_one_row_a_customer_in_key_order(scores: Scores) -> None:
    assert len(scores) == 4
    assert scores.shape == (4, len(COLUMNS))
    assert scores.columns == COLUMNS
    assert scores["customer"] == ["7", "ann", "bob", "eve"]


def test_no_evidence_is_no_score(scores: Scores) -> None:
    assert scores.customer("bob")["say"] < 0
    assert scores.customer("ann")["say"] > 0
    assert scores.customer(7)["say"] is None
    assert scores.customer(7)["points_say"] is None
    assert scores.customer("eve")["prospect"] is True


def test_every_library_takes_it(scores: Scores) -> None:
    expected = scores.to_dicts()
    assert scores.to_polars().to_dicts() == expected
    assert pl.DataFrame(scores).to_dicts() == expected
    assert scores.to_pyarrow().to_pylist() == expected
    assert pa.table(scores).equals(scores.to_pyarrow())
    frame = scores.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["customer"]) == scores["customer"]
    assert duckdb.sql("select customer, engagement from scores order by engagement desc limit 1").fetchall() == [("ann", scores.customer("ann")["engagement"])]
    assert pa.schema(scores) == scores.to_pyarrow().schema


def test_types(scores: Scores) -> None:
    schema = scores.to_pyarrow().schema
    assert schema.field("engagement").type == pa.float64()
    assert pa.types.is_dictionary(schema.field("level").type)
    assert schema.field("first_at").type == pa.timestamp("us", tz="UTC")
    assert isinstance(scores["first_at"][0], datetime)


def test_one_customer_scores_the_same(ledger: Ledger, rulebook: Rulebook, scores: Scores) -> None:
    for row in scores.to_dicts():
        card = ledger.score_one(row["customer"], rulebook)
        for field in ("engagement", "say", "stay", "spend", "level", "points_say", "points_stay", "points_spend", "coverage", "prospect", "interactions", "first_at", "last_at"):
            assert getattr(card, field) == row[field], field
        for way in ("say", "stay", "spend"):
            points = [c.points for c in card.contributions if c.way == way]
            assert sum(points) == (getattr(card, f"points_{way}") or 0)


def test_contributions_are_columns_on_request(ledger: Ledger, rulebook: Rulebook, scores: Scores) -> None:
    wide = ledger.score(rulebook, contributions=True)
    assert wide.columns[: len(COLUMNS)] == COLUMNS
    assert len(wide.columns) == len(COLUMNS) + len(rulebook.rules)
    assert wide["engagement"] == scores["engagement"]


def test_threads_do_not_matter(ledger: Ledger, rulebook: Rulebook, scores: Scores) -> None:
    assert ledger.score(rulebook, threads=1).to_dicts() == ledger.score(rulebook, threads=3).to_dicts() == scores.to_dicts()
    with pytest.raises(engagement.InvalidArgumentError, match="threads"):
        ledger.score(rulebook, threads=-1)


def test_history_is_scoring_at_each_time(ledger: Ledger, rulebook: Rulebook) -> None:
    times = ["2026-01-15", "2026-02-15", "2026-03-15", "2026-12-31"]
    table = ledger.score_history("ann", times, rulebook)
    assert table["engagement"] == [ledger.score_one("ann", rulebook, as_of=time).engagement for time in times]
    assert table["as_of"] == [ledger.score_one("ann", rulebook, as_of=time).as_of for time in times]


def test_explanations_are_sentences_and_data(ledger: Ledger, rulebook: Rulebook) -> None:
    explanation = ledger.explain("bob", rulebook)
    assert explanation.sentences
    assert str(explanation) == "\n".join(explanation.sentences)
    assert "complaint" in str(explanation)
    assert explanation.scorecard.engagement == ledger.score_one("bob", rulebook).engagement
    assert explanation.to_dict()["sentences"] == explanation.sentences
    assert {reason["way"] for reason in explanation.reasons} <= {"say", "stay", "spend"}
    assert explanation.customer == "bob"
    assert "<li>" in explanation._repr_html_()
    assert "bob" in repr(explanation)


def test_levels_and_ratio(ledger: Ledger, rulebook: Rulebook, scores: Scores) -> None:
    assert list(scores.levels) == ["fully engaged", "engaged", "not engaged", "actively disengaged", "unknown"]
    assert sum(scores.levels.values()) + scores.prospects == 4
    assert scores.prospects == 1
    ratio = ledger.engagement_ratio(rulebook)
    assert (ratio.fully_engaged, ratio.actively_disengaged) == (scores.ratio.fully_engaged, scores.ratio.actively_disengaged)
    assert str(ratio) == ratio.sentence


def test_ratio_by_group(ledger: Ledger, rulebook: Rulebook) -> None:
    table = ledger.engagement_ratio(rulebook, by="unit")
    assert {"north", "south"} <= set(table["unit"])
    assert table.columns == ["unit", "fully_engaged", "engaged", "not_engaged", "actively_disengaged", "unknown", "prospects", "ratio", "low", "high"]
    ledger.set_attribute("ann", "segment", "business", since="2025-01-01")
    by_segment = ledger.engagement_ratio(rulebook, by="segment")
    assert set(by_segment["segment"]) == {"business", "none"}


def test_without_a_rulebook_one_is_calibrated_and_announced(ledger: Ledger) -> None:
    with pytest.warns(engagement.CalibratedRulebookWarning, match="scores.rulebook") as caught:
        scores = ledger.score()
    assert caught[0].filename == __file__
    assert scores.rulebook == Rulebook.calibrated(ledger)
    assert scores.notes == scores.rulebook.notes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ledger.score(scores.rulebook).to_dicts() == scores.to_dicts()


def test_top_and_bottom(scores: Scores) -> None:
    assert scores.top(2)["customer"][0] == "ann"
    assert scores.bottom(1)["customer"] == ["bob"]
    assert len(scores.top(0)) == 0
    with pytest.raises(engagement.UnknownCustomerError):
        scores.customer("zoe")


def test_it_shows_itself(scores: Scores) -> None:
    text = repr(scores)
    assert text.startswith("Scores of 4 customers as of 2026-03-01 12:00:00 UTC")
    assert "ann" in text
    assert "engagement" in text
    html = scores._repr_html_()
    assert html.count("<tr>") == 5
    assert "ann" in html


def test_html_is_escaped(rulebook: Rulebook) -> None:
    ledger = Ledger()
    ledger.record("<script>alert(1)</script>", "2026-01-01", "purchase", amount=1)
    assert "<script>" not in ledger.score(rulebook)._repr_html_()


def test_long_tables_are_cut_in_the_middle(rulebook: Rulebook) -> None:
    ledger = Ledger(pa.table({"customer_id": range(100), "at": ["2026-01-01"] * 100, "amount": [1.0] * 100}))
    text = repr(ledger.score(rulebook))
    assert "…" in text
    assert " 99 " in text
    assert len(text.splitlines()) < 25


def test_it_writes_files(scores: Scores, tmp_path: Path) -> None:
    expected = scores.to_dicts()
    scores.write(tmp_path / "s.parquet")
    assert pa.parquet.read_table(tmp_path / "s.parquet").to_pylist() == expected
    scores.write(tmp_path / "s.arrow")
    assert pa.ipc.open_file(tmp_path / "s.arrow").read_all().to_pylist() == expected
    scores.write(str(tmp_path / "s.csv"))
    csv = pl.read_csv(tmp_path / "s.csv", schema_overrides={"customer": pl.String})
    assert csv["engagement"].to_list() == scores["engagement"]
    assert csv["last_at"][1] == "2026-03-01T12:00:00Z"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.arrow", "s.csv", "s.parquet"]
    with pytest.raises(engagement.InvalidArgumentError, match=".parquet, .csv or .arrow"):
        scores.write(tmp_path / "s.xlsx")
    with pytest.raises(FileNotFoundError):
        scores.write(tmp_path / "none" / "s.csv")


def test_no_column_says_which_there_are(scores: Scores) -> None:
    with pytest.raises(KeyError, match="engagement"):
        scores["score"]


def test_the_report_is_one_page(ledger: Ledger, rulebook: Rulebook) -> None:
    page = ledger.report(rulebook, title="R & D")
    assert page.startswith("<!DOCTYPE html>")
    assert "<h1>R &amp; D</h1>" in page
    assert "src=" not in page
    assert page == ledger.report(rulebook, title="R & D", threads=1)
