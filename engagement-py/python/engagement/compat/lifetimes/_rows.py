"""Arguments of any shape to rows and back: scalars, arrays and Series give what numpy and pandas would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement import Purchases

Floats = npt.NDArray[np.float64]


class Rows:
    """Arguments broadcast to one length."""

    def __init__(self, *arguments: Any) -> None:
        series = [argument for argument in arguments if isinstance(argument, pd.Series)]
        self.index = series[0].index if series else None
        arrays = [self._array(argument) for argument in arguments]
        broadcast = np.broadcast_arrays(*arrays)
        self.shape = broadcast[0].shape
        self.columns: list[Floats] = [np.ascontiguousarray(array).reshape(-1) for array in broadcast]

    def _array(self, argument: Any) -> Floats:
        # pandas pairs rows by their labels, not by their places.
        if isinstance(argument, pd.Series) and not argument.index.equals(self.index):
            argument = argument.reindex(self.index)
        return np.asarray(argument, dtype=np.float64)

    def back(self, values: Any) -> Any:
        """The values in the shape, and with the labels, of the arguments."""
        shaped = np.asarray(values, dtype=np.float64).reshape(self.shape)
        if self.index is not None and self.shape == (len(self.index),):
            return pd.Series(shaped, index=self.index)
        return shaped[()]


def histories(frequency: Floats, recency: Floats, T: Floats) -> Purchases:
    """The customers with these histories.

    Without a repeat purchase there is no other recency than 0, whatever cell of a matrix is asked for.
    """
    return Purchases(frequency, np.where(frequency == 0, 0.0, recency), T)


def by_value(values: Floats, answer: Callable[[float, npt.NDArray[np.bool_]], Any]) -> Floats:
    """``answer`` of each distinct value and of the rows that have it: where a model takes one number and not a column."""
    answers = np.empty(len(values))
    for value in np.unique(values):
        rows = values == value
        answers[rows] = np.asarray(answer(value, rows))
    return answers


def whole(name: str, value: float) -> int:
    """A count, refused with a part left over."""
    if value != int(value):
        raise ValueError(f"{name}: {value} is not a whole number")
    return int(value)


def of_histories(answer: Callable[..., Any], frequency: Any, recency: Any, T: Any, *others: Any) -> Any:
    """``answer`` of the customers with these histories and of the other arguments, in the arguments' shape."""
    rows = Rows(frequency, recency, T, *others)
    if 0 in rows.shape:
        return rows.back([])
    x, t_x, age, *more = rows.columns
    return rows.back(answer(histories(x, t_x, age), *more))


def of_times(answer: Callable[..., Any], *arguments: Any) -> Any:
    """``answer`` of columns of times or counts, in their shape."""
    rows = Rows(*arguments)
    if 0 in rows.shape:
        return rows.back([])
    return rows.back(answer(*rows.columns))
