"""Axes, colours and words that all pictures share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = Any
"""Numbers in a column, an array, a Series or a list."""

ACTUAL = "#333333"
MODEL = "#0072B2"
MARK = "#D55E00"
"""What happened, what the model says, and a moment that matters: told apart by the colour-blind (Okabe & Ito's palette)."""

HEAT = "cividis"
"""The colour map of matrices: the same to the colour-blind, and rising in grey."""


def axes(ax: Axes | None) -> Axes:
    """The axes to draw on: those given, or new ones of 6 × 4 inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    _, new = plt.subplots(figsize=(6, 4), layout="constrained")
    return new


def floats(name: str, numbers: Numbers) -> Floats:
    """A column of numbers."""
    column = np.asarray(numbers, dtype=np.float64)
    if column.ndim != 1 or len(column) == 0:
        raise ValueError(f"{name}: {column.shape} is not the shape of a column with at least one number")
    return column


def same_length(**columns: Floats) -> None:
    """Refuses columns of different lengths."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{', '.join(lengths)}: lengths {', '.join(map(str, lengths.values()))} are not the same")


def finish(ax: Axes, *, title: str, x: str, y: str, legend: bool = False) -> Axes:
    """Title, labels, legend, and no more lines than needed."""
    ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.spines[["top", "right"]].set_visible(False)
    if legend:
        ax.legend(frameon=False)
    return ax


def styled(style: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """The caller's style over ours; ``c`` and ``ls`` are matplotlib's short names."""
    given = dict(style)
    for short, long in (("c", "color"), ("ls", "linestyle"), ("lw", "linewidth")):
        if short in given:
            given[long] = given.pop(short)
    return {**defaults, **given}
