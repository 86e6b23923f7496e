"""The models through Python: published fits, predictions in and out, intervals, covariates, errors, pickles."""

from __future__ import annotations

import copy
import json
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from summaries import DATA, cdnow_sample, donations

import engagement
from engagement import (
    BetaDiscreteWeibull,
    BgBb,
    BgCnbdK,
    BgNbd,
    Column,
    FitFailedError,
    GammaGamma,
    MbgCnbdK,
    MbgNbd,
    Nbd,
    Opportunities,
    ParetoNbd,
    Prior,
    Purchases,
    Renewals,
    ShiftedBetaGeometric,
    WithCovariates,
)

PURCHASE_MODELS: list[Any] = [
    Nbd(0.385, 12.072),
    ParetoNbd(0.553, 10.578, 0.606, 11.669),
    BgNbd(0.243, 4.414, 0.793, 2.426),
    MbgNbd(0.525, 6.183, 0.891, 1.614),
    BgCnbdK(2, 0.243, 4.414, 0.793, 2.426),
    MbgCnbdK(2, 0.525, 6.183, 0.891, 1.614),
]
ALL_MODELS: list[Any] = [
    *PURCHASE_MODELS,
    GammaGamma(6.25, 3.74, 15.44),
    BgBb(1.204, 0.75, 0.657, 2.783),
    ShiftedBetaGeometric(0.668, 3.806),
    BetaDiscreteWeibull(0.3, 1.5, 1.2),
    WithCovariates(BgNbd(0.243, 4.414, 0.793, 2.426), ["online"], [0.1, 0.2, 0.3]),
]

# Maximum likelihood on the CDNOW sample, gradients below 1e-7; to fewer digits in Fader, Hardie & Lee (2005),
# doi:10.1287/mksc.1040.0098, Batislam, Denizel & Filiztekin (2007), doi:10.1016/j.ijresmar.2006.12.005, and Fader & Hardie (2013),
# http://www.brucehardie.com/notes/025/.
FITS: list[tuple[Any, float, dict[str, tuple[float, float]]]] = [
    (
        Nbd,
        -9763.657614672615,
        {"r": (0.38476613574820423, 0.020985373152505055), "alpha": (12.072022843951723, 0.8087231542603227)},
    ),
    (
        BgNbd,
        -9582.429206673933,
        {
            "r": (0.24259452243839594, 0.012557376527699912),
            "alpha": (4.413602019315685, 0.37822403967759943),
            "a": (0.7929220186335394, 0.18573386290207688),
            "b": (2.425906782183164, 0.7054144645219133),
        },
    ),
    (
        MbgNbd,
        -9582.13571555375,
        {
            "r": (0.5248431589982804, 0.0832682808851244),
            "alpha": (6.183085278544633, 0.6956209934244436),
            "a": (0.8913593909489058, 0.15478992008516362),
            "b": (1.6140022409018677, 0.5374950359774137),
        },
    ),
    (
        ParetoNbd,
        -9594.976178939542,
        {
            "r": (0.5532770470154295, 0.04762795458518478),
            "alpha": (10.577683464847075, 0.8427226783068604),
            "s": (0.6062399878897592, 0.18728146569572254),
            "beta": (11.668735246616821, 6.211120820498066),
        },
    ),
    (
        GammaGamma,
        -4055.9176948018726,
        {
            "p": (6.2495722658443, 1.19006269606525),
            "q": (3.744224667918136, 0.2901342680112089),
            "v": (15.443520980745877, 4.159450667524281),
        },
    ),
]


@pytest.mark.parametrize(("model", "log_likelihood", "estimates"), FITS, ids=lambda value: getattr(value, "__name__", ""))
def test_published_fits(model: Any, log_likelihood: float, estimates: dict[str, tuple[float, float]]) -> None:
    fit = model.fit(cdnow_sample())
    assert abs(fit.log_likelihood - log_likelihood) <= 1e-6
    assert list(fit.model.parameters) == list(estimates)
    for name, (estimate, error) in estimates.items():
        assert fit.model.parameters[name] == pytest.approx(estimate, rel=1e-5)
        assert getattr(fit.model, name) == fit.model.parameters[name]
        assert fit.standard_errors[name] == pytest.approx(error, rel=1e-3)
    assert fit.convergence.gradient_norm < 1e-7 and fit.convergence.at_boundary == []
    assert fit.aic == pytest.approx(2 * len(estimates) - 2 * log_likelihood)
    assert fit.bic == pytest.approx(len(estimates) * math.log(fit.customers) - 2 * log_likelihood)
    assert [row[i] ** 0.5 for i, row in enumerate(fit.covariance)] == pytest.approx(list(fit.standard_errors.values()))
    low, high = fit.confidence_intervals(0.9)[next(iter(estimates))]
    wider = fit.confidence_intervals()[next(iter(estimates))]
    assert wider[0] < low < next(iter(estimates.values()))[0] < high < wider[1]
    document = json.loads(fit.to_json())
    assert document["parameters"] == fit.model.parameters and document["standard_errors"] == fit.standard_errors
    # Single customers sum to the whole.
    if model is not GammaGamma:
        assert math.fsum(fit.model.log_likelihood(cdnow_sample())) == pytest.approx(log_likelihood, rel=1e-12)


def test_published_fit_of_donations() -> None:
    """Fader, Hardie & Shang (2010), table 3: 1.204, .750, .657, 2.783 and −33,225.58."""
    fit = BgBb.fit(donations())
    assert abs(fit.log_likelihood - -33225.581274346994) <= 1e-6
    want = [1.203522350892991, 0.7497163579132191, 0.6567182090076207, 2.7834422363559117]
    assert list(fit.model.parameters.values()) == pytest.approx(want, rel=1e-5)
    assert fit.customers == 11104


@pytest.mark.parametrize(
    ("renewals", "alpha", "beta", "log_likelihood"),
    [
        (4, 1.2809763837323305, 7.790384118240417, -1225.1349070416106),
        (7, 0.6680883511104263, 3.806094964094001, -1611.1581473911579),
        (12, 0.5961112004541029, 3.3269687404465116, -2010.8584195650874),
    ],
)
def test_published_fits_of_a_cohort(renewals: int, alpha: float, beta: float, log_likelihood: float) -> None:
    """Fader & Hardie (2007), doi:10.1002/dir.20074: the high-end cohort."""
    cohort = Renewals.from_cohort([1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394][: renewals + 1])
    fit = ShiftedBetaGeometric.fit(cohort)
    assert (fit.model.alpha, fit.model.beta) == pytest.approx((alpha, beta), rel=1e-5)
    assert abs(fit.log_likelihood - log_likelihood) <= 1e-6


