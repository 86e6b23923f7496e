"""The ten plots of lifetimes, with its names and arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement.compat.lifetimes._rows import histories
from engagement.compat.lifetimes.utils import _times, _unit, calculate_alive_path, expected_cumulative_transactions

__all__ = [
    "plot_calibration_purchases_vs_holdout_purchases",
    "plot_cumulative_transactions",
    "plot_dropout_rate_heterogeneity",
    "plot_expected_repeat_purchases",
    "plot_frequency_recency_matrix",
    "plot_history_alive",
    "plot_incremental_transactions",
    "plot_period_transactions",
    "plot_probability_alive_matrix",
    "plot_transaction_rate_heterogeneity",
]

HELD_AGAINST = {
    "frequency_cal": "Purchases in calibration period",
    "recency_cal": "Age of customer at last purchase",
    "T_cal": "Age of customer at the end of calibration period",
    "time_since_last_purchase": "Time since user made last purchase",
}


def plot_period_transactions(
    model: Any,
    max_frequency: int = 7,
    title: str = "Frequency of Repeat Transactions",
    xlabel: str = "Number of Calibration Period Transactions",
    ylabel: str = "Customers",
    **kwargs: Any,
) -> Any:
    """Customers by repeat purchases, as they were and as the model expects them."""
    from engagement.plot.against_data import draw_pairs, period_counts

    names = kwargs.pop("label", ["Actual", "Model"])
    ax = _new(kwargs)
    data = model.data.loc[model.data.index.repeat(model.data["weights"])] if "weights" in model.data else model.data
    customers = histories(*(data[name].to_numpy(dtype=float) for name in ("frequency", "recency", "T")))
    actual, expected = period_counts(model._engine(), customers, max_frequency)
    draw_pairs(ax, [str(n) for n in range(max_frequency)], actual, expected, {**kwargs, "label": names})
    return _labelled(ax, title, xlabel, ylabel, legend=True)


def plot_calibration_purchases_vs_holdout_purchases(
    model: Any, calibration_holdout_matrix: Any, kind: str = "frequency_cal", n: int = 7, **kwargs: Any
) -> Any:
    """Mean purchases in the holdout, actual and predicted, of the first ``n`` groups of customers by ``kind``."""
    from engagement.plot.against_data import draw_means

    if kind not in HELD_AGAINST:
        raise KeyError(kind)
    table = calibration_holdout_matrix.copy()
    table["time_since_last_purchase"] = table["T_cal"] - table["recency_cal"]
    table["model_predictions"] = model.conditional_expected_number_of_purchases_up_to_time(
        table["duration_holdout"].iloc[0], table["frequency_cal"], table["recency_cal"], table["T_cal"]
    )
    means = table.groupby(kind)[["frequency_holdout", "model_predictions"]].mean().iloc[:n]
    ax = _new(kwargs)
    actual, predicted = (means[name].to_numpy() for name in means)
    draw_means(ax, means.index.to_numpy(), actual, predicted, kwargs, list(means))
    title = "Actual Purchases in Holdout Period vs Predicted Purchases"
    return _labelled(ax, title, HELD_AGAINST[kind], "Average of Purchases in Holdout Period", legend=True)


def plot_frequency_recency_matrix(
    model: Any,
    T: float = 1,
    max_frequency: int | None = None,
    max_recency: int | None = None,
    title: str | None = None,
    xlabel: str = "Customer's Historical Frequency",
    ylabel: str = "Customer's Recency",
    **kwargs: Any,
) -> Any:
    """Purchases expected in the next ``T`` time units, by frequency and recency."""
    from engagement import plot

    most, oldest = _size(model, max_frequency, max_recency)
    style = {"origin": "upper", **kwargs}
    ax = plot.frequency_recency_matrix(model._engine(), t=T, max_frequency=most, max_recency=oldest, ax=_present(), **style)
    if title is None:
        title = f"Expected Number of Future Purchases for {T} Unit{'' if T == 1 else 's'} of Time,\nby Frequency and Recency of a Customer"
    return _labelled(ax, title, xlabel, ylabel)


def plot_probability_alive_matrix(
    model: Any,
    max_frequency: int | None = None,
    max_recency: int | None = None,
    title: str = "Probability Customer is Alive,\nby Frequency and Recency of a Customer",
    xlabel: str = "Customer's Historical Frequency",
    ylabel: str = "Customer's Recency",
    **kwargs: Any,
) -> Any:
    """The probability of being alive, by frequency and recency."""
    from engagement import plot

    most, oldest = _size(model, max_frequency, max_recency)
    style = {"origin": "upper", **kwargs}
    ax = plot.probability_alive_matrix(model._engine(), max_frequency=most, max_recency=oldest, ax=_present(), **style)
    return _labelled(ax, title, xlabel, ylabel)


def plot_expected_repeat_purchases(
    model: Any,
    title: str = "Expected Number of Repeat Purchases per Customer",
    xlabel: str = "Time Since First Purchase",
    ax: Any = None,
    label: str | None = None,
    **kwargs: Any,
) -> Any:
    """Repeat purchases expected of a new customer up to the largest T, and half as long again."""
    from engagement import plot

    style = kwargs if label is None else {**kwargs, "label": label}
    ax = plot.expected_repeat_purchases(model._engine(), until=float(model.data["T"].max()), ax=ax or _present(), **style)
    return _labelled(ax, title, xlabel, "")


def plot_history_alive(
    model: Any, t: int, transactions: Any, datetime_col: str, freq: str = "D", start_date: Any = None, ax: Any = None, **kwargs: Any
) -> Any:
    """One customer's probability of being alive for ``t`` periods from the first purchase, with the purchases."""
    from engagement.plot.along_time import draw_history

    period, _ = _unit(freq)
    times = _times(transactions[datetime_col], None)
    path = calculate_alive_path(model, transactions, datetime_col, t, freq)
    dates = pd.period_range(times.min().to_period(period), periods=len(path)).to_timestamp()
    bought = np.sort(times.dt.to_period(period).dt.start_time.unique())
    ax = draw_history(ax or _present(), dates.to_numpy(), path.to_numpy(), bought, "date", {"label": "P_alive", **kwargs})
    ax.set_xlim(dates[0] if start_date is None else _times(start_date, None), dates[-1])
    ax.tick_params(axis="x", labelrotation=30)
    return _labelled(ax, "History of P_alive", "", "P_alive", legend=True)


