"""The published data that the tests of the models fit to."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import polars as pl

import engagement
from engagement import Ledger, Opportunities, Purchases

DATA = Path(__file__).resolve().parents[2] / "engagement-core" / "tests" / "data"


@functools.cache
def cdnow_sample_ledger() -> Ledger:
    """The 1/10 sample of CDNOW: Fader & Hardie (2001), doi:10.1287/inte.31.3s.94.9683."""
    log = pl.read_csv(DATA / "cdnow_sample.csv", try_parse_dates=True)
    log = log.select(customer_id="sampleid", at="date", amount="sales").with_columns(kind=pl.lit("purchase"))
    return Ledger(log)


@functools.cache
def cdnow_sample() -> Purchases:
    """Its purchases in 39 weeks, with the 39 weeks after them as the holdout."""
    return cdnow_sample_ledger().purchases("1997-09-30", holdout="1998-06-30")


@functools.cache
def cdnow_sample_columns() -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The same from the committed summary: frequency, recency, age, holdout, value (0 without a repeat purchase)."""
    table = pl.read_csv(DATA / "cdnow_sample_summary.csv", new_columns=["frequency", "recency", "age", "holdout", "value"])
    return {name: table[name].cast(pl.Float64).to_numpy().copy() for name in table.columns}


@functools.cache
def donations() -> Opportunities:
    """The 11,104 donors of Fader, Hardie & Shang (2010), doi:10.1287/mksc.1100.0580."""
    table = pl.read_csv(DATA / "donations.csv")
    return Opportunities(table["frequency"], table["recency"], table["opportunities"], table["customers"])


@functools.cache
def cdnow() -> Ledger:
    """All 23,570 customers."""
    return Ledger.read(engagement.datasets.cdnow())