def test_published_predictions() -> None:
    """Expected purchases of the holdout, worked at the maximum of the likelihood (Fader, Hardie & Lee 2005)."""
    purchases = cdnow_sample()
    for model, total in [(BgNbd, 1653.408697515955), (MbgNbd, 1576.7283018275107), (ParetoNbd, 1665.5131078803943)]:
        expected = np.asarray(model.fit(purchases).model.expected_purchases(purchases, 39))
        assert expected.sum() == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize("model", PURCHASE_MODELS, ids=lambda model: model.name)
def test_every_model_of_purchases_has_the_same_methods(model: Any) -> None:
    purchases = model.simulate(50, 39.0, seed=1)
    assert isinstance(purchases, Purchases) and len(purchases) == 50
    assert purchases.to_dicts() == model.simulate(50, 39.0, seed=1).to_dicts()
    assert purchases.to_dicts() != model.simulate(50, 39.0, seed=2).to_dicts()
    assert np.asarray(model.simulate(3, [10.0, 20.0, 30.0], seed=1).age).tolist() == [10.0, 20.0, 30.0]
    alive, later = np.asarray(model.probability_alive(purchases)), np.asarray(model.probability_alive(purchases, later=10))
    assert ((alive >= 0) & (alive <= 1) & (later <= alive)).all()
    expected = model.expected_purchases(purchases, 20)
    by_column = model.expected_purchases(purchases, np.full(50, 20.0))
    assert isinstance(expected, Column) and list(expected) == pytest.approx(list(by_column), rel=1e-13)
    pmf = np.array([np.asarray(model.probability_of_purchases(purchases, n, 20.0)) for n in range(150)])
    assert np.allclose(pmf.sum(axis=0), 1, atol=1e-6)
    assert np.allclose((pmf.T @ np.arange(150)), np.asarray(expected), rtol=1e-4)
    low, high = model.prediction_interval(purchases, 20.0, 0.9)
    below = pmf.cumsum(axis=0)
    for row, (first, last) in enumerate(zip(low, high, strict=True)):
        assert below[last, row] >= 0.95 - 1e-9 and (last == 0 or below[last - 1, row] < 0.95)
        assert first == 0 or below[first - 1, row] < 0.05
    new = model.expected_purchases_new(20.0)
    assert isinstance(new, float)
    assert list(model.expected_purchases_new([10.0, 20.0]))[1] == new
    share = model.probability_of_purchases_new(np.arange(150), 20.0)
    assert math.fsum(share) == pytest.approx(1, abs=1e-4)
    assert model.probability_of_purchases_new(2, [20.0, 30.0])[0] == model.probability_of_purchases_new(2, 20.0) == share[2]
    assert model.probability_of_purchases_new([1, 2], [30.0, 20.0])[1] == share[2]
    discounted = np.asarray(model.discounted_purchases(purchases, delta=0.01, t=20.0))
    assert (discounted < np.asarray(expected) + 1e-12).all() and (discounted > 0.8 * np.asarray(expected)).all()
    assert (np.asarray(model.log_likelihood(purchases)) < np.inf).all()


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: type(model).__name__)
def test_models_are_their_parameters(model: Any) -> None:
    again = pickle.loads(pickle.dumps(model))
    assert again == model and type(again) is type(model) and repr(again) == repr(model)
    if not isinstance(model, WithCovariates):
        assert eval(repr(model), vars(engagement)) == model
        assert model != Nbd(1.0, 1.0)
    if isinstance(model, engagement.PurchaseModel):
        assert engagement.PurchaseModel.from_json(model.to_json()) == model


@pytest.mark.parametrize(
    "data",
    [
        Prior.gamma(2.0, 3.0),
        Prior.log_normal(-0.5, 1.0),
        Prior.half_normal(2.0),
        Prior.weibull(2.0, 1.0),
        donations(),
        Renewals.from_cohort([1000, 869, 743]) + Renewals([0, 5], [False, True]),
        *ALL_MODELS,
    ],
    ids=lambda data: type(data).__name__,
)
def test_models_and_their_data_go_through_pickle_and_copy(data: Any) -> None:
    for again in (pickle.loads(pickle.dumps(data)), copy.deepcopy(data), copy.copy(data)):
        assert again == data and type(again) is type(data) and repr(again) == repr(data)
    if isinstance(data, Prior):
        assert eval(repr(data), vars(engagement)) == data
    if isinstance(data, Opportunities):
        model = BgBb(1.204, 0.75, 0.657, 2.783)
        again = pickle.loads(pickle.dumps(data))
        assert BgBb.fit(again).model == BgBb.fit(data).model
        assert list(model.log_likelihood(again)) == list(model.log_likelihood(data))


@pytest.mark.parametrize("column", [list, np.array, pl.Series, pa.array], ids=["list", "numpy", "polars", "pyarrow"])
def test_times_are_columns_of_every_kind(column: Any) -> None:
    model, purchases = MbgNbd(0.525, 6.183, 0.891, 1.614), Purchases([2, 0], [30.0, 0.0], [39.0, 38.0])
    got = model.expected_purchases(purchases, column([10.0, 20.0]))
    want = [model.expected_purchases(purchases, 10.0)[0], model.expected_purchases(purchases, 20.0)[1]]
    assert list(got) == pytest.approx(want, rel=1e-13)
    with pytest.raises(ValueError, match="t: 3 values for 2 customers"):
        model.expected_purchases(purchases, column([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BgNbd(0.0, 1.0, 1.0, 1.0), "r: 0 is not a positive finite number"),
        (lambda: BgNbd(r=1.0, alpha=math.nan, a=1.0, b=1.0), "alpha: NaN is not a positive finite number"),
        (lambda: ParetoNbd(1.0, 1.0, -2.0, 1.0), "s: -2 is not a positive finite number"),
        (lambda: BgCnbdK(0, 1.0, 1.0, 1.0, 1.0), "k"),
        (lambda: GammaGamma(1.0, 0.9, 1.0).mean_value, "q"),
        (lambda: MbgNbd(1.0, 1.0, 1.0, 1.0).expected_purchases_new(-1.0), "t"),
        (lambda: MbgNbd(1.0, 1.0, 1.0, 1.0).expected_purchases_new([1.0, math.nan]), "^row 1: t: NaN"),
        (lambda: MbgNbd(1.0, 1.0, 1.0, 1.0).prediction_interval(cdnow_sample(), 1.0, 1.5), "level: 1.5"),
        (lambda: MbgNbd(1.0, 1.0, 1.0, 1.0).probability_of_purchases_new(1.5, 1.0), "n: 1.5 is not a whole number"),
        (lambda: MbgNbd.fit(cdnow_sample(), penalty=-1.0), "penalty"),
        (lambda: MbgNbd.fit(cdnow_sample(), priors={"z": Prior.gamma(1, 1)}), "z"),
        (lambda: MbgNbd.fit(cdnow_sample(), priors={"r": 3}), "priors, r: an engagement.Prior is expected"),  # type: ignore[dict-item]
        (lambda: MbgNbd.fit(cdnow_sample()).interval(lambda model: 1.0, scale="sqrt"), "scale"),  # type: ignore[arg-type]
        (lambda: GammaGamma(1.0, 0.9, 1.0).value_interval(Purchases([1, 0], [5, 0], [9, 9], [20.0, 0.0])), "^row 1: q: 0.9"),
        (lambda: GammaGamma(6.0, 3.7, 15.0).value_interval(cdnow_sample(), 1.0), "level: 1 is not between 0 and 1"),
        (lambda: GammaGamma(6.0, 3.7, 15.0).value_interval(cdnow_sample(), math.nan), "level: NaN"),
        (lambda: Renewals.from_cohort([10, 12]), "12"),
        (lambda: Opportunities([3], [2], [6]), "recency|frequency"),
    ],
)
def test_errors_name_parameter_value_and_domain(call: Any, message: str) -> None:
    with pytest.raises(engagement.InvalidArgumentError, match=message):
        call()


