"""engagement.plot draws what it is given, with labels, on the axes it is given; compat's plots are those with lifetimes' words."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest

matplotlib.use("Agg")

from matplotlib import colors  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from engagement import BgNbd, GammaGamma, KaplanMeier, ParetoNbd, Purchases, plot  # noqa: E402
from engagement.compat.lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter, datasets, plotting, utils  # noqa: E402
from engagement.plot import _figure  # noqa: E402

BG = BgNbd(0.243, 4.414, 0.793, 2.426)
PARETO = ParetoNbd(0.553, 10.578, 0.606, 11.669)
SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
"""The high-end segment of Fader & Hardie (2007), doi:10.1002/dir.20074."""
HIGH_END = KaplanMeier(np.repeat([*range(1, 8), 7], [*-np.diff(SURVIVORS), SURVIVORS[-1]]), np.arange(1000) < 1000 - SURVIVORS[-1])
"""The same customers one by one: who is left at the seventh renewal is not seen to leave."""


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def transactions() -> Any:
    sample = datasets.load_dataset("CDNOW_sample.txt", header=None, sep=r"\s+", names=["master", "id", "date", "cds", "value"])
    return sample.assign(date=pd.to_datetime(sample["date"].astype(str)))


@pytest.fixture(scope="module")
def summary(transactions: Any) -> Any:
    return utils.calibration_and_holdout_data(transactions, "id", "date", "1997-09-30", "1998-06-30", freq_multiplier=7)


@pytest.fixture(scope="module")
def purchases(summary: Any) -> Purchases:
    return Purchases(summary["frequency_cal"], summary["recency_cal"], summary["T_cal"])


@pytest.fixture(scope="module")
def held(transactions: Any) -> Purchases:
    from engagement import Ledger

    ledger = Ledger(transactions[["id", "date", "value"]], columns={"customer": "id", "at": "date", "amount": "value"}, kind="purchase")
    return ledger.purchases("1997-09-30", holdout="1998-06-30")


DRAWN: dict[str, Callable[..., Axes]] = {
    "frequency_recency_matrix": lambda **k: plot.frequency_recency_matrix(BG, max_frequency=6, max_recency=9, t=4, **k),
    "probability_alive_matrix": lambda **k: plot.probability_alive_matrix(BG, max_frequency=6, max_recency=9, **k),
    "cohort_heatmap": lambda **k: plot.cohort_heatmap([[100, 60, 45], [80, 40, None], [90, None, None]], **k),
    "pmf": lambda **k: plot.pmf(BG, 39, observed=[1411, 439, 214], **k),
    "expected_repeat_purchases": lambda **k: plot.expected_repeat_purchases(BG, until=39, **k),
    "history_alive": lambda **k: plot.history_alive(BG, [0, 2, 5, 20.5], until=38, **k),
    "cumulative_transactions": lambda **k: plot.cumulative_transactions([1, 3, 6], [1.5, 3.1, 5.2], calibration_end=2, **k),
    "incremental_transactions": lambda **k: plot.incremental_transactions([1, 2, 3], [1.5, 1.6, 2.1], calibration_end=2, **k),
    "tracking": lambda **k: plot.tracking(BG, [10, 8, 0, 0], [0, 1, 2, 1], calibration_end=2, **k),
    "kaplan_meier": lambda **k: plot.kaplan_meier(HIGH_END, **k),
    "transaction_rate_heterogeneity": lambda **k: plot.transaction_rate_heterogeneity(BG, **k),
    "dropout_rate_heterogeneity": lambda **k: plot.dropout_rate_heterogeneity(BG, **k),
    "calibration": lambda **k: plot.calibration(np.arange(100) / 50, np.arange(100) // 40, **k),
}


@pytest.mark.parametrize("name", DRAWN)
def test_axes_and_labels(name: str, tmp_path: Path) -> None:
    """On the axes given, else on new ones of 6 × 4 inches: title, both labels, and nothing outside of the picture."""
    _, own = plt.subplots()
    assert DRAWN[name](ax=own) is own
    ax = DRAWN[name]()
    assert ax is not own
    assert tuple(ax.figure.get_size_inches()) == (6, 4)
    assert ax.get_title()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    ax.figure.savefig(tmp_path / "plot.png")
    canvas, drawn = ax.figure.bbox, ax.get_tightbbox()
    assert canvas.x0 <= drawn.x0 <= drawn.x1 <= canvas.x1
    assert canvas.y0 <= drawn.y0 <= drawn.y1 <= canvas.y1


def test_the_unit_is_told() -> None:
    assert "months" in plot.expected_repeat_purchases(BG, until=39, unit="month").get_xlabel()
    assert plot.transaction_rate_heterogeneity(BG, unit="day").get_xlabel() == "purchases per day"
    assert "next 4 weeks" in plot.frequency_recency_matrix(BG, max_frequency=2, max_recency=2, t=4).get_title()
    assert "next 1 week" in plot.frequency_recency_matrix(BG, max_frequency=2, max_recency=2).get_title()


def test_every_function_is_drawn_here() -> None:
    others = {"period_transactions", "calibration_purchases_vs_holdout_purchases"}
    assert set(plot.__all__) == {*DRAWN, *others}


def test_told_apart_without_colour() -> None:
    """Bars of the model are lighter than those of what happened; its lines are dashed, and a moment is a dotted line."""
    actual, said = (float(np.dot(colors.to_rgb(colour), [0.2126, 0.7152, 0.0722])) for colour in (_figure.ACTUAL, _figure.MODEL))
    assert said - actual > 1 / 7
    assert [line.get_linestyle() for line in DRAWN["tracking"]().lines] == ["-", "--", ":"]


def test_style_goes_to_the_artist() -> None:
    ax = plot.expected_repeat_purchases(BG, until=39, c="green", lw=3, label="mine")
    assert [line.get_color() for line in ax.lines] == ["green", "green"]
    assert ax.lines[0].get_linewidth() == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["mine"]
    assert plot.probability_alive_matrix(BG, max_frequency=2, max_recency=2, cmap="Greys").get_images()[0].get_cmap().name == "Greys"


def test_matrices() -> None:
    """Each cell is the model's answer, and where nobody can be it is empty."""
    ax = plot.probability_alive_matrix(BG, max_frequency=4, max_recency=10)
    cells = ax.get_images()[0].get_array()
    assert cells.shape == (11, 5)
    assert cells[0, 0] == 1.0
    assert cells[7, 3] == np.asarray(BG.probability_alive(Purchases([3], [7.0], [10.0])))[0]
    assert cells.mask[1:, 0].all() and cells.mask[0, 1:].all() and not cells.mask[1:, 1:].any()
    expected = plot.frequency_recency_matrix(BG, max_frequency=4, max_recency=10, t=2.5).get_images()[0].get_array()
    assert expected[7, 3] == np.asarray(BG.expected_purchases(Purchases([3], [7.0], [10.0]), 2.5))[0]
    for wrong in ({"max_frequency": 0, "max_recency": 3}, {"max_frequency": 2, "max_recency": 2.5}):
        with pytest.raises(ValueError, match="whole number of at least 1"):
            plot.probability_alive_matrix(BG, **wrong)


