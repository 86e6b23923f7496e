"""Fits, posteriors, bootstraps, purchases and columns go through pickle, copy and other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest
from summaries import cdnow_sample, donations

import engagement
from engagement import (
    BetaDiscreteWeibull,
    BgBb,
    BgCnbdK,
    BgNbd,
    Column,
    Fit,
    GammaGamma,
    MbgNbd,
    Nbd,
    Prior,
    Purchases,
    Renewals,
    ShiftedBetaGeometric,
)

ODD = (np.arange(2357) % 2).astype(float)
COHORT = Renewals.from_cohort([1000, 869, 743, 653, 593, 551, 517, 491])
NOBODY = Purchases([], [], [])


def copies(value: Any) -> list[Any]:
    return [pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)]


@pytest.mark.parametrize(
    "fit",
    [
        lambda: MbgNbd.fit(cdnow_sample(), priors={"r": Prior.gamma(2, 3), "a": Prior.half_normal(2)}, penalty=0.001),
        lambda: BgCnbdK.fit(cdnow_sample(), k=2),
        lambda: BgNbd.fit_with_covariates(cdnow_sample(), {"odd": ODD}, coefficient_penalty=0.1),
        lambda: GammaGamma.fit(cdnow_sample()),
        lambda: BgBb.fit(donations(), start=[1.0, 1.0, 1.0, 2.0]),
        lambda: BetaDiscreteWeibull.fit(COHORT),
    ],
    ids=["mbg-nbd", "bg-cnbd-k", "covariates", "gamma-gamma", "bg-bb", "bdw"],
)
def test_fits(fit: Any) -> None:
    fitted: Fit = fit()
    for again in copies(fitted):
        assert again.model == fitted.model and repr(again) == repr(fitted)
        assert again.to_json() == fitted.to_json()
        assert again.covariance == fitted.covariance and again.convergence == fitted.convergence
        assert again.confidence_intervals(0.9) == fitted.confidence_intervals(0.9)
        assert again.interval(lambda model: sum(model.parameters.values())) == fitted.interval(
            lambda model: sum(model.parameters.values())
        )


def test_a_fit_at_a_boundary_stays_there() -> None:
    fitted = Nbd.fit(Purchases([1, 2] * 50, [5.0, 9.0] * 50, [10.0, 20.0] * 50))
    assert fitted.covariance is None
    for again in copies(fitted):
        assert again.covariance is None and again.convergence.at_boundary == fitted.convergence.at_boundary != []


def test_a_fit_keeps_its_options() -> None:
    """A bootstrap refits as the first fit was made."""
    purchases = Nbd(0.8, 5.0).simulate(300, 40.0, seed=1)
    fitted = Nbd.fit(purchases, priors={"r": Prior.log_normal(0.0, 0.01)}, penalty=0.01)
    want = fitted.bootstrap(purchases, replicates=20, seed=1)
    for again in copies(fitted):
        assert again.bootstrap(purchases, replicates=20, seed=1).refits == want.refits
    for drawn in copies(want):
        assert (drawn.refits, drawn.failed) == (want.refits, want.failed)
        assert drawn.confidence_intervals(0.9) == want.confidence_intervals(0.9)
        assert drawn.interval(lambda model: model.r) == want.interval(lambda model: model.r)


def test_posteriors() -> None:
    posterior = BgCnbdK.posterior(cdnow_sample(), k=2, chains=2, tune=50, draws=20)
    for again in copies(posterior):
        assert again.models == posterior.models and repr(again) == repr(posterior)
        assert again.summary().to_dicts() == posterior.summary().to_dicts()
        assert (again.chains, again.divergences, again.warnings) == (2, posterior.divergences, posterior.warnings)


def test_what_is_said_of_fits_and_of_spend() -> None:
    test = engagement.likelihood_ratio_test(ShiftedBetaGeometric.fit(COHORT), BetaDiscreteWeibull.fit(COHORT))
    rows = [1, 2, 3, 4], [1, 2, 3, 4], [9, 9, 9, 9]
    spent = [cdnow_sample(), Purchases(*rows, [10.0, 20.0, 30.0, 40.0]), NOBODY]
    said: list[Any] = [test, *map(GammaGamma.independence, spent)]
    assert said[2].warning is not None and said[3].pearson is None and said[1] != said[2]
    for value in said:
        names = [name for name in dir(value) if not name.startswith("_")]
        assert len(names) in (3, 4)
        for again in copies(value):
            assert again == value and repr(again) == repr(value)
            assert [getattr(again, name) for name in names] == [getattr(value, name) for name in names]


def test_contracts_of_the_longest_time() -> None:
    contracts = ShiftedBetaGeometric(0.1, 2.0).simulate(1000, 2**32 - 1, seed=1)
    assert contracts.customers == 1000
    for again in copies(contracts):
        assert again == contracts


def equal(a: Purchases, b: Purchases) -> bool:
    scalars = ("unit", "prospects", "earlier", "excess_refunds", "holdout_length")
    return repr(a) == repr(b) and a.to_dicts() == b.to_dicts() and all(getattr(a, name) == getattr(b, name) for name in scalars)


def test_purchases() -> None:
    ledger = engagement.Ledger.read(engagement.datasets.cdnow())
    ledger.record("zoe", "1997-05-01", "purchase", amount="12.345678")
    ledger.record("zoe", "1997-05-02", "refund", amount="40")
    ledger.record("prospect", "1997-05-02", "visit")
    whole = ledger.purchases("1997-09-30", holdout="1998-06-30", unit="month", acquired_from="1997-02-01")
    assert whole.prospects == 2 and whole.earlier > 0 and whole.excess_refunds > 0
    model = MbgNbd(0.525, 6.183, 0.891, 1.614)
    frames = [whole, cdnow_sample(), model.simulate(20, 39.0, seed=1), Purchases(2, 30.0, 39.0, customers=["x"]), NOBODY]
    for purchases in frames:
        for again in copies(purchases):
            assert equal(again, purchases)
            assert list(model.log_likelihood(again)) == list(model.log_likelihood(purchases))


def test_columns() -> None:
    purchases = cdnow_sample()
    for column in (purchases.frequency, purchases.age, purchases.value, purchases.first_value):
        for again in copies(column):
            assert isinstance(again, Column) and again.to_list() == column.to_list() and repr(again) == repr(column)
            assert np.array_equal(np.asarray(again), np.asarray(column), equal_nan=True)
    low, _ = Nbd(0.8, 5.0).prediction_interval(purchases, 10.0)
    assert pickle.loads(pickle.dumps(low)).to_list() == low.to_list()


def work(fit: Fit, purchases: Purchases) -> tuple[Fit, Column]:
    return fit, fit.model.expected_purchases(purchases, 39.0)


def test_they_go_to_another_process_and_back() -> None:
    purchases = cdnow_sample()
    fit = BgNbd.fit(purchases)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        theirs, expected = pool.submit(work, fit, purchases).result()
    assert theirs.to_json() == fit.to_json()
    assert list(expected) == list(fit.model.expected_purchases(purchases, 39.0))


@pytest.mark.parametrize("kind", [Fit, Purchases, Column, engagement.Posterior, engagement.Bootstrap])
def test_a_state_that_is_none_is_an_error(kind: Any) -> None:
    with pytest.raises(engagement.InvalidArgumentError, match="the pickle has no "):
        kind._restore({})
    state = cdnow_sample().age.__reduce__()[1][0]
    with pytest.raises(engagement.InvalidArgumentError, match="cut off"):
        Column._restore({**state, "numbers": state["numbers"][:-1]})
