"""From transactions to summaries, and what is computed along a customer's or a cohort's time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = [
    "calculate_alive_path",
    "calibration_and_holdout_data",
    "expected_cumulative_transactions",
    "summary_data_from_transaction_data",
]

UNITS = {
    "D": ("D", 86_400.0),
    "W": ("W", 604_800.0),
    "M": ("M", 2_629_746.0),
    "Y": ("Y", 31_556_952.0),
    "h": ("h", 3_600.0),
    "H": ("h", 3_600.0),
    "min": ("min", 60.0),
    "m": ("min", 60.0),
    "s": ("s", 1.0),
}
"""A unit of time: its period in pandas and its length in seconds (months and years as in the Gregorian calendar's mean)."""

STEPS_PER_MONTH = {"W": 4.345, "M": 1.0, "D": 30, "H": 30 * 24, "h": 30 * 24}
"""The length of a month in the unit of T, as lifetimes takes it."""


class ConvergenceError(ValueError):
    """A fit did not reach an answer that can be trusted."""


def _unit(freq: str) -> tuple[str, float]:
    if freq in UNITS:
        return UNITS[freq]
    raise ValueError(f"freq: {freq!r} is not a unit of time; those known are {', '.join(UNITS)}")


def _times(values: Any, datetime_format: str | None) -> Any:
    """A Series or a single value as times without a zone: the clock on the wall counts."""
    if datetime_format is not None and isinstance(values, pd.Series) and pd.api.types.is_numeric_dtype(values):
        # Dates written as whole numbers, such as 19970101.
        values = values.astype(str)
    times = pd.to_datetime(values, format=datetime_format)
    if isinstance(times, pd.Series):
        return times if times.dt.tz is None else times.dt.tz_localize(None)
    return times if times.tzinfo is None else times.tz_localize(None)


def _moment(end: Any, datetime_format: str | None) -> Any:
    if isinstance(end, pd.Period):
        return end.to_timestamp()
    try:
        return _times(end, datetime_format)
    except ValueError:
        # The format is of the column; the end may be written in the usual way.
        return _times(end, None)


def _ordinals(periods: Any) -> npt.NDArray[np.int64]:
    return np.asarray(periods.astype("int64"), dtype=np.int64)


def _find_first_transactions(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    monetary_value_col: str | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
) -> Any:
    """One row for each customer and period with a purchase, money summed, and whether it is the customer's first."""
    period, _ = _unit(freq)
    columns = [customer_id_col, datetime_col, *([monetary_value_col] if monetary_value_col else [])]
    purchases = transactions[columns].copy()
    purchases[datetime_col] = _times(purchases[datetime_col], datetime_format).dt.to_period(period)
    if observation_period_end is not None:
        end = _moment(observation_period_end, datetime_format)
        purchases = purchases[purchases[datetime_col].dt.start_time <= end]
    by = purchases.groupby([customer_id_col, datetime_col], as_index=False)
    periods = by[[monetary_value_col]].sum() if monetary_value_col else by.size()
    periods["first"] = ~periods[customer_id_col].duplicated()
    return periods[[*columns, "first"]]


def summary_data_from_transaction_data(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    monetary_value_col: str | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: int = 1,
    include_first_transaction: bool = False,
) -> Any:
    """Frequency, recency, T and mean spend of each customer, in units of ``freq_multiplier`` times ``freq``."""
    period, seconds = _unit(freq)
    end = observation_period_end
    if end is None:
        end = _times(transactions[datetime_col], datetime_format).max()
    end = _moment(end, datetime_format).to_period(period)
    periods = _find_first_transactions(
        transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, end.end_time, freq
    )
    starts = periods[datetime_col].dt.start_time
    customers = starts.groupby(periods[customer_id_col]).agg(["min", "max", "count"])
    unit = pd.Timedelta(seconds=seconds * freq_multiplier)
    summary = pd.DataFrame(
        {
            "frequency": customers["count"] - (0 if include_first_transaction else 1),
            "recency": (customers["max"] - customers["min"]) / unit,
            "T": (end.start_time - customers["min"]) / unit,
        }
    )
    if monetary_value_col:
        counted = periods if include_first_transaction else periods[~periods["first"]]
        means = counted.groupby(customer_id_col)[monetary_value_col].mean()
        summary["monetary_value"] = means.reindex(summary.index).fillna(0)
    return summary.astype(float)


def calibration_and_holdout_data(
    transactions: Any,
    customer_id_col: str,
    datetime_col: str,
    calibration_period_end: Any,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: int = 1,
    datetime_format: str | None = None,
    monetary_value_col: str | None = None,
    include_first_transaction: bool = False,
) -> Any:
    """The summary at the end of the calibration, beside what each of its customers bought from there to the end.

    A date as an end is the end of that day.
    """
    period, _ = _unit(freq)
    columns = [customer_id_col, datetime_col, *([monetary_value_col] if monetary_value_col else [])]
    purchases = transactions[columns].copy()
    times = _times(purchases[datetime_col], datetime_format)
    purchases[datetime_col] = times
    calibration_end = _moment(calibration_period_end, datetime_format)
    end = times.max() if observation_period_end is None else _moment(observation_period_end, datetime_format)
    until_calibration, until = _last_moment(calibration_end, freq), _last_moment(end, freq)
    summary = summary_data_from_transaction_data(
        purchases[times <= until_calibration],
        customer_id_col,
        datetime_col,
        monetary_value_col,
        observation_period_end=calibration_end,
        freq=freq,
        freq_multiplier=freq_multiplier,
        include_first_transaction=include_first_transaction,
    ).add_suffix("_cal")
    later = purchases[(times > until_calibration) & (times <= until)]
    if later.empty:
        raise ValueError(f"calibration_period_end: no purchase between {calibration_end} and {end}, the end of the observation")
    holdout = _find_first_transactions(later, customer_id_col, datetime_col, monetary_value_col, freq=freq).groupby(customer_id_col)
    summary["frequency_holdout"] = holdout.size().reindex(summary.index).fillna(0).astype(float)
    if monetary_value_col:
        summary["monetary_value_holdout"] = holdout[monetary_value_col].mean().reindex(summary.index).fillna(0)
    summary["duration_holdout"] = (end.to_period(period) - calibration_end.to_period(period)).n / freq_multiplier
    return summary


def _last_moment(end: Any, freq: str) -> Any:
    """The last moment of an end: of its day, where it is a date and days or longer are counted."""
    if end == end.normalize() and freq in ("D", "W", "M", "Y"):
        return end + pd.Timedelta(days=1) - pd.Timedelta(1, unit="ns")
    return end


def calculate_alive_path(model: Any, transactions: Any, datetime_col: str, t: int, freq: str = "D") -> Any:
    """One customer's probability of being alive at every period from the first purchase to ``t`` periods later."""
    period, _ = _unit(freq)
    bought = _ordinals(_times(transactions[datetime_col], None).dt.to_period(period))
    at = np.unique(bought) - bought.min()
    ages = np.arange(max(int(t), int(at[-1])) + 1)
    frequency = np.searchsorted(at, ages, side="right") - 1
    alive = model.conditional_probability_alive(frequency, at[frequency], ages)
    return pd.Series(np.asarray(alive, dtype=np.float64))


def _scale_time(age: Any) -> float:
    """What makes the largest age 1."""
    return float(1.0 / age.max())


def _check_inputs(frequency: Any, recency: Any = None, T: Any = None, monetary_value: Any = None) -> None:
    """Refuses what cannot be a summary of purchases, with a ``ValueError``."""
    frequency = np.asarray(frequency)
    if recency is not None:
        recency = np.asarray(recency)
        if T is not None and (recency > np.asarray(T)).any():
            raise ValueError("recency: some customers bought last after the end of the observation, T")
        if (recency[frequency == 0] != 0).any():
            raise ValueError("recency: some customers have a recency other than 0 but never bought again")
        if (recency < 0).any():
            raise ValueError("recency: some values are negative, a last purchase before the first")
        if any(len(column) == 0 for column in (frequency, recency) if column is not None) or (T is not None and len(T) == 0):
            raise ValueError("frequency, recency, T: there are no customers")
    if (frequency != np.floor(frequency)).any():
        raise ValueError("frequency: some values are not whole numbers")
    if monetary_value is not None and (np.asarray(monetary_value) <= 0).any():
        raise ValueError("monetary_value: some values are not above 0; fit to customers who bought again (frequency > 0)")


def _customer_lifetime_value(
    transaction_prediction_model: Any,
    frequency: Any,
    recency: Any,
    T: Any,
    monetary_value: Any,
    time: int = 12,
    discount_rate: float = 0.01,
    freq: str = "D",
) -> Any:
    """Money expected of each customer within ``time`` months, discounted at the end of each month."""
    if freq not in STEPS_PER_MONTH:
        raise ValueError(f"freq: {freq!r} is not a unit of T; those known are {', '.join(STEPS_PER_MONTH)}")
    month = STEPS_PER_MONTH[freq]
    value, before = pd.Series(0.0, index=pd.Series(frequency).index, name="clv"), 0.0
    for step in np.arange(1, time + 1):
        purchases = transaction_prediction_model.predict(step * month, frequency, recency, T)
        value += monetary_value * (purchases - before) / (1 + discount_rate) ** step
        before = purchases
    return value


def expected_cumulative_transactions(
    model: Any,
    transactions: Any,
    datetime_col: str,
    customer_id_col: str,
    t: int,
    datetime_format: str | None = None,
    freq: str = "D",
    freq_multiplier: int = 1,
    set_index_date: bool = False,
) -> Any:
    """Repeat purchases so far, actual and expected of everybody acquired, at every ``freq_multiplier``-th of ``t`` periods."""
    period, _ = _unit(freq)
    start = _times(transactions[datetime_col], datetime_format).min().to_period(period)
    purchases = _find_first_transactions(
        transactions, customer_id_col, datetime_col, datetime_format=datetime_format, observation_period_end=start + t, freq=freq
    )
    place = _ordinals(purchases[datetime_col]) - start.ordinal
    first = purchases["first"].to_numpy()
    newcomers = np.bincount(place[first], minlength=t + 1)
    repeats = np.cumsum(np.bincount(place[~first], minlength=t + 1))
    ends = np.arange(freq_multiplier, t + 1, freq_multiplier)
    each = np.asarray(model.expected_number_of_purchases_up_to_time(np.arange(1, t + 1) / freq_multiplier))
    predicted = [float(newcomers[:end] @ each[:end][::-1]) for end in ends]
    index = pd.period_range(start, periods=t + 1)[freq_multiplier - 1 : -1 : freq_multiplier] if set_index_date else range(len(ends))
    return pd.DataFrame({"actual": repeats[ends - 1], "predicted": predicted}, index=index)
