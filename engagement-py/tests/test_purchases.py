"""Purchases: from a ledger, from columns of every kind, and out again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from summaries import cdnow, cdnow_sample, cdnow_sample_columns

import engagement
from engagement import Column, Purchases

FREQUENCY, RECENCY, AGE = [2, 0, 7], [30.5, 0.0, 29.25], [39.0, 38.5, 38.0]
VALUE: list[float | None] = [22.35, None, 73.74]


def test_the_sample_is_reproduced_exactly() -> None:
    purchases, want = cdnow_sample(), cdnow_sample_columns()
    for got, name in [(purchases.frequency, "frequency"), (purchases.recency, "recency"), (purchases.age, "age")]:
        assert np.array_equal(np.asarray(got, dtype=float), want[name])
    assert purchases.holdout_frequency is not None
    assert np.array_equal(np.asarray(purchases.holdout_frequency), want["holdout"])
    value = np.nan_to_num(np.asarray(purchases.value))
    assert np.allclose(value, want["value"], rtol=1e-12, atol=1e-12)
    assert (purchases.holdout_length, purchases.unit, purchases.prospects, purchases.earlier) == (39.0, "week", 0, 0)


def test_the_full_cohort_has_its_known_totals() -> None:
    purchases = cdnow().purchases("1997-09-30", holdout="1998-06-30")
    frequency, holdout = np.asarray(purchases.frequency), np.asarray(purchases.holdout_frequency)
    assert (len(purchases), frequency.sum(), holdout.sum(), (frequency == 0).sum()) == (23570, 24337, 19684, 14119)
    rows = np.column_stack([frequency, purchases.recency, purchases.age])
    assert len(np.unique(rows, axis=0)) == 8685


def test_grain_and_unit_are_chosen_apart() -> None:
    ledger = cdnow()
    days = ledger.purchases("1997-09-30", unit="day")
    weeks = ledger.purchases("1997-09-30", unit="week")
    assert np.allclose(np.asarray(days.age), np.asarray(weeks.age) * 7)
    coarse = ledger.purchases("1997-09-30", grain="month")
    assert sum(coarse.frequency) < sum(weeks.frequency)
    late = ledger.purchases("1997-09-30", acquired_from="1997-02-01")
    assert len(late) + late.earlier == 23570
    assert weeks.holdout_frequency is None and weeks.holdout_value is None and weeks.holdout_length is None


def masked(values: list[Any]) -> Any:
    return np.ma.masked_array([math.inf if value is None else value for value in values], [value is None for value in values])


def strided(values: list[Any]) -> Any:
    wide = np.full((len(values), 3), 99.0)
    wide[:, 1] = [math.nan if value is None else value for value in values]
    return wide[:, 1]


KINDS = {
    "list": list,
    "tuple": tuple,
    "numpy": lambda values: np.array(values, dtype=float),
    "numpy float32": lambda values: np.array(values, dtype="float32"),
    "numpy objects": lambda values: np.array(values, dtype=object),
    "numpy strided": strided,
    "numpy reversed": lambda values: np.array(values[::-1], dtype=float)[::-1],
    "numpy big-endian": lambda values: np.array(values, dtype=">f8"),
    "numpy masked": masked,
    "pandas": lambda values: pd.Series(values, dtype=float),
    "pandas Float64": lambda values: pd.Series(values, dtype="Float64"),
    "pandas with an index": lambda values: pd.Series(values, index=[9, 8, 7], dtype=float),
    "polars": pl.Series,
    "pyarrow": pa.array,
    "pyarrow chunked": lambda values: pa.chunked_array([values[:1], values[1:]], pa.float64()),
    "column": lambda values: Purchases(FREQUENCY, RECENCY, AGE, values).value,
}


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_every_kind_come_in(kind: str) -> None:
    make: Any = KINDS[kind]
    want = Purchases(FREQUENCY, RECENCY, AGE, VALUE).to_dicts()
    got = Purchases(FREQUENCY, RECENCY, AGE, make(VALUE)).to_dicts()
    if kind == "numpy float32":
        assert [row.pop("value") for row in got] == [float(np.float32(22.35)), None, float(np.float32(73.74))]
        want = [{name: cell for name, cell in row.items() if name != "value"} for row in want]
    assert got == want
    if kind != "column":
        whole = Purchases(make(FREQUENCY), make(RECENCY), make(AGE)).to_dicts()
        assert whole == Purchases(FREQUENCY, RECENCY, AGE).to_dicts()


def test_whole_numbers_of_every_type_are_counts() -> None:
    for dtype in ("int8", "uint16", "int64", "uint64", "float64"):
        assert Purchases(np.array(FREQUENCY, dtype=dtype), RECENCY, AGE).frequency.to_list() == FREQUENCY
    assert Purchases(pl.Series(FREQUENCY, dtype=pl.UInt8), RECENCY, AGE).frequency.to_list() == FREQUENCY


def test_differences_of_counts_may_be_negative() -> None:
    purchases = Purchases(FREQUENCY, RECENCY, AGE)
    assert (np.asarray(purchases.frequency) - 3).tolist() == [-1, -3, 4]
    assert (pl.Series(purchases.frequency) - 3).to_list() == [-1, -3, 4]
    low, high = engagement.MbgNbd(0.525, 6.183, 0.891, 1.614).prediction_interval(purchases, 39.0)
    assert (np.asarray(low) - np.asarray(high)).max() <= 0
    frame = pa.table(purchases)
    assert frame.schema.field("frequency").type == frame.schema.field("paid").type == pa.int64()
    cohort = engagement.Renewals([0, 1, 1, 2], [False, False, False, True])
    assert np.repeat(cohort.renewals, cohort.counts).tolist() == [0, 1, 1, 2]


def test_columns_go_out_without_a_copy() -> None:
    purchases = Purchases(FREQUENCY, RECENCY, AGE, VALUE, customers=["ann", "bob", "eve"])
    value, frequency = purchases.value, purchases.frequency
    assert isinstance(value, Column) and len(value) == 3
    array = np.asarray(value)
    assert array.dtype == "float64" and np.array_equal(array, [22.35, np.nan, 73.74], equal_nan=True)
    assert array.__array_interface__["data"][0] == value.__array_interface__["data"][0]
    assert not array.flags.writeable
    assert np.array(value, copy=True).flags.writeable
    assert np.asarray(frequency).dtype == "int64" and np.asarray(frequency, dtype=float).dtype == "float64"
    assert pl.Series(value).to_list() == value.to_list() == list(value) == VALUE
    assert pa.array(value).null_count == 1
    assert pd.Series(np.asarray(value)).isna().tolist() == [False, True, False]
    assert (value[0], value[-1], value[1]) == (22.35, 73.74, None)
    with pytest.raises(IndexError, match="no row 3 in a column of 3"):
        value[3]
    assert repr(frequency) == "Column([2, 0, 7])"


def test_the_table_goes_out() -> None:
    purchases = Purchases(FREQUENCY, RECENCY, AGE, VALUE, customers=[11, 12, 13], unit="month")
    assert purchases.columns == ["customer", "frequency", "recency", "age", "value", "first_value", "paid"]
    assert purchases.to_polars()["customer"].to_list() == [11, 12, 13]
    assert purchases.to_pandas()["value"].isna().tolist() == [False, True, False]
    assert purchases.to_pyarrow().num_rows == 3
    assert "times in months" in repr(purchases)
    one = Purchases(3, 20.0, 39.0, 12.5)
    assert len(one) == 1 and one.value.to_list() == [12.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.5], [1], [2]), r"frequency, row 0: 1\.5 is not a whole number"),
        (([1, -1], [1, 1], [2, 2]), r"frequency, row 1: -1 is not a whole number"),
        (([1, math.nan], [1, 1], [2, 2]), r"frequency, row 1: NaN is not a whole number"),
        (([1, 1], [1, 3], [2, 2]), r"recency.*row 1|row 1.*recency"),
        (([1, 1], [1, math.nan], [2, 2]), r"recency.*row 1|row 1.*recency"),
        (([1, 1], [1, 1], [2, math.inf]), r"age.*row 1|row 1.*age"),
        (([1, 1], [1], [2, 2]), r"recency"),
        (([1, 1], [1, 1], [2, 2], [3.0, -1.0]), r"value.*row 1|row 1.*value"),
    ],
)
def test_errors_name_column_and_row(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(engagement.InvalidArgumentError, match=message):
        Purchases(*arguments)


def test_what_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="recency: a number or a column of numbers is expected, not str"):
        Purchases([1], "soon", [2])
    with pytest.raises(TypeError, match="recency: a number or a column of numbers is expected"):
        Purchases([1], pl.Series(["soon"]), [2])
    with pytest.raises(ValueError, match="age: a column has one dimension, not 2"):
        Purchases([1, 1], [1, 1], np.ones((2, 2)))
    with pytest.raises(ValueError, match="unit"):
        Purchases([1], [1], [2], unit="fortnight")  # type: ignore[arg-type]