def heights(ax: Axes) -> tuple[list[float], list[float]]:
    bars = [bar.get_height() for bar in ax.patches]
    return bars[: len(bars) // 2], bars[len(bars) // 2 :]


def test_period_transactions(purchases: Purchases) -> None:
    """Actual counts of the CDNOW sample, and what BG/NBD expects (Fader, Hardie & Lee 2005, figure 2): all customers in both."""
    actual, expected = heights(plot.period_transactions(BG, purchases))
    assert actual[:3] == [1411, 439, 214]
    assert sum(actual) == pytest.approx(2357)
    assert sum(expected) == pytest.approx(2357)
    assert expected[0] == pytest.approx(1407, abs=6)
    assert [label.get_text() for label in plt.gca().get_xticklabels()] == ["0", "1", "2", "3", "4", "5", "6", "7+"]


def test_pmf() -> None:
    ax = plot.pmf(BG, 39, max_purchases=3)
    assert [bar.get_height() for bar in ax.patches] == list(BG.probability_of_purchases_new(np.arange(4), 39))
    shares, chances = heights(plot.pmf(BG, 39, max_purchases=3, observed=[50, 30, 10, 6, 4]))
    assert shares == [0.5, 0.3, 0.1, 0.06]
    assert chances == list(BG.probability_of_purchases_new(np.arange(4), 39))


def test_holdout(held: Purchases) -> None:
    ax = plot.calibration_purchases_vs_holdout_purchases(BG, held)
    actual, expected = (line.get_ydata() for line in ax.lines)
    frequency, later = np.asarray(held.frequency), np.asarray(held.holdout_frequency)
    assert actual[0] == later[frequency == 0].mean()
    assert actual[-1] == later[frequency >= 6].mean()
    assert expected[1] == pytest.approx(np.asarray(BG.expected_purchases(held, held.holdout_length))[frequency == 1].mean(), rel=1e-12)
    for by in ("recency", "age", "since_last"):
        lines = plot.calibration_purchases_vs_holdout_purchases(BG, held, by=by, groups=5).lines
        assert 2 <= len(lines[0].get_xdata()) <= 5
        assert (np.diff(lines[0].get_xdata()) > 0).all()
    with pytest.raises(ValueError, match="by: 'spend' is not one of frequency"):
        plot.calibration_purchases_vs_holdout_purchases(BG, held, by="spend")


def test_without_holdout_it_says_so(purchases: Purchases) -> None:
    with pytest.raises(ValueError, match="^purchases: there is no holdout"):
        plot.calibration_purchases_vs_holdout_purchases(BG, purchases)


def test_calibration() -> None:
    ax = plot.calibration([1.0] * 50 + [2.0] * 50, [1.0] * 50 + [0.0, 4.0] * 25, groups=2)
    points = ax.containers[0]
    assert list(points[0].get_xdata()) == [1.0, 2.0]
    assert list(points[0].get_ydata()) == [1.0, 2.0]
    (_, _), (low, high) = (segment[:, 1] for segment in points[2][0].get_segments())
    assert (high - low) / 2 == pytest.approx(1.959964 * np.std([0.0, 4.0] * 25, ddof=1) / np.sqrt(50))


def test_tracking() -> None:
    """Everybody who came is expected from the middle of their period on."""
    ax = plot.tracking(BG, [10, 4, 0], [0, 3, 2], cumulative=True)
    actual, expected = (line.get_ydata() for line in ax.lines)
    assert list(actual) == [0, 3, 5]
    new = BG.expected_purchases_new
    assert expected[2] == pytest.approx(10 * new(2.5) + 4 * new(1.5), rel=1e-12)
    within = plot.tracking(BG, [10, 4, 0], [0, 3, 2]).lines[1].get_ydata()
    np.testing.assert_allclose(np.cumsum(within), expected, rtol=1e-12)
    with pytest.raises(ValueError, match="lengths 3, 2 are not the same"):
        plot.tracking(BG, [10, 4, 0], [0, 3])


def test_history_jumps_at_purchases() -> None:
    line = plot.history_alive(BG, [0, 2, 5], until=9).lines[0]
    ages, alive = line.get_xdata(), line.get_ydata()
    assert alive[0] == 1.0
    at = int(np.searchsorted(ages, 5.0))
    assert alive[at] == np.asarray(BG.probability_alive(Purchases([2], [5.0], [5.0])))[0]
    assert alive[at - 1] == pytest.approx(np.asarray(BG.probability_alive(Purchases([1], [2.0], [5.0])))[0])
    for times in ([1, 2], [0, 10]):
        with pytest.raises(ValueError, match="^purchase_times: from"):
            plot.history_alive(BG, times, until=9)


def area(x: Any, y: Any) -> float:
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def test_heterogeneity() -> None:
    """The densities hold 99 % of the customers, as gamma and beta do (mean r/α and a/(a+b))."""
    for draw, mean in ((plot.transaction_rate_heterogeneity, 0.243 / 4.414), (plot.dropout_rate_heterogeneity, 0.793 / 3.219)):
        ax = draw(BG)
        assert f"mean {mean:.3f}" in ax.get_title()
    # With a, b = 2, 3 and r, α = 3, 2 the areas have no pole: 12 p (1 − p)² and 4 λ² e^(−2λ).
    line = plot.dropout_rate_heterogeneity(BgNbd(3, 2, 2, 3)).lines[0]
    p, density = line.get_xdata(), line.get_ydata()
    np.testing.assert_allclose(density, 12 * p * (1 - p) ** 2, rtol=1e-12)
    assert area(p, density) == pytest.approx(0.99, abs=1e-3)
    line = plot.transaction_rate_heterogeneity(BgNbd(3, 2, 2, 3)).lines[0]
    rate, density = line.get_xdata(), line.get_ydata()
    np.testing.assert_allclose(density, 4 * rate**2 * np.exp(-2 * rate), rtol=1e-12)
    assert area(rate, density) == pytest.approx(0.99, abs=1e-3)
    assert plot.dropout_rate_heterogeneity(PARETO).get_xlabel() == "departures per week"
    with pytest.raises(ValueError, match="nobody leaves"):
        plot.dropout_rate_heterogeneity(GammaGamma(6.25, 3.74, 15.44))


def test_kaplan_meier() -> None:
    """Without censoring before the end the curve is the share who are left (Fader & Hardie's high-end customers)."""
    ax = plot.kaplan_meier(HIGH_END, label="high end")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.array(SURVIVORS) / 1000, rtol=1e-12)
    plot.kaplan_meier([1, 2], [True, True], ax=ax, label="gone", interval=False)
    assert list(ax.lines[1].get_ydata()) == [1, 0.5, 0] and len(ax.collections) == 1
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["high end", "gone"]
    with pytest.raises(ValueError, match="^observed: missing"):
        plot.kaplan_meier([1, 2])
    with pytest.raises(ValueError, match="^observed: not needed"):
        plot.kaplan_meier(HIGH_END, [True])
    with pytest.raises(ValueError, match="observed: 1 values for 2 durations"):
        plot.kaplan_meier([1, 2], [True])