def plot_cumulative_transactions(
    model: Any,
    transactions: Any,
    datetime_col: str,
    customer_id_col: str,
    t: int,
    t_cal: float,
    datetime_format: str | None = None,
    freq: str = "D",
    set_index_date: bool = False,
    title: str = "Tracking Cumulative Transactions",
    xlabel: str = "day",
    ylabel: str = "Cumulative Transactions",
    ax: Any = None,
    **kwargs: Any,
) -> Any:
    """Repeat purchases so far, actual and predicted, with a line at ``t_cal``."""
    table = expected_cumulative_transactions(
        model, transactions, datetime_col, customer_id_col, t, datetime_format=datetime_format, freq=freq, set_index_date=set_index_date
    )
    return _tracked("cumulative_transactions", table, t_cal, title, xlabel, ylabel, ax, kwargs)


def plot_incremental_transactions(
    model: Any,
    transactions: Any,
    datetime_col: str,
    customer_id_col: str,
    t: int,
    t_cal: float,
    datetime_format: str | None = None,
    freq: str = "D",
    set_index_date: bool = False,
    title: str = "Tracking Daily Transactions",
    xlabel: str = "day",
    ylabel: str = "Transactions",
    ax: Any = None,
    **kwargs: Any,
) -> Any:
    """Repeat purchases in each period, actual and predicted, with a line at ``t_cal``."""
    table = expected_cumulative_transactions(
        model, transactions, datetime_col, customer_id_col, t, datetime_format=datetime_format, freq=freq, set_index_date=set_index_date
    )
    return _tracked("incremental_transactions", table.diff().iloc[1:], t_cal, title, xlabel, ylabel, ax, kwargs)


def plot_transaction_rate_heterogeneity(
    model: Any,
    suptitle: str = "Heterogeneity in Transaction Rate",
    xlabel: str = "Transaction Rate",
    ylabel: str = "Density",
    suptitle_fontsize: float = 14,
    **kwargs: Any,
) -> Any:
    """The density of the customers' purchase rates."""
    from engagement import plot

    return _headed(plot.transaction_rate_heterogeneity(model._engine(), **kwargs), suptitle, suptitle_fontsize, xlabel, ylabel)


def plot_dropout_rate_heterogeneity(
    model: Any,
    suptitle: str = "Heterogeneity in Dropout Probability",
    xlabel: str = "Dropout Probability p",
    ylabel: str = "Density",
    suptitle_fontsize: float = 14,
    **kwargs: Any,
) -> Any:
    """The density of the customers' probabilities of leaving after a purchase; for Pareto/NBD, of their rates of leaving."""
    from engagement import plot

    return _headed(plot.dropout_rate_heterogeneity(model._engine(), **kwargs), suptitle, suptitle_fontsize, xlabel, ylabel)


def _present() -> Any:
    """The axes of the present figure, as lifetimes takes them."""
    from matplotlib import pyplot as plt

    return plt.subplot(111)


def _new(kwargs: dict[str, Any]) -> Any:
    """The axes asked for, or new ones; what pandas' plot takes beside the style is taken out of it."""
    from matplotlib import pyplot as plt

    ax, size = kwargs.pop("ax", None), kwargs.pop("figsize", (6, 4))
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def _size(model: Any, max_frequency: int | None, max_recency: int | None) -> tuple[int, int]:
    """The largest frequency and recency asked for, or else seen."""
    return (
        int(model.data["frequency"].max()) if max_frequency is None else max_frequency,
        int(model.data["T"].max()) if max_recency is None else max_recency,
    )


def _labelled(ax: Any, title: str, xlabel: str, ylabel: str, *, legend: bool = False) -> Any:
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if legend:
        ax.legend(frameon=False)
    return ax


def _headed(ax: Any, suptitle: str, size: float, xlabel: str, ylabel: str) -> Any:
    ax.figure.suptitle(suptitle, fontsize=size, fontweight="bold")
    return _labelled(ax, ax.get_title().split("\n")[-1].replace("mean ", "mean: ").replace("variance ", "var: "), xlabel, ylabel)


def _tracked(
    drawing: str, table: Any, t_cal: float, title: str, xlabel: str, ylabel: str, ax: Any, style: dict[str, Any]
) -> Any:
    from engagement import plot

    dated = isinstance(table.index, pd.PeriodIndex)
    times = table.index.to_timestamp().to_numpy() if dated else table.index.to_numpy()
    axes = getattr(plot, drawing)(
        table["actual"], table["predicted"], times=times, calibration_end=times[int(t_cal)] if dated else t_cal, ax=ax or _present(), **style
    )
    if dated:
        axes.tick_params(axis="x", labelrotation=30)
    return _labelled(axes, title, "date" if dated else xlabel, ylabel)
