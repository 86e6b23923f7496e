"""Matrices as heat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engagement import Purchases
from engagement.plot._figure import HEAT, Numbers, axes, finish, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from engagement.plot._figure import Floats


def frequency_recency_matrix(
    model: Any, *, max_frequency: int, max_recency: int, t: float = 1.0, unit: str = "week", ax: Axes | None = None, **style: Any
) -> Axes:
    """Purchases expected in the next ``t`` units of customers first seen ``max_recency`` units ago, by frequency and recency.

    Cells where nobody can be stay empty: a recency without a repeat purchase, or the other way round.
    """
    purchases, possible = _grid(max_frequency, max_recency)
    expected = np.asarray(model.expected_purchases(purchases, t))
    title = f"Expected purchases in the next {t:g} {unit}{'' if t == 1 else 's'}"
    return _matrix(axes(ax), expected, possible, title, "expected purchases", unit, style)


def probability_alive_matrix(
    model: Any, *, max_frequency: int, max_recency: int, unit: str = "week", ax: Axes | None = None, **style: Any
) -> Axes:
    """The probability that a customer first seen ``max_recency`` units ago still buys, by frequency and recency.

    Cells where nobody can be stay empty.
    """
    purchases, possible = _grid(max_frequency, max_recency)
    alive = np.asarray(model.probability_alive(purchases))
    return _matrix(axes(ax), alive, possible, "Probability of being alive", "probability alive", unit, style)


def cohort_heatmap(
    customers: Numbers,
    *,
    cohorts: Sequence[object] | None = None,
    share: bool = True,
    unit: str = "month",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """How many of each cohort are active after 0, 1, 2, … units: a row for each cohort, the first column its size.

    What has not happened yet is missing (NaN or ``None``). With ``share``, as a percentage of the cohort's size.
    """
    counts = np.array(customers, dtype=np.float64)
    if counts.ndim != 2 or counts.size == 0:
        raise ValueError(f"customers: {counts.shape} is not the shape of a table of cohorts by {unit}s")
    values = 100.0 * counts / counts[:, :1] if share else counts
    ax = axes(ax)
    label = "active, % of the cohort" if share else "active customers"
    image = ax.imshow(np.ma.masked_invalid(values), **styled(style, cmap=HEAT, aspect="auto", vmin=0))
    _colour_bar(ax, image, label)
    if counts.shape[0] <= 12 and counts.shape[1] <= 13:
        middle = np.nanmax(values) / 2
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                ax.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if value < middle else "black", fontsize=8)
    names = range(1, len(counts) + 1) if cohorts is None else cohorts
    ax.set_yticks(range(len(counts)), [str(name) for name in names])
    ax.set_xticks(range(counts.shape[1]))
    finish(ax, title="Customers still active, by cohort", x=f"{unit}s since the first purchase", y="cohort")
    return ax


def _grid(max_frequency: int, max_recency: int) -> tuple[Purchases, Any]:
    """A customer for each cell, all of the age ``max_recency``, and which cells are possible."""
    for name, value in (("max_frequency", max_frequency), ("max_recency", max_recency)):
        if int(value) != value or value < 1:
            raise ValueError(f"{name}: {value} is not a whole number of at least 1")
    recency, frequency = np.mgrid[0 : int(max_recency) + 1, 0 : int(max_frequency) + 1].astype(np.float64)
    possible = (frequency > 0) == (recency > 0)
    recency_seen = np.where(frequency > 0, recency, 0.0).reshape(-1)
    return Purchases(frequency.reshape(-1), recency_seen, np.full(frequency.size, float(max_recency))), possible


def _matrix(ax: Axes, values: Floats, possible: Any, title: str, label: str, unit: str, style: dict[str, Any]) -> Axes:
    cells = np.ma.masked_where(~possible, values.reshape(possible.shape))
    image = ax.imshow(cells, **styled(style, cmap=HEAT, aspect="auto", origin="lower", interpolation="none"))
    _colour_bar(ax, image, label)
    return finish(ax, title=title, x="frequency: repeat purchases", y=f"recency: {unit}s from first to last purchase")


def _colour_bar(ax: Axes, image: Any, label: str) -> None:
    figure = ax.figure
    if figure is not None:
        figure.colorbar(image, ax=ax, label=label)