def test_a_fit_that_failed_says_why_and_carries_its_best_point() -> None:
    with pytest.raises(FitFailedError) as caught:
        MbgNbd.fit(Purchases([0, 0, 0], [0.0] * 3, [10.0, 20.0, 30.0]))
    assert str(caught.value) == "nobody bought a second time: nothing tells how often customers buy"
    assert isinstance(caught.value, ArithmeticError) and caught.value.best_point == {}
    failure = FitFailedError("stopped early", "FitFailed", (), {"r": 0.5})
    again = pickle.loads(pickle.dumps(failure))
    assert (str(again), again.best_point) == ("stopped early", {"r": 0.5})


def test_priors_and_penalty_pull() -> None:
    plain = MbgNbd.fit(cdnow_sample())
    pulled = MbgNbd.fit(cdnow_sample(), priors={"a": Prior.log_normal(0.0, 0.001)})
    assert abs(math.log(pulled.model.a)) < 0.01 < abs(math.log(plain.model.a))
    assert pulled.log_likelihood < plain.log_likelihood
    penalised = MbgNbd.fit(cdnow_sample(), penalty=0.01)
    assert sum(value**2 for value in penalised.model.parameters.values()) < sum(
        value**2 for value in plain.model.parameters.values()
    )
    assert Prior.gamma(2, 3) == Prior.gamma(2, 3) != Prior.weibull(2, 3)


def test_fits_have_the_same_bits_on_any_number_of_threads() -> None:
    assert MbgNbd.fit(cdnow_sample(), threads=1).model == MbgNbd.fit(cdnow_sample(), threads=2).model


def test_the_interval_of_anything() -> None:
    fit = MbgNbd.fit(cdnow_sample())
    low, high = fit.confidence_intervals()["r"]
    assert fit.interval(lambda model: model.r) == pytest.approx((fit.model.r, low, high), rel=1e-6)
    estimate, low, high = fit.interval(lambda model: model.expected_purchases_new(39.0), level=0.9)
    assert low < estimate == fit.model.expected_purchases_new(39.0) < high
    one = Purchases(2, 30.43, 38.86)
    estimate, low, high = fit.interval(lambda model: model.probability_alive(one)[0], scale="logit")
    assert 0 < low < estimate < high < 1
    with pytest.raises(ZeroDivisionError):
        fit.interval(lambda model: 1 / 0)
    with pytest.raises(TypeError):
        fit.interval(lambda model: "much")  # type: ignore[call-overload]