def test_kaplan_meier_interval() -> None:
    """Freireich's 6-MP group at 6 weeks: S = 0.857, standard error 0.0764 (Kalbfleisch & Prentice; Kleinbaum & Klein, table 2.5)."""
    durations = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    observed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    ax = plot.kaplan_meier(durations, observed)
    weeks, share = ax.lines[0].get_data()
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
    np.testing.assert_allclose(share[np.isin(weeks, list(printed))], list(printed.values()), atol=6e-4)
    band = ax.collections[0].get_paths()[0].vertices
    at_six = np.unique(np.round(band[np.isclose(band[:, 0], 6.0), 1], 4))
    # Greenwood's standard error 0.0764 on the scale of ln(−ln S).
    spread = 1.959964 * 0.0764 / (0.857143 * abs(np.log(0.857143)))
    for end in (0.857143 ** np.exp(spread), 0.857143 ** np.exp(-spread)):
        assert np.abs(at_six - end).min() < 5e-4
    # From the end on nobody is left, and the band has no width.
    gone = plot.kaplan_meier([1, 2], [True, True]).collections[0].get_paths()[0].vertices
    assert np.isfinite(gone).all() and set(gone[gone[:, 0] == 2, 1]) >= {0.0}


def test_cohorts() -> None:
    ax = plot.cohort_heatmap([[100, 60], [80, None]], cohorts=["January", "February"])
    cells = ax.get_images()[0].get_array()
    assert (cells[0, 1], cells[1, 0]) == (60.0, 100.0)
    assert cells.mask[1, 1]
    assert [text.get_text() for text in ax.texts] == ["100", "60", "100"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["January", "February"]
    assert plot.cohort_heatmap([[100, 60], [80, None]], share=False).get_images()[0].get_array()[1, 0] == 80
    with pytest.raises(ValueError, match="^customers: "):
        plot.cohort_heatmap([1, 2, 3])


# With lifetimes' words.


@pytest.fixture
def fitter(summary: Any) -> Any:
    fitter = BetaGeoFitter()
    fitter.params_ = pd.Series(BG.parameters)
    columns = {"frequency": summary["frequency_cal"], "recency": summary["recency_cal"], "T": summary["T_cal"]}
    fitter.data = pd.DataFrame({**columns, "weights": 1})
    return fitter


def labels(ax: Axes) -> tuple[str, str, str]:
    return ax.get_title(), ax.get_xlabel(), ax.get_ylabel()


def test_compat_matrices(fitter: Any) -> None:
    figure = plt.figure()
    ax = plotting.plot_frequency_recency_matrix(fitter, T=39)
    assert ax.figure is figure
    assert labels(ax) == (
        "Expected Number of Future Purchases for 39 Units of Time,\nby Frequency and Recency of a Customer",
        "Customer's Historical Frequency",
        "Customer's Recency",
    )
    assert ax.get_images()[0].get_array().shape == (39, 30)
    plt.figure()
    alive = plotting.plot_probability_alive_matrix(fitter, 10, 20, title="t", xlabel="x", ylabel="y", cmap="viridis")
    assert labels(alive) == ("t", "x", "y")
    assert alive.get_images()[0].get_array().shape == (21, 11)
    assert alive.get_images()[0].get_array()[20, 10] == fitter.conditional_probability_alive(10, 20, 20)[0]


def test_compat_period(fitter: Any) -> None:
    _, own = plt.subplots()
    ax = plotting.plot_period_transactions(fitter, max_frequency=4, label=["A", "B"], ax=own)
    assert ax is own
    assert labels(ax) == ("Frequency of Repeat Transactions", "Number of Calibration Period Transactions", "Customers")
    assert heights(ax)[0] == [1411, 439, 214, 100]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["A", "B"]
    fitter.data["weights"] = 2
    assert heights(plotting.plot_period_transactions(fitter, figsize=(8, 3)))[0][0] == 2822


@pytest.mark.parametrize("kind", ["frequency_cal", "recency_cal", "T_cal", "time_since_last_purchase"])
def test_compat_holdout(kind: str, fitter: Any, summary: Any) -> None:
    ax = plotting.plot_calibration_purchases_vs_holdout_purchases(fitter, summary, kind=kind, n=5)
    actual, said = ax.lines
    assert len(actual.get_xdata()) == 5
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["frequency_holdout", "model_predictions"]
    if kind == "frequency_cal":
        first = summary[summary["frequency_cal"] == 0]
        assert actual.get_ydata()[0] == first["frequency_holdout"].mean()
        predict = fitter.conditional_expected_number_of_purchases_up_to_time
        said_0 = predict(39, first["frequency_cal"], first["recency_cal"], first["T_cal"]).mean()
        assert said.get_ydata()[0] == pytest.approx(said_0, rel=1e-12)


def test_compat_expected(fitter: Any) -> None:
    ax = plotting.plot_expected_repeat_purchases(fitter, label="BG/NBD", color="black")
    assert ax.lines[0].get_xdata()[-1] == pytest.approx(summary_age := fitter.data["T"].max())
    assert ax.lines[1].get_xdata()[-1] == pytest.approx(1.5 * summary_age)
    assert ax.get_xlabel() == "Time Since First Purchase"


@pytest.mark.parametrize("kind", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_compat_history(kind: Any, transactions: Any) -> None:
    fitter = kind()
    fitter.params_ = pd.Series({"r": 0.25, "alpha": 30.0, "a": 0.8, "b": 2.5})
    one = transactions[transactions["id"] == 1]
    ax = plotting.plot_history_alive(fitter, 400, one, "date")
    path = ax.lines[0]
    assert len(path.get_xdata()) == 401
    np.testing.assert_array_equal(path.get_ydata(), utils.calculate_alive_path(fitter, one, "date", 400))
    assert ax.get_title() == "History of P_alive"
    later = plotting.plot_history_alive(fitter, 400, one, "date", start_date="1997-06-01", ax=plt.figure().add_subplot())
    assert matplotlib.dates.num2date(later.get_xlim()[0]).strftime("%Y-%m-%d") == "1997-06-01"


@pytest.mark.parametrize("dated", [False, True])
def test_compat_tracking(dated: bool, fitter: Any, transactions: Any) -> None:
    arguments = (fitter, transactions, "date", "id", 78, 39)
    table = utils.expected_cumulative_transactions(fitter, transactions, "date", "id", 78, freq="W", set_index_date=dated)
    ax = plotting.plot_cumulative_transactions(*arguments, freq="W", xlabel="week", set_index_date=dated)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), table["actual"])
    assert labels(ax) == ("Tracking Cumulative Transactions", "date" if dated else "week", "Cumulative Transactions")
    plt.figure()
    ax = plotting.plot_incremental_transactions(*arguments, freq="W", set_index_date=dated)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), np.diff(table["predicted"]))
    assert labels(ax)[0] == "Tracking Daily Transactions"


