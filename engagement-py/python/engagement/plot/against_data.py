"""Models beside what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engagement import Purchases
from engagement.plot._figure import ACTUAL, MODEL, Floats, Numbers, axes, finish, floats, same_length, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BY = {
    "frequency": "repeat purchases in the calibration",
    "recency": "{unit}s from first to last purchase",
    "age": "{unit}s since the first purchase",
    "since_last": "{unit}s since the last purchase",
}
"""What customers may be grouped by, and the label."""


def period_transactions(
    model: Any, purchases: Purchases, *, max_frequency: int = 7, ax: Axes | None = None, **style: Any
) -> Axes:
    """Customers by their number of repeat purchases, as they were and as the model expects them, ``max_frequency`` or more in one."""
    actual, expected = period_counts(model, purchases, max_frequency)
    rest = len(purchases) - np.array([actual.sum(), expected.sum()])
    labels = [*map(str, range(max_frequency)), f"{max_frequency}+"]
    ax = draw_pairs(axes(ax), labels, np.append(actual, rest[0]), np.append(expected, rest[1]), style)
    return finish(ax, title="Customers by repeat purchases", x="repeat purchases", y="customers", legend=True)


def period_counts(model: Any, purchases: Purchases, max_frequency: int) -> tuple[Floats, Floats]:
    """Customers with 0, 1, … up to ``max_frequency`` − 1 repeat purchases: counted, and expected at everybody's age."""
    if int(max_frequency) != max_frequency or max_frequency < 1:
        raise ValueError(f"max_frequency: {max_frequency} is not a whole number of at least 1")
    frequency = np.asarray(purchases.frequency).astype(np.int64)
    actual = np.bincount(frequency[frequency < max_frequency], minlength=max_frequency).astype(np.float64)
    # One age stands for all customers who have it.
    ages, customers = np.unique(np.asarray(purchases.age), return_counts=True)
    chances = [np.asarray(model.probability_of_purchases_new(n, ages)) for n in range(max_frequency)]
    return actual, np.array([float(customers @ chance) for chance in chances])


def pmf(
    model: Any,
    t: float,
    *,
    max_purchases: int = 10,
    observed: Numbers | None = None,
    unit: str = "week",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """The probability that a new customer makes 0, 1, 2, … repeat purchases within ``t`` units.

    ``observed`` are the numbers of customers who did, in the same order, and shown as shares beside it.
    """
    chances = np.asarray(model.probability_of_purchases_new(np.arange(max_purchases + 1), t))
    labels = [str(n) for n in range(max_purchases + 1)]
    ax = axes(ax)
    if observed is None:
        ax.bar(labels, chances, **styled(style, color=MODEL, label="model"))
    else:
        counts = floats("observed", observed)
        shares = np.zeros(max_purchases + 1)
        shown = counts[: max_purchases + 1] / counts.sum()
        shares[: len(shown)] = shown
        draw_pairs(ax, labels, shares, chances, style)
    title = f"Repeat purchases of a new customer within {t:g} {unit}s"
    return finish(ax, title=title, x="repeat purchases", y="probability", legend=observed is not None)


def calibration_purchases_vs_holdout_purchases(
    model: Any,
    purchases: Purchases,
    *,
    by: Literal["frequency", "recency", "age", "since_last"] = "frequency",
    groups: int = 7,
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """Mean purchases in the holdout, actual and expected, of customers grouped by what was seen of them before.

    By frequency the last group has ``groups`` − 1 repeat purchases or more; by time the groups are equally large.
    """
    if by not in BY:
        raise ValueError(f"by: {by!r} is not one of {', '.join(BY)}")
    if purchases.holdout_frequency is None:
        raise ValueError("purchases: there is no holdout; ledger.purchases(until, holdout=…) takes one")
    expected = np.asarray(model.expected_purchases(purchases, purchases.holdout_length))
    actual = np.asarray(purchases.holdout_frequency, dtype=np.float64)
    frequency, age, recency = (np.asarray(column, dtype=np.float64) for column in (purchases.frequency, purchases.age, purchases.recency))
    ax = axes(ax)
    if by == "frequency":
        group = np.minimum(frequency, groups - 1).astype(np.int64)
        present = np.unique(group)
        x: Any = [f"{n}+" if n == groups - 1 else str(n) for n in present]
    else:
        values = {"recency": recency, "age": age, "since_last": age - recency}[by]
        group = _equal_groups(values, groups)
        present = np.unique(group)
        x = [values[group == one].mean() for one in present]
    means = [[column[group == one].mean() for one in present] for column in (actual, expected)]
    draw_means(ax, x, means[0], means[1], style)
    label = BY[by].format(unit=purchases.unit)
    return finish(ax, title="Purchases in the holdout", x=label, y="mean purchases per customer", legend=True)


def calibration(
    predicted: Numbers, actual: Numbers, *, groups: int = 10, what: str = "purchases", ax: Axes | None = None, **style: Any
) -> Axes:
    """Customers in equally large groups by what was predicted of them: mean actual against mean predicted, with 95 % intervals."""
    said, happened = floats("predicted", predicted), floats("actual", actual)
    same_length(predicted=said, actual=happened)
    group = _equal_groups(said, groups)
    x, y, half = [], [], []
    for one in np.unique(group):
        members = happened[group == one]
        x.append(said[group == one].mean())
        y.append(members.mean())
        half.append(1.959964 * members.std(ddof=1) / np.sqrt(len(members)) if len(members) > 1 else 0.0)
    ax = axes(ax)
    top = max(max(x), max(a + b for a, b in zip(y, half))) * 1.05
    ax.plot([0, top], [0, top], color="0.6", linestyle="--", linewidth=1, label="as predicted")
    ax.errorbar(x, y, yerr=half, **styled(style, color=MODEL, fmt="o", capsize=2, label="mean of a group, 95 % interval"))
    return finish(ax, title="Calibration", x=f"predicted {what} per customer", y=f"actual {what} per customer", legend=True)


def draw_pairs(ax: Axes, labels: Sequence[str], actual: Floats, expected: Floats, style: dict[str, Any]) -> Axes:
    """Bars of what happened beside bars of what the model says."""
    names = style.pop("label", ["actual", "model"])
    place = np.arange(len(labels))
    ax.bar(place - 0.2, actual, width=0.4, **styled(style, color=ACTUAL, label=names[0]))
    ax.bar(place + 0.2, expected, width=0.4, **{**styled(style), "color": MODEL, "label": names[1]})
    ax.set_xticks(place, labels)
    return ax


def draw_means(ax: Axes, x: Any, actual: Any, expected: Any, style: dict[str, Any], labels: Sequence[str] = ("actual", "model")) -> Axes:
    """A line of what happened and a line of what the model says, with a mark for each group."""
    ax.plot(x, actual, **styled(style, color=ACTUAL, marker="o", label=labels[0]))
    ax.plot(x, expected, **{**styled(style), "color": MODEL, "linestyle": "--", "marker": "s", "label": labels[1]})
    ax.set_ylim(bottom=0)
    return ax


def _equal_groups(values: Floats, groups: int) -> Any:
    """The group of each value: as equally large as ties allow."""
    if groups < 1:
        raise ValueError(f"groups: {groups} is not at least 1")
    edges = np.quantile(values, np.linspace(0, 1, groups + 1)[1:-1])
    return np.searchsorted(np.unique(edges), values, side="left")
