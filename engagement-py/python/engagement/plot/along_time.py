"""What happens as time goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engagement import KaplanMeier, Purchases
from engagement.plot._figure import ACTUAL, MARK, MODEL, Numbers, axes, finish, floats, same_length, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def expected_repeat_purchases(model: Any, *, until: float, unit: str = "week", ax: Axes | None = None, **style: Any) -> Axes:
    """Repeat purchases expected of a new customer: up to ``until``, where the data ends, and dashed half as long again."""
    ax = axes(ax)
    seen, ahead = np.linspace(0.0, until, 100), np.linspace(until, 1.5 * until, 50)
    (line,) = ax.plot(seen, np.asarray(model.expected_purchases_new(seen)), **styled(style, color=MODEL))
    dashed = {**styled(style), "color": line.get_color(), "linestyle": "--"}
    dashed.pop("label", None)
    ax.plot(ahead, np.asarray(model.expected_purchases_new(ahead)), **dashed)
    return finish(
        ax,
        title="Repeat purchases expected of a new customer",
        x=f"{unit}s since the first purchase",
        y="repeat purchases per customer",
        legend="label" in style,
    )


def history_alive(
    model: Any, purchase_times: Numbers, *, until: float, unit: str = "week", ax: Axes | None = None, **style: Any
) -> Axes:
    """One customer's probability of being alive from the first purchase to ``until``, with the purchases as ticks.

    ``purchase_times`` are units since the first purchase, which is the 0 among them.
    """
    ax = axes(ax)
    bought = np.unique(floats("purchase_times", purchase_times))
    if bought[0] != 0.0 or bought[-1] > until:
        raise ValueError(f"purchase_times: from {bought[0]:g} to {bought[-1]:g} is not from 0, the first purchase, to at most {until:g}")
    # Right after each purchase, and just before: the curve jumps there.
    ages = np.unique(np.concatenate([np.linspace(0.0, until, 200), bought, np.nextafter(bought[1:], 0.0)]))
    frequency = np.searchsorted(bought, ages, side="right") - 1
    alive = np.asarray(model.probability_alive(Purchases(frequency, bought[frequency], ages)))
    return draw_history(ax, ages, alive, bought, f"{unit}s since the first purchase", style)


def draw_history(ax: Axes, ages: Any, alive: Any, bought: Any, x: str, style: dict[str, Any]) -> Axes:
    """A probability of being alive along time, or along dates."""
    ax.plot(ages, alive, **styled(style, color=MODEL, label="probability alive"))
    ax.vlines(bought, 0, 1, colors=MARK, linestyles="dashed", linewidth=1, label="purchase")
    ax.set_ylim(0, 1.02)
    return finish(ax, title="One customer's probability of being alive", x=x, y="probability alive", legend=True)


def cumulative_transactions(
    actual: Numbers,
    expected: Numbers,
    *,
    times: Any = None,
    calibration_end: Any = None,
    unit: str = "week",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """Repeat purchases so far at the end of each period, actual and expected, with the end of the calibration marked."""
    return _two_lines(ax, actual, expected, times, calibration_end, unit, "Repeat purchases so far", "cumulative repeat purchases", style)


def incremental_transactions(
    actual: Numbers,
    expected: Numbers,
    *,
    times: Any = None,
    calibration_end: Any = None,
    unit: str = "week",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """Repeat purchases within each period, actual and expected, with the end of the calibration marked."""
    return _two_lines(ax, actual, expected, times, calibration_end, unit, f"Repeat purchases per {unit}", "repeat purchases", style)


def tracking(
    model: Any,
    newcomers: Numbers,
    repeats: Numbers,
    *,
    calibration_end: float | None = None,
    cumulative: bool = False,
    unit: str = "week",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """How a model tracks a customer base: repeat purchases in each period against those expected of all who came by then.

    ``newcomers`` counts the first purchases of each period, ``repeats`` the later ones; a period is one of the model's time units.
    """
    came, bought = floats("newcomers", newcomers), floats("repeats", repeats)
    same_length(newcomers=came, repeats=bought)
    # Whoever came in a period is taken to have come in its middle.
    each = np.asarray(model.expected_purchases_new(np.arange(len(came)) + 0.5))
    expected = np.convolve(came, each)[: len(came)]
    if cumulative:
        return cumulative_transactions(np.cumsum(bought), expected, calibration_end=calibration_end, unit=unit, ax=ax, **style)
    return incremental_transactions(bought, np.diff(expected, prepend=0.0), calibration_end=calibration_end, unit=unit, ax=ax, **style)


def kaplan_meier(
    survival: KaplanMeier | Numbers,
    observed: Any = None,
    *,
    interval: bool = True,
    unit: str = "month",
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """The share still there after each time, with its 95 % interval unless ``interval=False``.

    ``survival`` is an :class:`engagement.KaplanMeier`, or how long each customer was there, with ``observed`` telling whose end was
    seen. Several groups go on the same ``ax``, each with its ``label``.
    """
    if not isinstance(survival, KaplanMeier):
        if observed is None:
            raise ValueError("observed: missing; it says of each duration whether its end was seen")
        survival = KaplanMeier(survival, observed)
    elif observed is not None:
        raise ValueError("observed: not needed beside a KaplanMeier, which knows it")
    time, share = floats("time", survival["time"]), floats("survival", survival["survival"])
    ax = axes(ax)
    x = np.concatenate([[0.0], time])
    (line,) = ax.step(x, np.concatenate([[1.0], share]), where="post", **styled(style))
    if interval:
        # Where nothing is known of the error, before the first end and after the last customer, the band has no width.
        ends = [floats(name, survival[name]) for name in ("low", "high")]
        low, high = (np.where(np.isnan(end), share, end) for end in ends)
        ax.fill_between(x, np.concatenate([[1.0], low]), np.concatenate([[1.0], high]), step="post", color=line.get_color(), alpha=0.2, linewidth=0)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(left=0)
    return finish(ax, title="Customers still there", x=f"{unit}s since the start", y="share still there", legend="label" in style)


def _two_lines(
    ax: Axes | None,
    actual: Numbers,
    expected: Numbers,
    times: Any,
    calibration_end: Any,
    unit: str,
    title: str,
    y: str,
    style: dict[str, Any],
) -> Axes:
    happened, said = floats("actual", actual), floats("expected", expected)
    same_length(actual=happened, expected=said)
    ax = axes(ax)
    x = np.arange(1, len(happened) + 1) if times is None else times
    ax.plot(x, happened, **styled(style, color=ACTUAL, label="actual"))
    ax.plot(x, said, **{**styled(style), "color": MODEL, "linestyle": "--", "label": "model"})
    if calibration_end is not None:
        ax.axvline(calibration_end, color=MARK, linestyle=":", label="end of calibration")
    ax.set_ylim(bottom=0)
    return finish(ax, title=title, x=f"{unit}s since the first purchase of all", y=y, legend=True)