def test_the_intervals_of_a_column() -> None:
    fit = MbgNbd.fit(cdnow_sample())
    few = Purchases([2, 0, 7], [30.43, 0.0, 20.0], [38.86, 38.86, 30.0])
    columns = fit.interval(lambda model: model.expected_purchases(few, 39.0), level=0.9)
    for row in range(3):
        one = fit.interval(lambda model, row=row: model.expected_purchases(few, 39.0)[row], level=0.9)
        assert tuple(column[row] for column in columns) == one
    # A column of one is a column, of any kind; a probability of 0 or 1 is known.
    single = fit.interval(lambda model: np.array([model.r]))
    assert [list(column) for column in single] == [[end] for end in fit.interval(lambda model: model.r)]
    estimate, low, high = fit.interval(lambda model: [0.0, 0.5, 1.0], scale="logit")
    assert list(estimate) == list(low) == list(high) == [0.0, 0.5, 1.0]
    for answers, message in (
        ([0.5, None], "row 1: f: NaN is not between 0 and 1"),
        ([0.5, 2.0], "row 1: f: 2 is not between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=message):
            fit.interval(lambda model, answers=answers: answers, scale="logit")
    lengths = iter((2, 2, 3))
    with pytest.raises(ValueError, match="f: 3 numbers, but 2 at the estimate"):
        fit.interval(lambda model: [1.0] * next(lengths))
    with pytest.raises(TypeError, match="f: a number or a column of numbers is expected"):
        fit.interval(lambda model: ["much"])  # type: ignore[call-overload]


def test_a_bootstrap_agrees_with_the_curvature() -> None:
    truth = MbgNbd(0.525, 6.183, 0.891, 1.614)
    purchases = truth.simulate(1500, 39.0, seed=3)
    fit = MbgNbd.fit(purchases)
    drawn = fit.bootstrap(purchases, replicates=60, seed=5)
    assert len(drawn.refits) + drawn.failed == 60
    assert drawn.refits == fit.bootstrap(purchases, replicates=60, seed=5, threads=1).refits
    estimate, low, high = drawn.interval(lambda model: model.expected_purchases_new(39.0), level=0.9)
    _, by_curvature_low, by_curvature_high = fit.interval(lambda model: model.expected_purchases_new(39.0), level=0.9)
    assert low < estimate < high
    assert 0.6 < (high - low) / (by_curvature_high - by_curvature_low) < 1.6
    assert list(drawn.confidence_intervals(0.9)) == ["r", "alpha", "a", "b"]


ODD = (np.arange(2357) % 2).astype(float)
COHORT = Renewals.from_cohort([1000, 869, 743, 653, 593, 551, 517, 491])


@pytest.mark.parametrize(
    ("fit", "data", "covariates"),
    [
        (lambda: BgCnbdK.fit(cdnow_sample(), k=1), cdnow_sample, None),
        (lambda: GammaGamma.fit(cdnow_sample()), cdnow_sample, None),
        (lambda: BgNbd.fit_with_covariates(cdnow_sample(), {"odd": ODD}), cdnow_sample, {"odd": ODD}),
        (lambda: GammaGamma.fit_with_covariates(cdnow_sample(), {"odd": ODD}), cdnow_sample, {"odd": ODD}),
        (lambda: BgBb.fit(donations()), donations, None),
        (lambda: ShiftedBetaGeometric.fit(COHORT), lambda: COHORT, None),
        (lambda: BetaDiscreteWeibull.fit(COHORT), lambda: COHORT, None),
    ],
    ids=["bg-cnbd-k", "gamma-gamma", "bg-nbd covariates", "gamma-gamma covariates", "bg-bb", "sbg", "bdw"],
)
def test_every_model_has_a_bootstrap(fit: Callable[[], Any], data: Callable[[], Any], covariates: Any) -> None:
    """The intervals of the refits are about as wide as the curvature foresees, and hold the estimate."""
    fitted = fit()
    drawn = fitted.bootstrap(data(), covariates, replicates=80, seed=3)
    assert len(drawn.refits) + drawn.failed == 80 and drawn.failed < 8
    assert drawn.refits == fitted.bootstrap(data(), covariates, replicates=80, seed=3, threads=1).refits
    assert drawn.refits[:5] != fitted.bootstrap(data(), covariates, replicates=20, seed=4).refits[:5]
    assert type(drawn.refits[0]) is type(fitted.model)
    by_curvature = fitted.confidence_intervals(0.8)
    for name, (low, high) in drawn.confidence_intervals(0.8).items():
        assert low < fitted.model.parameters[name] < high, name
        assert 0.6 < (high - low) / (by_curvature[name][1] - by_curvature[name][0]) < 1.7, name


def test_a_bootstrap_refuses_data_of_another_kind() -> None:
    contracts = ShiftedBetaGeometric.fit(COHORT)
    with pytest.raises(TypeError, match="data: engagement.Renewals is expected, not engagement.Purchases"):
        contracts.bootstrap(cdnow_sample(), seed=1)
    with pytest.raises(ValueError, match="did not begin together"):
        contracts.bootstrap(COHORT + Renewals.from_cohort([10, 5]), seed=1)
    with pytest.raises(ValueError, match="covariates: the fit is one without covariates"):
        contracts.bootstrap(COHORT, {"odd": ODD}, seed=1)
    covaried = GammaGamma.fit_with_covariates(cdnow_sample(), {"odd": ODD})
    with pytest.raises(ValueError, match="covariates: the fit has covariates"):
        covaried.bootstrap(cdnow_sample(), seed=1)
    with pytest.raises(ValueError, match="covariates: 5 values for 2357 customers"):
        covaried.bootstrap(cdnow_sample(), {"odd": ODD[:5]}, seed=1)


def test_a_bootstrap_draws_no_customer_by_halves() -> None:
    """A customer of whom a million purchases would be drawn is refused by name, with covariates as without."""
    purchases, flag = Purchases([3, 1], [8.0, 3.0], [10.0, 1e9]), {"flag": [1.0, 0.0]}
    drawn = Nbd(0.8, 5.0).simulate(300, 40.0, seed=1)
    refused = "ages, row 1: in 1000000000 time units a customer makes 1048576 purchases"
    state = BgNbd.fit_with_covariates(drawn, {"flag": np.arange(300) % 2}).__reduce__()[1][0]
    often = WithCovariates(BgNbd(2.0, 0.001, 1e-6, 1e6), ["flag"], [0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match=refused):
        engagement.Fit._restore({**state, "model": often}).bootstrap(purchases, flag, replicates=20, seed=1)
    with pytest.raises(ValueError, match=refused):
        engagement.Fit._restore({**state, "model": often.base}).bootstrap(purchases, replicates=20, seed=1)
    with pytest.raises(ValueError, match="opportunities: 4294967295 is not in 0..=1048576"):
        BgBb(1.0, 1.0, 1.0, 1.0).simulate(1, 2**32 - 1, seed=1)


@pytest.mark.parametrize(
    "truth",
    [
        Nbd(0.8, 5.0),
        ParetoNbd(0.8, 5.0, 0.7, 12.0),
        BgNbd(0.8, 5.0, 0.6, 2.0),
        MbgNbd(0.8, 5.0, 0.6, 2.0),
        BgCnbdK(3, 0.8, 2.0, 0.6, 2.0),
        MbgCnbdK(2, 0.8, 2.0, 0.6, 2.0),
    ],
    ids=lambda model: model.name,
)
def test_a_posterior_recovers_parameters(truth: Any) -> None:
    purchases = truth.simulate(1000, 40.0, seed=5)
    k = {"k": truth.k} if hasattr(truth, "k") else {}
    posterior = type(truth).posterior(purchases, **k, chains=2, tune=300, draws=1000, seed=1)
    assert (posterior.name, posterior.chains, len(posterior)) == (truth.name, 2, 2000)
    assert posterior.warnings == [] and posterior.divergences == 0
    assert list(posterior.mean) == list(truth.parameters)
    for name, value in truth.parameters.items():
        error = math.log(posterior.mean[name] / value) / (posterior.sd[name] / posterior.mean[name])
        assert abs(error) < 3.5, (name, error)
        assert posterior.r_hat[name] < 1.01
        assert posterior.ess_bulk[name] > 400 and posterior.ess_tail[name] > 400
    assert {type(model) for model in posterior.models} == {type(truth)}
    assert all(model.k == truth.k for model in posterior.models if hasattr(model, "k"))


def test_a_posterior_agrees_with_another_sampler() -> None:
    """BG/NBD on the CDNOW sample, by the means, Monte-Carlo errors and standard deviations of pymc-marketing with these priors."""
    theirs = {"r": (0.245790, 0.000377, 0.012447), "alpha": (4.525611, 0.011321, 0.380081)}
    theirs |= {"a": (0.961814, 0.012445, 0.265423), "b": (3.149003, 0.052507, 1.094079)}
    priors = {"r": Prior.weibull(2, 1), "alpha": Prior.weibull(2, 10), "a": Prior.half_normal(10), "b": Prior.half_normal(10)}
    posterior = BgNbd.posterior(cdnow_sample(), chains=2, tune=300, seed=1, priors=priors)
    for name, (mean, error, deviation) in theirs.items():
        own = posterior.sd[name] / posterior.ess_bulk[name] ** 0.5
        assert abs(posterior.mean[name] - mean) < 3 * math.hypot(error, own), name
        assert 0.8 < posterior.sd[name] / deviation < 1.25, name


def test_a_posterior_is_its_draws() -> None:
    purchases = cdnow_sample()
    calls: list[tuple[int, int]] = []
    posterior = GammaGamma.posterior(purchases, chains=3, tune=150, draws=200, seed=9, progress=lambda *now: calls.append(now))
    assert calls[-1] == (1050, 1050)
    draws = posterior.to_dict()
    assert list(draws) == ["p", "q", "v"] and {array.shape for array in draws.values()} == {(3, 200)}
    for name, array in draws.items():
        assert list(posterior.draws(name)) == [getattr(model, name) for model in posterior.models] == array.ravel().tolist()
        assert all(list(posterior.draws(name, chain)) == array[chain].tolist() for chain in range(3))
        assert posterior.mean[name] == pytest.approx(array.mean(), rel=1e-12)
        assert posterior.sd[name] == pytest.approx(array.std(ddof=1), rel=1e-12)
        assert posterior.credible_intervals(0.9)[name] == pytest.approx(np.quantile(array, [0.05, 0.95]), rel=1e-12)
    found = posterior.interval(lambda model: 1 / model.q, level=0.5)
    assert found == pytest.approx(((1 / draws["q"]).mean(), *np.quantile(1 / draws["q"], [0.25, 0.75])), rel=1e-12)
    rows = posterior.summary(0.9).to_dicts()
    assert [row["parameter"] for row in rows] == ["p", "q", "v"]
    for row in rows:
        name = row["parameter"]
        assert (row["low"], row["high"]) == posterior.credible_intervals(0.9)[name]
        figures = [posterior.mean, posterior.sd, posterior.r_hat, posterior.ess_bulk, posterior.ess_tail]
        assert [row[key] for key in ("mean", "sd", "r_hat", "ess_bulk", "ess_tail")] == [figure[name] for figure in figures]
    assert repr(posterior).startswith("Posterior of gamma-gamma, 3 chains of 200 draws\n       p ")


def test_the_draws_are_those_of_the_seed() -> None:
    purchases = cdnow_sample()

    def draws(seed: int, threads: int = 0) -> list[float]:
        return list(Nbd.posterior(purchases, chains=2, tune=50, draws=20, seed=seed, threads=threads).draws("r"))

    assert draws(1) == draws(1) == draws(1, threads=1) != draws(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"chains": 0}, "chains: 0 is not at least 1"),
        ({"chains": -1}, "chains is -1"),
        ({"tune": -1}, "tune is -1"),
        ({"draws": 3}, "draws: 3 is not at least 4"),
        ({"draws": 2**32}, "draws is 4294967296"),
        ({"threads": -1}, "threads is -1"),
        ({"priors": {"z": Prior.gamma(1, 1)}}, "z is not a parameter"),
        ({"priors": {"r": Prior.gamma(1, math.inf)}}, "rate: inf"),
        ({"priors": {"r": 1.0}}, "priors, r: an engagement.Prior is expected"),
    ],
)
def test_a_posterior_refuses_what_it_cannot_sample(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(engagement.InvalidArgumentError, match=message):
        Nbd.posterior(cdnow_sample(), **arguments)


def test_what_a_posterior_does_not_have_is_an_error() -> None:
    posterior = Nbd.posterior(cdnow_sample(), chains=2, tune=50, draws=20)
    assert any(warning.startswith("r: the draws are worth ") for warning in posterior.warnings)
    with pytest.raises(ValueError, match="the parameters are r, alpha"):
        posterior.draws("s")
    for chain in (2, -1):
        with pytest.raises(ValueError, match=f"chain is {chain}: a chain from 0 to 1"):
            posterior.draws("r", chain)
    with pytest.raises(ValueError, match="level: 1.5"):
        posterior.credible_intervals(1.5)
    with pytest.raises(ZeroDivisionError):
        posterior.interval(lambda model: 1 / 0)
    with pytest.raises(ValueError, match="f: NaN"):
        posterior.interval(lambda model: math.nan)
    with pytest.raises(FitFailedError, match="nobody bought a second time"):
        BgNbd.posterior(Purchases([0, 0], [0.0, 0.0], [4.0, 5.0]))


def test_parameters_are_recovered_with_their_covariates() -> None:
    base = BgNbd(0.6, 6.0, 0.8, 2.0)
    truth = WithCovariates(base, ["online"], [0.7, 0.4, -0.3])
    groups = [truth.of({"online": float(online)}).simulate(4000, 60.0, seed=11 + online) for online in (0, 1)]
    columns = [np.concatenate([np.asarray(getattr(g, name)) for g in groups]) for name in ("frequency", "recency", "age")]
    purchases, online = Purchases(*columns), np.repeat([0.0, 1.0], 4000)
    plain, fit = BgNbd.fit(purchases), BgNbd.fit_with_covariates(purchases, {"online": online})
    model = fit.model
    assert isinstance(model, WithCovariates) and model.covariates == ["online"] and model.name == "bg-nbd"
    assert list(model.coefficients) == ["alpha: online", "a: online", "b: online"]
    for name, (low, high) in fit.confidence_intervals(0.999).items():
        assert low < truth.parameters[name] < high, name
    test = engagement.likelihood_ratio_test(plain, fit)
    assert test.degrees_of_freedom == 3 and test.p_value < 1e-6
    assert test.statistic == pytest.approx(2 * (fit.log_likelihood - plain.log_likelihood))
    with pytest.raises(ValueError, match="parameters are not more"):
        engagement.likelihood_ratio_test(fit, plain)
    shrunk = BgNbd.fit_with_covariates(purchases, {"online": online}, coefficient_penalty=10.0).model
    assert abs(shrunk.coefficients["alpha: online"]) < 0.05 < model.coefficients["alpha: online"]
    expected = np.asarray(model.expected_purchases(purchases, {"online": online}, 20.0))
    first = Purchases(*(column[:1] for column in columns))
    assert expected[0] == pytest.approx(model.of({"online": 0.0}).expected_purchases(first, 20.0)[0], rel=1e-12)
    # Every column is that of the customers' own models, to the last bit.
    for ask in (
        lambda model, *given: model.log_likelihood(*given),
        lambda model, *given: model.probability_alive(*given, later=26.0),
        lambda model, *given: model.probability_of_purchases(*given, 2, 20.0),
        lambda model, *given: model.discounted_purchases(*given, delta=0.002, t=52.0),
    ):
        all_rows = np.asarray(ask(model, purchases, {"online": online}))
        groups = [np.asarray(ask(model.of({"online": group}), purchases)) for group in (0.0, 1.0)]
        assert all_rows.tobytes() == np.where(online == 0.0, *groups).tobytes()
    assert np.array_equal(
        model.probability_alive(purchases, {"online": online}), model.probability_alive(purchases, {"online": online}, later=0.0)
    )
    assert WithCovariates.from_json(model.to_json()) == model
    with pytest.raises(ValueError, match="unknown variant"):
        WithCovariates.from_json('{"model":"nbd"}')
    estimate, low, high = fit.interval(lambda model: model.of({"online": 1.0}).expected_purchases_new(52.0))
    assert low < estimate < high
    for columns_given, message in [
        ({"offline": online}, "offline are given, and online are expected"),
        ({"online": online[:10]}, "covariates: 10 values for 8000 customers"),
        ({"online": np.full(8000, np.nan)}, "online: NaN in row 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.expected_purchases(purchases, columns_given, 1.0)
    with pytest.raises(ValueError, match="spend"):
        model.expected_value(purchases, {"online": online})


def test_covariates_of_spend() -> None:
    purchases = cdnow_sample()
    early = (np.arange(len(purchases)) % 2).astype(float)
    fit = GammaGamma.fit_with_covariates(purchases, {"odd": early})
    assert list(fit.model.coefficients) == ["v: odd"]
    test = engagement.likelihood_ratio_test(GammaGamma.fit(purchases), fit)
    assert test.degrees_of_freedom == 1 and 0 <= test.p_value <= 1
    values = np.asarray(fit.model.expected_value(purchases, {"odd": early}))
    assert (values > 0).all()
    # Every column is that of the customers' own models, to the last bit, and single customers sum to the whole.
    own = [fit.model.of({"odd": group}) for group in (0.0, 1.0)]
    by_group = [np.asarray(model.log_likelihood(purchases)) for model in own]
    single = np.asarray(fit.model.log_likelihood(purchases, {"odd": early}))
    assert single.tobytes() == np.where(early == 0.0, *by_group).tobytes()
    assert math.fsum(single) == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert values.tobytes() == np.where(early == 0.0, *(model.expected_value(purchases) for model in own)).tobytes()


def gamma_below(shape: float, x: float) -> float:
    """The probability that a gamma variate of scale 1 is below x: the power series of the lower incomplete gamma function."""
    term = total = 1 / shape
    for n in range(1, 10_000):
        term *= x / (shape + n)
        total += term
    return total * math.exp(shape * math.log(x) - x - math.lgamma(shape))


def test_the_interval_of_a_mean_value() -> None:
    """p/ν, where ν is a gamma variate of shape px + q and rate v + xm."""
    model = GammaGamma(6.25, 3.74, 15.44)
    frequency, mean = [0, 1, 2, 7, 2], [0.0, 35.0, 22.35, 110.0, 22.35]
    purchases = Purchases(frequency, [0.0, 10.0, 10.0, 30.0, 12.0], [39.0] * 5, mean)
    for level, given in [(0.95, ()), (0.5, (0.5,))]:
        low, high = (list(column) for column in model.value_interval(purchases, *given))
        for row, (x, m) in enumerate(zip(frequency, mean, strict=True)):
            shape, rate = 6.25 * x + 3.74, 15.44 + x * m
            assert 1 - gamma_below(shape, 6.25 * rate / low[row]) == pytest.approx((1 - level) / 2, rel=1e-9)
            assert gamma_below(shape, 6.25 * rate / high[row]) == pytest.approx((1 - level) / 2, rel=1e-9)
        assert all(a < b < c for a, b, c in zip(low, model.expected_value(purchases), high, strict=True))
        assert (low[2], high[2]) == (low[4], high[4])
    assert list(GammaGamma(1.0, 0.9, 1.0).value_interval(Purchases(1, 5.0, 9.0, 20.0))[0])[0] > 0
    assert [len(column) for column in model.value_interval(Purchases([], [], []))] == [0, 0]


def test_independence_is_checked_before_money() -> None:
    found = GammaGamma.independence(cdnow_sample())
    # The documentation of lifetimes 0.11.3 prints 0.113884, from means rounded to cents.
    assert found.customers == 946 and found.pearson == pytest.approx(0.1139, abs=5e-5) and found.warning is None
    tied = GammaGamma.independence(Purchases([1, 2, 3, 4], [1, 2, 3, 4], [9, 9, 9, 9], [10.0, 20.0, 30.0, 40.0]))
    assert tied.pearson == pytest.approx(1) and tied.warning is not None


def test_opportunities() -> None:
    """Fader, Hardie & Shang (2010), table 6, and BTYD's vignette, page 32."""
    model = BgBb(1.203528, 0.749726, 0.6567808, 2.783796)
    donors = Opportunities([0, 6], [0, 6], [6, 6])
    assert model.expected_purchases(donors, 10)[0] == pytest.approx(0.1302169, abs=5e-8)
    assert [round(p, 2) for p in model.probability_alive(donors, later=1)] == [0.11, 0.93]
    pmf = [model.probability_of_purchases(donors, k, 4)[0] for k in range(5)]
    assert math.fsum(pmf) == pytest.approx(1)
    assert model.expected_purchases_new(3) == pytest.approx(1.2969, abs=5e-5)
    assert math.fsum(model.probability_of_purchases_new(range(4), 3)) == pytest.approx(1)
    drawn = model.simulate(20_000, 6, seed=2)
    low, high = BgBb.fit(drawn).confidence_intervals(0.999)["alpha"]
    assert low < 1.203528 < high
    again = Opportunities(drawn.frequency, drawn.recency, drawn.opportunities)
    assert len(again) == 20_000 and again == drawn
    assert np.mean(drawn.frequency) == pytest.approx(model.expected_purchases_new(6), abs=0.05)
    assert set(drawn.opportunities) == {6} and (np.asarray(drawn.recency) >= np.asarray(drawn.frequency)).all()
    given = Opportunities([0, 6, 4, 1], [0, 6, 5, 1], [6, 6, 6, 2], [9, 1, 0, 1])
    assert [list(column) for column in (given.frequency, given.recency, given.opportunities)] == [[0, 6, 4, 1], [0, 6, 5, 1], [6, 6, 6, 2]]


@pytest.mark.parametrize(("n", "level"), [(4, 0.95), (40, 0.95), (40, 0.5), (0, 0.95)])
def test_the_interval_of_opportunities(n: int, level: float) -> None:
    """From the first number that leaves a tail of at most half the rest above it and below it, by adding up the probabilities."""
    model = BgBb(1.204, 0.75, 0.657, 2.783)
    donors = Opportunities([0, 6, 3, 6, 2], [0, 6, 4, 6, 2], [6, 6, 6, 6, 6])
    low, high = model.prediction_interval(donors, n, level) if level != 0.95 else model.prediction_interval(donors, n)
    pmf = np.array([np.asarray(model.probability_of_purchases(donors, k, n)) for k in range(n + 1)])
    assert pmf.sum(axis=0) == pytest.approx(1)
    below, tail = pmf.cumsum(axis=0), (1 - level) / 2
    for row, (first, last) in enumerate(zip(low, high, strict=True)):
        assert below[first, row] >= tail and (first == 0 or below[first - 1, row] < tail)
        assert below[last, row] >= 1 - tail and (last == 0 or below[last - 1, row] < 1 - tail)
    assert (low[1], high[1]) == (low[3], high[3])
    if n == 40:
        assert high[0] < high[2] < high[1]


def test_an_interval_of_opportunities_that_cannot_be_is_refused() -> None:
    model, donors = BgBb(1.204, 0.75, 0.657, 2.783), Opportunities([0, 6], [0, 6], [6, 6])
    for n, level, message in [
        (10_001, 0.95, r"^row 0: n: 10001 is not in 0\.\.=10000"),
        (4, 1.0, "^row 0: level: 1 is not between 0 and 1"),
        (4, math.nan, "^row 0: level: NaN"),
    ]:
        with pytest.raises(engagement.InvalidArgumentError, match=message):
            model.prediction_interval(donors, n, level)
    with pytest.raises(engagement.InvalidArgumentError, match="^row 0: rate: -1 is not"):
        model.discounted_purchases(donors, rate=-1.0)
    with pytest.raises(TypeError):
        model.prediction_interval(donors, 1.5)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        model.prediction_interval(donors, -1)


def test_contracts() -> None:
    """Fader & Hardie (2007), appendix B, and (2010), doi:10.1287/mksc.1080.0482, table 3."""
    uniform = ShiftedBetaGeometric(1.0, 1.0)
    assert [round(p, 3) for p in uniform.probability_of_loss([1, 3, 5, 7])] == [0.5, 0.083, 0.033, 0.018]
    assert round(ShiftedBetaGeometric(3.8, 15.2).discounted_renewals(rate=0.1, renewed=2), 2) == 3.59
    assert uniform.survival(3) == pytest.approx(0.25)
    assert uniform.survival(0) == 1 and list(uniform.survival([0, 3]))[0] == 1
    # c = 1 is the shifted beta-geometric model: Fader et al. (2018).
    special = BetaDiscreteWeibull(0.668, 3.806, 1.0)
    assert list(special.survival([1, 5, 9])) == pytest.approx(list(ShiftedBetaGeometric(0.668, 3.806).survival([1, 5, 9])))
    contracts = Renewals([0, 1, 3], [False, False, True])
    assert contracts.customers == 3 and (contracts + contracts).customers == 6
    assert contracts + contracts == Renewals([0, 0, 1, 1, 3, 3], [False] * 4 + [True] * 2)
    fit = BetaDiscreteWeibull.fit(BetaDiscreteWeibull(0.5, 2.0, 1.5).simulate(20_000, 8, seed=4))
    low, high = fit.confidence_intervals(0.999)["c"]
    assert low < 1.5 < high


def ln_survival(model: Any, t: float) -> float:
    """ln of B(α, β + t^c)/B(α, β)."""
    power = t ** model.parameters.get("c", 1.0)
    alpha, beta = model.alpha, model.beta
    return math.lgamma(beta + power) - math.lgamma(alpha + beta + power) - math.lgamma(beta) + math.lgamma(alpha + beta)


CONTRACTS = [ShiftedBetaGeometric(0.668, 3.806), BetaDiscreteWeibull(0.3, 1.5, 1.2)]


@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: type(model).__name__)
def test_the_likelihood_of_contracts(model: Any) -> None:
    """Active after t renewals: S(t); lost at the occasion after: S(t) − S(t + 1)."""
    renewed, active = [0, 0, 1, 5, 5, 12], [True, False, False, True, False, True]
    now, then = ([math.exp(ln_survival(model, t + more)) for t in renewed] for more in (0, 1))
    want = [math.log(s if runs else s - later) for s, later, runs in zip(now, then, active, strict=True)]
    assert list(model.log_likelihood(renewed, active)) == pytest.approx(want, rel=1e-11, abs=1e-14)
    for t, runs, ln in zip(renewed, active, want, strict=True):
        single = model.log_likelihood(t, runs)
        assert isinstance(single, float) and single == pytest.approx(ln, rel=1e-11, abs=1e-14)
    assert list(model.log_likelihood(renewed, False))[1:3] == list(model.log_likelihood(renewed, active))[1:3]
    assert list(model.log_likelihood(5, active))[3:5] == list(model.log_likelihood(renewed, active))[3:5]
    assert model.log_likelihood(5, np.bool_(False)) == model.log_likelihood(np.int64(5), 0) == model.log_likelihood(5, active)[4]
    for column in (np.array, pl.Series, pa.array):
        assert list(model.log_likelihood(column(renewed), column(active))) == list(model.log_likelihood(renewed, active))
    assert len(model.log_likelihood([], [])) == 0


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_contracts_tell_what_they_are(kind: Any) -> None:
    """Distinct contracts, from the fewest renewals, those lost before those active; their likelihoods sum to that of the fit."""
    cohort = Renewals([2, 0, 2, 1, 2, 0], [True, False, False, True, True, False])
    rows = list(zip(cohort.renewals, cohort.active, cohort.counts, strict=True))
    assert rows == [(0, False, 2), (1, True, 1), (2, False, 1), (2, True, 2)]
    assert sum(COHORT.counts) == COHORT.customers == 1000
    fit = kind.fit(COHORT)
    single = fit.model.log_likelihood(COHORT.renewals, COHORT.active)
    assert math.fsum(np.asarray(COHORT.counts) * np.asarray(single)) == pytest.approx(fit.log_likelihood, rel=1e-12)
    drawn = fit.model.simulate(500, 6, seed=3)
    still_there = [np.asarray(drawn.counts)[np.asarray(drawn.renewals) >= t].sum() for t in range(7)]
    assert Renewals.from_cohort(still_there) == drawn
    each = [np.repeat(column, np.asarray(drawn.counts, dtype=int)) for column in (drawn.renewals, drawn.active)]
    assert Renewals(*each) == drawn


def test_a_column_of_yes_and_no_is_one_to_everybody() -> None:
    active = Renewals([0, 1, 1], [False, False, True]).active
    assert list(active) == [False, False, True] and [type(flag) for flag in active] == [bool] * 3
    assert np.asarray(active).dtype == bool and np.arange(3)[np.asarray(active)].tolist() == [2]
    assert np.asarray(active, dtype=float).tolist() == [0.0, 0.0, 1.0] and active.to_numpy().tolist() == active.to_list()
    assert pl.Series(active).dtype == pl.Boolean and pa.array(active).type == pa.bool_()
    assert repr(active) == "Column([False, False, True])"
    for again in (pickle.loads(pickle.dumps(active)), copy.deepcopy(active)):
        assert again.to_list() == active.to_list() and pa.array(again).type == pa.bool_()


@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: type(model).__name__)
def test_contracts_of_a_column_of_customers(model: Any) -> None:
    t, renewed = [1, 4, 4, 0, 9], [0, 2, 2, 5, 1]
    survival = [math.exp(ln_survival(model, r + k) - ln_survival(model, r)) for k, r in zip(t, renewed, strict=True)]
    expected = [
        math.fsum(math.exp(ln_survival(model, r + i) - ln_survival(model, r)) for i in range(1, k + 1))
        for k, r in zip(t, renewed, strict=True)
    ]
    for method, want in [(model.survival, survival), (model.expected_renewals, expected)]:
        got = method(t, renewed=renewed)
        assert isinstance(got, Column) and list(got) == pytest.approx(want, rel=1e-11)
        assert list(got) == [method(k, renewed=r) for k, r in zip(t, renewed, strict=True)]
        assert all(isinstance(method(k, renewed=r), float) for k, r in zip(t, renewed, strict=True))
        assert list(method(4, renewed=renewed))[1] == list(method(t, renewed=2))[1] == got[1] == got[2]
        assert method(4) == method(4, renewed=0) == method([4])[0] == method(4, renewed=[0])[0]
        for column in (np.array, pl.Series, pa.array):
            assert list(method(column(t), renewed=column(renewed))) == list(got)
        assert len(method([], renewed=[])) == 0
    discounted = model.discounted_renewals(rate=0.1, renewed=renewed)
    want = [
        math.fsum(math.exp(ln_survival(model, r + k) - ln_survival(model, r)) * 1.1 ** (1 - k) for k in range(1, 400))
        for r in renewed
    ]
    assert isinstance(discounted, Column) and list(discounted) == pytest.approx(want, rel=1e-9)
    assert list(discounted) == [model.discounted_renewals(rate=0.1, renewed=r) for r in renewed]
    assert isinstance(model.discounted_renewals(rate=0.1), float)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.survival([1, 2], renewed=[1, 2, 3]), "^renewed: 3 values for 2 customers"),
        (lambda model: model.survival([1], renewed=[1, 2]), "^renewed: 2 values for 1 customers"),
        (lambda model: model.survival(1, renewed=-1), "^renewed: -1 is not a whole number of at least 0"),
        (lambda model: model.survival(1, renewed=2**32), "^renewed: 4294967296 is more than 4294967295"),
        (lambda model: model.survival(1, renewed=[0, 1.5]), r"^row 1: renewed: 1\.5 is not a whole number"),
        (lambda model: model.survival([1, math.nan], renewed=3), "^row 1: t: NaN is not a whole number"),
        (lambda model: model.expected_renewals([1, 1, 1], renewed=[0, 1, math.inf]), "^row 2: renewed: inf is not"),
        (lambda model: model.expected_renewals(1, renewed=[None]), "^row 0: renewed: NaN is not"),
        (lambda model: model.discounted_renewals(rate=0.1, renewed=[0, -2]), "^row 1: renewed: -2 is not"),
        (lambda model: model.discounted_renewals(rate=0.0, renewed=[0]), "^row 0: rate: 0 is not a positive"),
        (lambda model: model.discounted_renewals(rate=math.nan), "^rate: NaN is not a positive"),
        (lambda model: model.probability_of_loss([1, 0]), "^row 1: t: 0 is not an occasion"),
        (lambda model: model.log_likelihood([0, 1], [True]), "^active: 1 values for 2 customers"),
        (lambda model: model.log_likelihood([0, 1], [True, 2]), "^row 1: active: 2 is neither 0 nor 1"),
        (lambda model: model.log_likelihood([0, 1], [None, True]), "^row 0: active: NaN is neither 0 nor 1"),
        (lambda model: model.log_likelihood(1, 0.5), r"^active: 0\.5 is neither 0 nor 1"),
        (lambda model: model.log_likelihood([0, math.nan], True), "^row 1: renewed: NaN is not"),
    ],
)
@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: type(model).__name__)
def test_contracts_that_cannot_be_are_refused(model: Any, call: Any, message: str) -> None:
    with pytest.raises(engagement.InvalidArgumentError, match=message):
        call(model)


