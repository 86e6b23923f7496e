"""Every kind of frame gives the same ledger, and what is no frame is refused with a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import arrow_table, content

import engagement

FRAMES: dict[str, Callable[[], Any]] = {
    "pyarrow Table": arrow_table,
    "pyarrow RecordBatch": lambda: arrow_table().combine_chunks().to_batches()[0],
    "pyarrow RecordBatchReader": lambda: arrow_table().to_reader(max_chunksize=2),
    "pyarrow dictionary columns": lambda: arrow_table().set_column(2, "kind", arrow_table()["kind"].dictionary_encode()),
    "polars DataFrame": lambda: pl.DataFrame(arrow_table()),
    "polars LazyFrame": lambda: pl.DataFrame(arrow_table()).lazy(),
    "polars collect_batches": lambda: pl.DataFrame(arrow_table()).lazy().collect_batches(chunk_size=2),
    "polars categorical": lambda: pl.DataFrame(arrow_table()).with_columns(pl.col("kind", "unit").cast(pl.Categorical)),
    "polars NaN": lambda: pl.DataFrame(arrow_table()).with_columns(pl.col("amount", "rating").fill_null(float("nan"))),
    "pandas": lambda: arrow_table().to_pandas(),
    "pandas numpy strings": lambda: arrow_table().to_pandas().astype({"kind": object, "unit": object}),
    "duckdb": lambda: duckdb.from_arrow(arrow_table()),
    "list of frames": lambda: [arrow_table().slice(0, 3), pl.DataFrame(arrow_table().slice(3))],
    "generator of frames": lambda: (arrow_table().slice(at, 1) for at in range(7)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_gives_the_same_ledger(name: str) -> None:
    expected = engagement.Ledger(arrow_table())
    ledger = engagement.Ledger(FRAMES[name]())
    assert len(ledger) == 7
    assert content(ledger) == content(expected)


def test_our_own_tables_are_frames(ledger: engagement.Ledger) -> None:
    again = engagement.Ledger(ledger.history("bob"), columns={"customer_id": "unit"})
    assert again.customers() == ["south"]
    assert len(again) == 2


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("log.csv", "Ledger.read"),
        ({"customer_id": [1]}, "pyarrow.table"),
        (42, "not int"),
        (np.zeros(3), "not numpy.ndarray"),
        ([{"customer_id": 1}], "not dict"),
    ],
)
def test_what_is_no_frame_is_refused(value: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        engagement.Ledger(value)


def test_columns_are_mapped_ours_to_theirs(table: pa.Table) -> None:
    renamed = table.rename_columns(["CustomerNo", "Booked", "What", "Worth", "rating", "unit", "id"])
    names = {"customer_id": "CustomerNo", "at": "Booked", "kind": "What", "amount": "Worth"}
    assert content(engagement.Ledger(renamed, columns=names)) == content(engagement.Ledger(table))


def test_a_missing_column_is_named_with_what_there_is(table: pa.Table) -> None:
    with pytest.raises(engagement.EngagementError, match="CustomerNo") as raised:
        engagement.Ledger(table, columns={"customer_id": "CustomerNo"})
    assert "customer_id" in str(raised.value)


def test_a_field_that_does_not_exist_is_refused(table: pa.Table) -> None:
    with pytest.raises(engagement.EngagementError, match="colour"):
        engagement.Ledger(table, columns={"colour": "unit"})


def test_a_default_kind(table: pa.Table) -> None:
    ledger = engagement.Ledger(table.select(["customer_id", "at"]), kind="visit")
    assert ledger.kinds == {"visit": 7}


def test_integer_and_text_keys_are_one_customer() -> None:
    ledger = engagement.Ledger(pa.table({"customer_id": [7], "at": ["2026-01-01"], "kind": ["visit"]}))
    ledger.append(pa.table({"customer_id": ["7", "007"], "at": ["2026-01-02"] * 2, "kind": ["visit"] * 2}))
    assert ledger.customers() == [7, "007"]


def test_pandas_without_pyarrow_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import pandas as pd, engagement\n"
        "frame = pd.DataFrame({'customer_id': [1], 'at': ['2026-01-01'], 'kind': ['visit']})\n"
        "try: engagement.Ledger(frame)\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install 'engagement[pandas]'" in done.stdout, done.stderr


def test_importing_needs_no_other_package() -> None:
    program = (
        "import sys, engagement\n"
        "loaded = {'numpy', 'pandas', 'polars', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "ledger = engagement.Ledger()\n"
        "ledger.record(1, '2026-01-01', 'purchase', amount=5)\n"
        "scores = ledger.score(engagement.Rulebook.standard())\n"
        "assert len(scores.to_dicts()) == 1 and repr(scores)\n"
        "loaded = {'numpy', 'pandas', 'polars', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_big_frames_are_sliced(rulebook: engagement.Rulebook) -> None:
    rows = 200_000
    frame = pl.DataFrame({
        "customer_id": np.arange(rows) % 5_000,
        "at": pl.datetime_range(pl.datetime(2025, 1, 1), pl.datetime(2025, 12, 1), eager=True, time_unit="us", interval="1s").head(rows),
        "amount": np.ones(rows),
    })
    calls: list[tuple[int, int | None]] = []
    ledger = engagement.Ledger(frame, progress=lambda done, total: calls.append((done, total)))
    assert [done for done, _ in calls] == [65_536, 131_072, 196_608, 200_000]
    assert {total for _, total in calls} == {rows}
    assert ledger.kinds == {"purchase": rows}
    seen: list[tuple[int, int]] = []
    scores = ledger.score(rulebook, progress=lambda done, total: seen.append((done, total)))
    assert len(scores) == 5_000
    assert seen[-1] == (5_000, 5_000)


def test_a_pandas_frame_says_its_length() -> None:
    totals = set()
    engagement.Ledger(pd.DataFrame({"customer_id": [1, 2], "at": ["2026-01-01"] * 2, "amount": [1.0, 2.0]}), progress=lambda _, total: totals.add(total))
    assert totals == {2}


def test_a_failing_generator_is_the_error_that_is_seen(table: pa.Table) -> None:
    def frames() -> Any:
        yield table
        raise RuntimeError("the database went away")

    ledger = engagement.Ledger()
    with pytest.raises(RuntimeError, match="went away"):
        ledger.append(frames())
    assert len(ledger) == 0


def test_names_of_kinds_can_be_said(table: pa.Table) -> None:
    events = pa.table({"userId": ["ann"] * 3, "timestamp": ["2026-01-01"] * 3, "event": ["Order Completed", "Loyalty Scan", "Signed In"]})
    assert engagement.Ledger(events).kinds == {"Loyalty Scan": 1, "Order Completed": 1, "Signed In": 1}
    ledger = engagement.Ledger(events, vocabulary="segment", kinds={"Loyalty Scan": "visit"})
    assert ledger.kinds == {"visit": 2, "purchase": 1}
    with pytest.raises(engagement.InvalidArgumentError, match="segment"):
        engagement.Ledger(events, vocabulary="segmental")


def test_a_ledger_says_how_it_read_the_columns(table: pa.Table) -> None:
    ledger = engagement.Ledger(table.append_column("colour", table["unit"]))
    said = ledger.mapping
    assert {chosen["field"]: chosen["column"] for chosen in said["columns"]} == {name: name for name in table.column_names}
    assert said["unused"] == ["colour"]
    assert {kind["name"]: kind["rows"] for kind in said["kinds"]} == {"purchase": 4, "complaint": 1, "review": 1, "visit": 1}
