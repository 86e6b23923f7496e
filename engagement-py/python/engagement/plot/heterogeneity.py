"""How much customers differ, as the model has it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from engagement.plot._figure import MODEL, Floats, axes, finish, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 0.99
"""The share of customers that fits into the picture."""


def transaction_rate_heterogeneity(model: Any, *, unit: str = "week", ax: Axes | None = None, **style: Any) -> Axes:
    """The gamma density of the customers' purchase rates."""
    return _gamma(axes(ax), model.r, model.alpha, "Purchase rates among customers", f"purchases per {unit}", style)


def dropout_rate_heterogeneity(model: Any, *, unit: str = "week", ax: Axes | None = None, **style: Any) -> Axes:
    """The beta density of the customers' probabilities of leaving after a purchase; for Pareto/NBD, the gamma density of rates."""
    if hasattr(model, "s"):
        return _gamma(axes(ax), model.s, model.beta, "Rates of leaving among customers", f"departures per {unit}", style)
    if not hasattr(model, "a"):
        raise ValueError(f"{type(model).__name__}: nobody leaves in this model")
    a, b = model.a, model.b
    mean = a / (a + b)
    variance = mean * (1 - mean) / (a + b + 1)
    # On the scale of the log odds the density has no poles.
    odds = np.linspace(-40.0, 40.0, 8001)
    ln_p, ln_q = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
    edge = float(np.exp(np.interp(SHOWN, _cumulated(a * ln_p + b * ln_q), ln_p)))
    p = _inside(edge)
    ln_norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    density = np.exp(ln_norm + (a - 1) * np.log(p) + (b - 1) * np.log1p(-p))
    return _density(axes(ax), p, density, "Probabilities of leaving among customers", "probability of leaving", mean, variance, style)


def _gamma(ax: Axes, shape: float, rate: float, title: str, x: str, style: dict[str, Any]) -> Axes:
    # On the scale of the logarithm the density has no pole.
    ln_rate_times = np.linspace(-80.0 / min(shape, 1.0), math.log(shape + 20.0 * math.sqrt(shape) + 40.0), 8001)
    edge = math.exp(float(np.interp(SHOWN, _cumulated(shape * ln_rate_times - np.exp(ln_rate_times)), ln_rate_times))) / rate
    at = _inside(edge)
    density = np.exp(shape * math.log(rate) - math.lgamma(shape) + (shape - 1) * np.log(at) - rate * at)
    return _density(ax, at, density, title, x, shape / rate, shape / rate**2, style)


def _cumulated(ln_density: Floats) -> Floats:
    density = np.exp(ln_density - ln_density.max())
    steps = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.asarray(steps / steps[-1])


def _inside(edge: float) -> Floats:
    # Not from 0, nor to 1: the density may have no bound there.
    return np.linspace(edge / 200, min(edge, 1.0 - 1e-9) if edge > 0.999 and edge <= 1 else edge, 200)


def _density(ax: Axes, x: Floats, density: Floats, title: str, label: str, mean: float, variance: float, style: dict[str, Any]) -> Axes:
    ax.plot(x, density, **styled(style, color=MODEL))
    ax.set_ylim(bottom=0)
    return finish(ax, title=f"{title}\nmean {mean:.3f}, variance {variance:.3f}", x=label, y="density")