def test_compat_heterogeneity(fitter: Any) -> None:
    ax = plotting.plot_transaction_rate_heterogeneity(fitter)
    assert ax.figure.get_suptitle() == "Heterogeneity in Transaction Rate"
    assert labels(ax) == ("mean: 0.055, var: 0.012", "Transaction Rate", "Density")
    ax = plotting.plot_dropout_rate_heterogeneity(fitter, suptitle="mine", color="black")
    assert ax.figure.get_suptitle() == "mine"
    assert labels(ax) == ("mean: 0.246, var: 0.044", "Dropout Probability p", "Density")
    pareto = ParetoNBDFitter()
    pareto.params_ = pd.Series(PARETO.parameters)
    assert labels(plotting.plot_dropout_rate_heterogeneity(pareto))[0] == "mean: 0.052, var: 0.004"


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "engagement.plot")
    with pytest.raises(ImportError, match=r"pip install 'engagement\[plot\]'"):
        importlib.import_module("engagement.plot")


def test_figures_are_reproducible(tmp_path: Path) -> None:
    """The same call draws the same picture, so a picture in a report changes only with what it shows."""
    for name in ("first.svg", "second.svg"):
        with matplotlib.rc_context({"svg.hashsalt": "engagement"}):
            plot.period_transactions(BG, Purchases([0, 1, 2], [0, 3.0, 5.0], [9.0, 9.0, 9.0])).figure.savefig(
                tmp_path / name, metadata={"Date": None}
            )
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
