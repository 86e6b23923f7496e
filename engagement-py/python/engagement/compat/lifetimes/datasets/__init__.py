"""The data sets of lifetimes that come with this package, made from its CDNOW log, and the donations of the BG/BB paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement.datasets import cdnow

__all__ = [
    "load_cdnow_summary",
    "load_cdnow_summary_data_with_monetary_value",
    "load_donations",
    "load_transaction_data",
]

SAMPLE = Path(__file__).parent / "cdnow_sample.txt"
"""The customers of the 1/10 sample that the papers use, in its order: Fader & Hardie (2001), doi:10.1287/inte.31.3s.94.9683."""

DONORS = "3464 1091 277 129 78 119 129 613 255 155 173 234 322 181 225 357 240 284 512 335 728 1203"
"""Donors by frequency and recency at 6 opportunities: Fader, Hardie & Shang (2010), doi:10.1287/mksc.1100.0580."""


def load_dataset(filename: str, **kwargs: Any) -> Any:
    """A file of lifetimes by its name, read by ``pandas.read_csv`` with these arguments."""
    made = {
        "CDNOW_master.txt": _master,
        "CDNOW_sample.txt": _sample,
        "cdnow_customers_summary.csv": _summary,
        "cdnow_customers_summary_with_transactions.csv": _spending,
        "donations.csv": _donations,
    }
    if filename not in made:
        raise FileNotFoundError(f"{filename}: not among the data that come with this package, which are {', '.join(made)}")
    return pd.read_csv(io.StringIO(made[filename]()), **kwargs)


def load_donations(**kwargs: Any) -> Any:
    """11,104 donors at 6 opportunities: frequency, recency, periods, weights."""
    return load_dataset("donations.csv", **kwargs)


def load_cdnow_summary(**kwargs: Any) -> Any:
    """The CDNOW sample's 2,357 customers in weeks up to 1997-09-30: ID, frequency, recency, T, times to two decimals."""
    return load_dataset("cdnow_customers_summary.csv", **kwargs)


def load_cdnow_summary_data_with_monetary_value(**kwargs: Any) -> Any:
    """The same with the mean spend per repeat purchase day, by customer_id."""
    summary = load_dataset("cdnow_customers_summary_with_transactions.csv", **kwargs)
    summary.columns = ["customer_id", "frequency", "recency", "T", "monetary_value"]
    return summary.set_index("customer_id")


def load_transaction_data(**kwargs: Any) -> Any:
    """Not carried: these transactions were made up by lifetimes. ``generate_data`` makes others like them."""
    raise FileNotFoundError(
        "example_transactions.csv: this made-up data does not come with the package; draw some by "
        "generate_data.beta_geometric_nbd_model_transactional_data, or take real ones: load_dataset('CDNOW_sample.txt', ...)"
    )


def _log() -> Any:
    return pd.read_csv(cdnow(), dtype={"customer_id": int, "value": float}, parse_dates=["date"])


def _sampled() -> Any:
    chosen = pd.Index([int(customer) for customer in SAMPLE.read_text().split()])
    log = _log()
    log["sample"] = chosen.get_indexer(log["customer_id"]) + 1
    return log[log["sample"] > 0].sort_values("sample", kind="stable")


def _fields(log: Any, *ids: tuple[str, int]) -> str:
    numbers = zip(*(log[name] for name, _ in ids), log["date"].dt.strftime("%Y%m%d"), log["cds"], log["value"])
    form = " ".join(f"{{:0{width}d}}" for _, width in ids)
    return "".join(f" {form} {{}} {{:2d}} {{:7.2f}}\n".format(*row) for row in numbers)


def _master() -> str:
    return " customer_id  date number_of_cds  dollar_value\n" + _fields(_log(), ("customer_id", 5))


def _sample() -> str:
    return _fields(_sampled(), ("customer_id", 5), ("sample", 4))


def _weeks() -> tuple[Any, Any]:
    end = pd.Timestamp("1997-09-30")
    log = _sampled()
    days = log[log["date"] <= end].groupby(["sample", "date"], as_index=False)["value"].sum()
    dates = days.groupby("sample")["date"].agg(["min", "max", "count"])
    weeks = {"recency": dates["max"] - dates["min"], "T": end - dates["min"]}
    summary = pd.DataFrame({"frequency": dates["count"] - 1, **{name: (span.dt.days / 7).round(2) for name, span in weeks.items()}})
    return summary, days[days["sample"].duplicated()]


def _summary() -> str:
    summary, _ = _weeks()
    return str(summary.to_csv(index_label="ID"))


def _spending() -> str:
    summary, repeats = _weeks()
    cents = np.rint(repeats["value"] * 100).groupby(repeats["sample"]).mean().reindex(summary.index).fillna(0)
    # The published table rounds half a cent up.
    summary["zbar"] = np.floor(cents + 0.5) / 100
    summary.columns = ["x", "t_x", "T", "zbar"]
    return str(summary.to_csv(index_label="ID"))


def _donations() -> str:
    cells = [(0, 0), *((x, t_x) for x in range(1, 7) for t_x in range(x, 7))]
    rows = (f"{x},{t_x},6,{donors}\n" for (x, t_x), donors in zip(cells, DONORS.split()))
    return "frequency,recency,periods,weights\n" + "".join(rows)
