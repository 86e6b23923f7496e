"""engagement.compat.lifetimes says what lifetimes 0.11.3 says: its names, arguments and numbers, of lifetimes_facts.json."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engagement.compat import lifetimes
from engagement.compat.lifetimes import datasets, generate_data, utils

FACTS = json.loads((Path(__file__).parent / "lifetimes_facts.json").read_text())
PREDICTIONS, ALONG_TIME, DRAWS = FACTS["predictions"], FACTS["along_time"], FACTS["draws"]
INPUTS = FACTS["inputs"]
PARAMETERS, TIMES = INPUTS["parameters"], INPUTS["times"]
X, T_X, AGE = (np.array(column) for column in zip(*INPUTS["histories"], strict=True))
CLOSE = 1e-11
"""lifetimes computes in plain floating point, so its own last digits are not to be asked for."""


def model(name: str) -> Any:
    fitter = getattr(lifetimes, name)()
    fitter.params_ = pd.Series(PARAMETERS[name])
    return fitter


@pytest.fixture(scope="module")
def cdnow() -> Any:
    return datasets.load_cdnow_summary_data_with_monetary_value()


def fit_columns(name: str, cdnow: Any) -> tuple[Any, ...]:
    if name == "GammaGammaFitter":
        again = cdnow[cdnow["frequency"] > 0]
        return again["frequency"], again["monetary_value"]
    if name == "BetaGeoBetaBinomFitter":
        donations = datasets.load_donations()
        return tuple(donations[column] for column in ("frequency", "recency", "periods", "weights"))
    return cdnow["frequency"], cdnow["recency"], cdnow["T"]


def test_names() -> None:
    assert set(FACTS["names"]) <= set(lifetimes.__all__)
    assert lifetimes.__version__ == FACTS["version"]


@pytest.mark.parametrize("path", FACTS["arguments"])
def test_arguments(path: str) -> None:
    """The same arguments in the same order with the same defaults."""
    found: Any = lifetimes
    for name in path.split(".")[1:]:
        if not hasattr(found, name):
            importlib.import_module(f"{found.__name__}.{name}")
        found = getattr(found, name)
    ours = [
        [p.name, p.kind.name, None if p.default is p.empty else repr(p.default)] for p in inspect.signature(found).parameters.values()
    ]
    assert ours == FACTS["arguments"][path]


@pytest.mark.parametrize("case", FACTS["fits"])
def test_fits(case: str, cdnow: Any) -> None:
    """The same optimum: the largest deviation of a parameter is 2 in a million, where lifetimes stops short of it."""
    name, penalizer = case.split()
    theirs = FACTS["fits"][case]
    fitter = getattr(lifetimes, name)(penalizer_coef=float(penalizer)).fit(*fit_columns(name, cdnow))
    reached = theirs["negative_log_likelihood"]
    assert fitter._negative_log_likelihood_ == pytest.approx(reached, rel=1e-12)
    for parameter, value in theirs["params_"].items():
        assert fitter.params_[parameter] == pytest.approx(value, rel=1e-5), parameter
    for parameter, error in theirs["standard_errors_"].items():
        assert fitter.standard_errors_[parameter] == pytest.approx(error, rel=1e-5), parameter


@pytest.mark.parametrize("name", ["BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter"])
def test_predictions(name: str) -> None:
    fitter, theirs = model(name), PREDICTIONS[name]
    for t, expected in zip(TIMES, theirs["conditional_expected"], strict=True):
        ours = fitter.conditional_expected_number_of_purchases_up_to_time(t, X, T_X, AGE)
        np.testing.assert_allclose(ours, expected, rtol=CLOSE)
    np.testing.assert_allclose(fitter.conditional_probability_alive(X, T_X, AGE), theirs["alive"], rtol=CLOSE)
    np.testing.assert_allclose(fitter.expected_number_of_purchases_up_to_time(np.array(TIMES)), theirs["expected"], rtol=CLOSE)
    if "pmf" in theirs:
        pmf = [[fitter.probability_of_n_purchases_up_to_time(t, n) for n in range(12)] for t in TIMES]
        # lifetimes takes 1 minus nearly 1 where the time is short and n large.
        np.testing.assert_allclose(pmf, theirs["pmf"], rtol=CLOSE, atol=1e-15)
    if "conditional_pmf" in theirs:
        of_n = fitter.conditional_probability_of_n_purchases_up_to_time
        pmf = [of_n(n, 13.0, X[1:], T_X[1:], AGE[1:]) for n in range(6)]
        np.testing.assert_allclose(pmf, theirs["conditional_pmf"], rtol=CLOSE)


def test_spend() -> None:
    ours = model("GammaGammaFitter").conditional_expected_average_profit(np.arange(6), np.array([0, 5, 20.0, 35, 80, 300]))
    np.testing.assert_allclose(ours, PREDICTIONS["GammaGammaFitter"], rtol=CLOSE)


@pytest.mark.parametrize("freq", PREDICTIONS["customer_lifetime_value"])
def test_lifetime_value(freq: str, cdnow: Any) -> None:
    few, transactions = cdnow.head(20), model("BetaGeoFitter")
    transactions.predict = transactions.conditional_expected_number_of_purchases_up_to_time
    times = (few["frequency"], few["recency"], few["T"])
    ours = model("GammaGammaFitter").customer_lifetime_value(
        transactions, *times, few["monetary_value"], time=6, discount_rate=0.02, freq=freq
    )
    assert ours.name == "clv"
    assert ours.index.equals(few.index)
    np.testing.assert_allclose(ours, PREDICTIONS["customer_lifetime_value"][freq], rtol=CLOSE)


def test_opportunities() -> None:
    fitter, theirs = model("BetaGeoBetaBinomFitter"), PREDICTIONS["BetaGeoBetaBinomFitter"]
    x, t_x, n = (np.array(column) for column in zip(*INPUTS["donors"], strict=True))
    fitter.data = datasets.load_donations()
    expected = [fitter.conditional_expected_number_of_purchases_up_to_time(m, x, t_x, n) for m in (1, 5, 20)]
    np.testing.assert_allclose(expected, theirs["conditional_expected"], rtol=CLOSE)
    alive = [fitter.conditional_probability_alive(m, x, t_x, n) for m in (0, 1, 5)]
    np.testing.assert_allclose(alive, theirs["alive"], rtol=CLOSE)
    first = fitter.expected_number_of_transactions_in_first_n_periods(6)
    assert first.index.name == "frequency"
    np.testing.assert_allclose(first["model"], theirs["first_n"], rtol=CLOSE)


def same_table(ours: Any, theirs: dict[str, Any], rtol: float = 1e-12) -> None:
    assert list(ours.columns) == theirs["columns"]
    assert ours.index.name == theirs["index_name"]
    assert [str(label) for label in ours.index] == theirs["index"]
    assert [str(kind) for kind in ours.dtypes] == theirs["dtypes"]
    np.testing.assert_allclose(ours.to_numpy(dtype=float), theirs["values"], rtol=rtol)


@pytest.fixture
def log() -> Any:
    return pd.DataFrame(INPUTS["log"], columns=["id", "date", "value"])


@pytest.mark.parametrize("freq", ["D", "W", "M", "h"])
def test_summaries(freq: str, log: Any) -> None:
    arguments = {"observation_period_end": "2015-02-07", "freq": freq, "monetary_value_col": "value"}
    same_table(utils.summary_data_from_transaction_data(log, "id", "date", **arguments), ALONG_TIME[f"summary {freq}"])
    theirs = ALONG_TIME[f"calibration {freq}"]
    if freq in ("W", "M"):
        # Two transactions of one week or month are one purchase of 6.50 here, in the holdout as in the calibration.
        assert theirs["values"][3][5] == 3.25
        theirs["values"][3][5] = 6.5
    same_table(utils.calibration_and_holdout_data(log, "id", "date", "2015-02-01", **arguments), theirs)


def test_summary_with_first_transaction(log: Any) -> None:
    ours = utils.summary_data_from_transaction_data(log, "id", "date", "value", include_first_transaction=True, freq_multiplier=7)
    same_table(ours, ALONG_TIME["summary first"])


@pytest.mark.parametrize(("freq", "multiplier", "dated"), [("D", 1, False), ("D", 7, False), ("W", 1, False), ("D", 1, True)])
def test_cumulative_transactions(freq: str, multiplier: int, dated: bool, log: Any) -> None:
    ours = utils.expected_cumulative_transactions(
        model("BetaGeoFitter"), log, "date", "id", 21, freq=freq, freq_multiplier=multiplier, set_index_date=dated
    )
    same_table(ours, ALONG_TIME["cumulative dated" if dated else f"cumulative {freq} {multiplier}"], CLOSE)


def test_alive_path(log: Any) -> None:
    path = utils.calculate_alive_path(model("BetaGeoFitter"), log[log["id"] == 4], "date", 30)
    np.testing.assert_allclose(path, ALONG_TIME["alive path"], rtol=CLOSE)


def test_the_same_seed_draws_the_same_customers() -> None:
    np.random.seed(2015)
    same_table(generate_data.pareto_nbd_model(40.0, 0.55, 10.6, 0.6, 11.7, size=8), DRAWS["pareto"])
    for name in ("beta_geometric_nbd_model", "modified_beta_geometric_nbd_model"):
        same_table(getattr(generate_data, name)(np.arange(10, 50), 0.24, 4.4, 0.8, 2.4, size=8), DRAWS[name])
    same_table(
        generate_data.beta_geometric_beta_binom_model(6, 1.2, 0.75, 0.66, 2.8, size=8), DRAWS["beta_geometric_beta_binom_model"]
    )
    drawn = generate_data.beta_geometric_nbd_model_transactional_data(100, 0.24, 4.4, 0.8, 2.4, size=4)
    assert list(drawn["customer_id"]) == DRAWS["transactional"]["customer_id"]
    assert [str(date.round("s")) for date in drawn["date"]] == DRAWS["transactional"]["date"]
