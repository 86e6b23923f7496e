"""Customers drawn from the models, with what cannot be seen of them: the same draws as lifetimes makes from numpy's seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]
from numpy import random

from engagement.compat.lifetimes.utils import _unit


def beta_geometric_nbd_model(T: Any, r: float, alpha: float, a: float, b: float, size: int = 1) -> Any:
    """Customers of BG/NBD observed for ``T``: frequency, recency, T, lambda, p, alive."""
    ages = _ages(T, size)
    p = random.beta(a, b, size=size)
    rate = random.gamma(r, scale=1.0 / alpha, size=size)
    rows = [_seen(*_purchases(rate[i], ages[i], p[i])) for i in range(size)]
    return _customers(rows, ages, ("lambda", rate), ("p", p))


def modified_beta_geometric_nbd_model(T: Any, r: float, alpha: float, a: float, b: float, size: int = 1) -> Any:
    """Customers of MBG/NBD observed for ``T``: frequency, recency, T, lambda, p, alive."""
    ages = _ages(T, size)
    p = random.beta(a, b, size=size)
    rate = random.gamma(r, scale=1.0 / alpha, size=size)
    rows = [_seen(*_purchases(rate[i], ages[i], p[i], leaves_at_first=True)) for i in range(size)]
    return _customers(rows, ages, ("lambda", rate), ("p", p))


def pareto_nbd_model(T: Any, r: float, alpha: float, s: float, beta: float, size: int = 1) -> Any:
    """Customers of Pareto/NBD observed for ``T``: frequency, recency, T, lambda, mu, alive."""
    ages = _ages(T, size)
    rate = random.gamma(r, scale=1.0 / alpha, size=size)
    mu = random.gamma(s, scale=1.0 / beta, size=size)
    rows = []
    for i in range(size):
        death = _wait(mu[i])
        times, _ = _purchases(rate[i], min(death, ages[i]))
        rows.append(_seen(times, death > ages[i]))
    return _customers(rows, ages, ("lambda", rate), ("mu", mu))


def beta_geometric_beta_binom_model(N: Any, alpha: float, beta: float, gamma: float, delta: float, size: int = 1) -> Any:
    """Customers of BG/BB with ``N`` opportunities: frequency, recency, n_periods, p, theta, alive, customer_id."""
    opportunities = _ages(N, size)
    p = random.beta(a=alpha, b=beta, size=size)
    theta = random.beta(a=gamma, b=delta, size=size)
    rows = []
    for i in range(size):
        bought, last, place, alive = 0, 0, 0, True
        while place < opportunities[i] and alive:
            alive = random.binomial(1, theta[i]) == 0
            place += 1
            if alive and random.binomial(1, p[i]) == 1:
                bought, last = bought + 1, place
        # The chance to leave after the last opportunity.
        if alive:
            alive = random.binomial(1, theta[i]) == 0
        rows.append((bought, last, opportunities[i], p[i], theta[i], alive, i))
    names = ["frequency", "recency", "n_periods", "p", "theta", "alive", "customer_id"]
    return pd.DataFrame(rows, columns=names).astype(float)


def beta_geometric_nbd_model_transactional_data(
    T: Any, r: float, alpha: float, a: float, b: float, observation_period_end: Any = "2019-1-1", freq: str = "D", size: int = 1
) -> Any:
    """The purchases themselves of customers of BG/NBD: customer_id and date."""
    _, seconds = _unit(freq)
    unit = pd.Timedelta(seconds=seconds)
    ages = _ages(T, size)
    end = pd.to_datetime(observation_period_end)
    p = random.beta(a, b, size=size)
    rate = random.gamma(r, scale=1.0 / alpha, size=size)
    customers, dates = [], []
    for i in range(size):
        times, _ = _purchases(rate[i], ages[i], p[i])
        start = end - (ages[i] - 1) * unit
        customers += [i] * (len(times) + 1)
        dates += [start - unit, *(start + time * unit for time in times)]
    return pd.DataFrame({"customer_id": customers, "date": dates})


def _ages(T: Any, size: int) -> Any:
    """An age for each customer."""
    ages = np.asarray(T, dtype=np.float64)
    if ages.ndim == 0:
        return np.full(size, ages)
    if len(ages) < size:
        raise ValueError(f"T: {len(ages)} ages for {size} customers")
    return ages


def _wait(rate: float) -> float:
    # A customer whose rate underflows to 0 never buys, or never leaves.
    with np.errstate(divide="ignore"):
        return float(random.exponential(scale=np.divide(1.0, rate)))


def _purchases(rate: float, until: float, p: float = 0.0, *, leaves_at_first: bool = False) -> tuple[list[float], bool]:
    """Times of repeat purchases, and whether the customer is still there; ``p`` is the chance of leaving after each purchase.

    The order of the draws is lifetimes', so the same seed gives the same customers.
    """
    times: list[float] = []
    time = _wait(rate)
    alive = not leaves_at_first or bool(random.random() > p)
    while time < until and alive:
        times.append(time)
        time += _wait(rate)
        alive = p == 0.0 or bool(random.random() > p)
    return times, alive


def _seen(times: list[float], alive: bool) -> tuple[int, float, bool]:
    """Frequency, as the number of whole time units with a purchase, recency, and alive or not."""
    return len({int(time) for time in times}), times[-1] if times else 0.0, alive


def _customers(rows: list[tuple[int, float, bool]], ages: Any, *hidden: tuple[str, Any]) -> Any:
    seen = np.array(rows, dtype=np.float64).reshape(-1, 3)
    columns = {"frequency": seen[:, 0], "recency": seen[:, 1], "T": ages[: len(rows)]}
    customers = pd.DataFrame({**columns, **dict(hidden), "alive": seen[:, 2]})
    return customers.set_index(pd.Index(np.arange(len(rows), dtype=np.float64), name="customer_id"))