@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: type(model).__name__)
def test_what_are_no_contracts_is_a_type_error(model: Any) -> None:
    with pytest.raises(TypeError, match="renewed: a number or a column of numbers is expected, not str"):
        model.survival(1, renewed="once")
    with pytest.raises(TypeError, match="renewed: a number or a column of numbers is expected, not NoneType"):
        model.expected_renewals(1, renewed=None)
    with pytest.raises(TypeError, match="active: a number or a column of numbers is expected, not str"):
        model.log_likelihood(1, "yes")
    with pytest.raises(TypeError, match="renewed: a number or a column of numbers is expected, not list"):
        model.log_likelihood([[0, 1]], True)


def test_a_log_is_drawn() -> None:
    """The log's purchases have the parameters it was drawn with; who comes, reviews and refers is as asked."""
    truth, spend = MbgNbd(0.525, 6.183, 0.891, 1.614), GammaGamma(6.25, 3.74, 15.44)
    span = {"arrivals": ("2025-01-01", "2025-03-31"), "until": "2025-12-31", "seed": 7}

    def log(**more: Any) -> engagement.Ledger:
        return engagement.Ledger.simulate(truth, 4000, **{**span, "spend": spend, "review_share": 0.2, "referred": 0.3, **more})

    ledger = log()
    purchases = ledger.purchases("2025-12-31")
    assert len(purchases) == 4000 and purchases.prospects == 0
    for name, (low, high) in MbgNbd.fit(purchases).confidence_intervals(0.999).items():
        assert low < truth.parameters[name] < high, name
    counts = {kind: ledger.kinds.get(kind, 0) for kind in ("purchase", "review", "referral")}
    assert counts["review"] / counts["purchase"] == pytest.approx(0.2, abs=0.02)
    assert counts["referral"] / 4000 == pytest.approx(0.3, abs=0.04)
    again = log(threads=1).purchases("2025-12-31")
    assert np.asarray(again.recency).tobytes() == np.asarray(purchases.recency).tobytes()
    assert np.asarray(log(seed=8).purchases("2025-12-31").recency).tobytes() != np.asarray(purchases.recency).tobytes()
    plain = engagement.Ledger.simulate(truth, 100, **span)
    assert np.isnan(np.asarray(plain.purchases("2025-12-31").value)).all()
    for wrong, message in [
        ({"arrivals": ("2025-03-31", "2025-01-01")}, "arrivals: "),
        ({"referred": 1.5}, "referred: 1.5 is not a share"),
        ({"review_share": math.nan}, "reviews, share: NaN"),
        ({"contentment": (0.0, 1.0)}, "reviews, contentment: 0 is not a positive"),
        ({"unit": "year"}, "unit"),
    ]:
        with pytest.raises(ValueError, match=message):
            log(**wrong)
