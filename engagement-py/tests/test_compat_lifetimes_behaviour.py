"""How engagement.compat.lifetimes behaves around the numbers, and where it is right on purpose: docs/lifetimes.md lists it."""

from __future__ import annotations

import importlib
import pickle
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engagement.compat.lifetimes import (
    BaseFitter,
    BetaGeoBetaBinomFitter,
    BetaGeoFitter,
    GammaGammaFitter,
    ModifiedBetaGeoFitter,
    ParetoNBDFitter,
    datasets,
    generate_data,
    utils,
)

TRANSACTION_FITTERS = [BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter]


@pytest.fixture(scope="module")
def cdnow() -> Any:
    return datasets.load_cdnow_summary_data_with_monetary_value()


@pytest.fixture(scope="module")
def fitted(cdnow: Any) -> Any:
    return BetaGeoFitter().fit(cdnow["frequency"], cdnow["recency"], cdnow["T"], index=cdnow.index)


def times(summary: Any) -> tuple[Any, Any, Any]:
    return summary["frequency"], summary["recency"], summary["T"]


def test_fit_returns_the_fitter_with_its_evidence(fitted: Any, cdnow: Any) -> None:
    assert repr(fitted) == "<lifetimes.BetaGeoFitter: fitted with 2357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>"
    assert repr(BetaGeoFitter()) == "<lifetimes.BetaGeoFitter>"
    assert list(fitted.params_.index) == ["r", "alpha", "a", "b"]
    assert list(fitted.data.columns) == ["frequency", "recency", "T", "weights"]
    assert fitted.data.index.equals(cdnow.index)
    assert list(fitted.summary.columns) == ["coef", "se(coef)", "lower 95% bound", "upper 95% bound"]
    half = 1.96 * fitted.standard_errors_
    pd.testing.assert_series_equal(fitted.confidence_intervals_["lower 95% bound"], fitted.params_ - half, check_names=False)


def test_without_a_fit_there_is_nothing_to_ask() -> None:
    with pytest.raises(ValueError, match="call .fit first"):
        BetaGeoFitter().expected_number_of_purchases_up_to_time(1)
    for name in ("summary", "predict", "data"):
        assert not hasattr(BetaGeoFitter(), name)


def test_variances_are_a_covariance_matrix(fitted: Any) -> None:
    """lifetimes scales the columns of its matrix and not the rows: it is not even symmetric."""
    matrix = fitted.variance_matrix_
    assert list(matrix.index) == list(matrix.columns) == ["r", "alpha", "a", "b"]
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-14)
    assert np.linalg.eigvalsh(matrix).min() > 0
    np.testing.assert_allclose(np.sqrt(np.diag(matrix)), fitted.standard_errors_, rtol=1e-12)
    # a and b are hard to tell apart: only their ratio, the mean probability of leaving, is well known.
    correlation = matrix.loc["a", "b"] / (fitted.standard_errors_["a"] * fitted.standard_errors_["b"])
    assert 0.9 < correlation < 1.0


@pytest.mark.parametrize("kind", TRANSACTION_FITTERS)
def test_shapes(kind: Any) -> None:
    """Numbers give a number, arrays an array, Series a Series with the same labels."""
    fitter = kind()
    names = ["r", "alpha", "s", "beta"] if kind is ParetoNBDFitter else ["r", "alpha", "a", "b"]
    fitter.params_ = OrderedDict(zip(names, [0.5, 10.0, 0.6, 11.0]))
    expected = fitter.conditional_expected_number_of_purchases_up_to_time
    x, t_x, age = (pd.Series(column, index=["ann", "bob"]) for column in ([1, 2], [3.0, 4.0], [5.0, 8.0]))
    series = expected(3, x, t_x, age)
    assert isinstance(series, pd.Series)
    assert list(series.index) == ["ann", "bob"]
    array = expected(3, x.to_numpy(), t_x.to_numpy(), age.to_numpy())
    assert isinstance(array, np.ndarray)
    np.testing.assert_array_equal(array, series)
    assert expected(3, 1, 3.0, 5.0) == array[0]
    np.testing.assert_array_equal(expected(np.array([3, 4]), 1, 3.0, 5.0), [array[0], expected(4, 1, 3.0, 5.0)])
    alive = fitter.conditional_probability_alive(x, t_x, age)
    assert isinstance(alive, pd.Series if kind is ParetoNBDFitter else np.ndarray)
    one = fitter.conditional_probability_alive(1, 3.0, 5.0)
    assert np.shape(one) == (() if kind is ParetoNBDFitter else (1,))
    assert np.shape(fitter.expected_number_of_purchases_up_to_time(2)) == ()
    assert list(fitter.expected_number_of_purchases_up_to_time(x).index) == ["ann", "bob"]
    # pandas pairs rows by label, so a Series in another order is no other question.
    pd.testing.assert_series_equal(expected(3, x, t_x[::-1], age), series)
    assert len(expected(3, x[:0], t_x[:0], age[:0])) == 0


@pytest.mark.parametrize("kind", TRANSACTION_FITTERS)
def test_alive_matrix(kind: Any, cdnow: Any) -> None:
    fitter = kind().fit(*times(cdnow))
    matrix = fitter.conditional_probability_alive_matrix()
    assert matrix.shape == (int(cdnow["T"].max()) + 1, int(cdnow["frequency"].max()) + 1)
    oldest = int(cdnow["T"].max())
    for t_x, x in ((0, 0), (5, 1), (oldest, 29), (30, 0)):
        assert matrix[t_x, x] == fitter.conditional_probability_alive(x, t_x, oldest)
    assert fitter.conditional_probability_alive_matrix(3, 10).shape == (11, 4)


@pytest.mark.parametrize("kind", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_numbers_where_lifetimes_has_none(kind: Any) -> None:
    """lifetimes gives NaN, infinity or an overflow here (its issues 25, 144, 332, 442)."""
    fitter = kind()
    fitter.params_ = pd.Series({"r": 0.25, "alpha": 4.0, "a": 1.0, "b": 2.0})
    assert 0 < fitter.conditional_expected_number_of_purchases_up_to_time(10, 500, 300.0, 365.0) < 500
    assert fitter.conditional_probability_alive(1000, 10.0, 100.0)[0] < 1e-300
    chances = fitter.probability_of_n_purchases_up_to_time(1000, np.arange(5000))
    assert 0.97 < chances.sum() < 1.0
    assert fitter.probability_of_n_purchases_up_to_time(1000, 500) > 0


def test_no_purchase_in_no_time() -> None:
    """lifetimes says 0 for every number of purchases in no time, none included."""
    fitter = ParetoNBDFitter()
    fitter.params_ = pd.Series({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})
    assert fitter.conditional_probability_of_n_purchases_up_to_time(0, 0, 2, 30.43, 38.86) == pytest.approx(1, abs=1e-12)
    assert fitter.conditional_probability_of_n_purchases_up_to_time(1, 0, 2, 30.43, 38.86) == 0


def test_mbg_expectation_is_its_own() -> None:
    """lifetimes' own test holds BG/NBD's 1.226 against MBG/NBD, within 5 %; golden/points has 1.26266923354031."""
    fitter = ModifiedBetaGeoFitter()
    fitter.params_ = pd.Series({"r": 0.5248431589982804, "alpha": 6.183085278544633, "a": 0.8913593909489058, "b": 1.6140022409018677})
    assert fitter.conditional_expected_number_of_purchases_up_to_time(39, 2, 30.43, 38.86) == pytest.approx(1.26266923354031, rel=1e-4)


@pytest.mark.parametrize("kind", TRANSACTION_FITTERS)
def test_weights_are_customers(kind: Any, cdnow: Any) -> None:
    merged = cdnow.groupby(["frequency", "recency", "T"]).size().rename("weights").reset_index()
    one = kind().fit(*times(cdnow))
    same = kind().fit(*times(merged), weights=merged["weights"])
    np.testing.assert_allclose(same.params_, one.params_, rtol=1e-6)
    with pytest.raises(ValueError, match="weights: 0.5 in row 0"):
        kind().fit(*times(merged), weights=merged["weights"] * 0 + 0.5)


@pytest.mark.parametrize("scale", [1 / 7, 30.0, 168.0])
def test_the_unit_of_time_is_a_matter_of_taste(scale: float, cdnow: Any) -> None:
    x, t_x, age = times(cdnow)
    for penalizer in (0.0, 0.01):
        weeks = BetaGeoFitter(penalizer).fit(x, t_x, age)
        others = BetaGeoFitter(penalizer).fit(x, scale * t_x, scale * age)
        np.testing.assert_allclose(others.params_, weeks.params_ * [1, scale, 1, 1], rtol=1e-6)


def test_starting_values_and_options_are_taken(cdnow: Any, capsys: pytest.CaptureFixture[str]) -> None:
    x, t_x, age = times(cdnow)
    fitter = BetaGeoFitter().fit(x, t_x, age, initial_params=np.log([0.3, 0.2, 1.0, 2.0]), verbose=True, tol=1e-3, maxiter=50)
    assert "log-likelihood" in capsys.readouterr().out
    assert fitter.params_["r"] == pytest.approx(0.2426, abs=1e-4)
    with pytest.raises(ValueError, match="iterative_fitting"):
        ParetoNBDFitter().fit(x, t_x, age, iterative_fitting=0)
    with pytest.raises(ValueError, match="nothing to repeat"):
        ParetoNBDFitter().fit(x, t_x, age, iterative_fitting=2, initial_params=[1, 1, 1, 1])


@pytest.mark.parametrize("kind", TRANSACTION_FITTERS)
def test_refused(kind: Any) -> None:
    fit = kind().fit
    with pytest.raises(ValueError, match="^recency: .* T"):
        fit([1, 2], [3, 9], [4, 8])
    with pytest.raises(ValueError, match="^recency: .* never bought again"):
        fit([0, 2], [3, 7], [4, 8])
    with pytest.raises(ValueError, match="^recency: .* negative"):
        fit([1, 2], [-3, 7], [4, 8])
    with pytest.raises(ValueError, match="^frequency: .* whole"):
        fit([1.5, 2], [3, 7], [4, 8])
    with pytest.raises(ValueError, match="no customers"):
        fit([], [], [])
    with pytest.raises(utils.ConvergenceError):
        fit([0, 0, 0], [0, 0, 0], [4, 8, 12])


def test_spend_needs_repeat_buyers() -> None:
    with pytest.raises(ValueError, match="^monetary_value"):
        GammaGammaFitter().fit([1, 2], [3.0, 0.0])
    with pytest.raises(ValueError, match="^frequency"):
        GammaGammaFitter().fit([0, 2], [3.0, 4.0])


def test_no_negative_mean_spend(cdnow: Any) -> None:
    """With q at 1 or less lifetimes says that who never bought again spends less than nothing."""
    fitter = GammaGammaFitter()
    fitter.params_ = {"p": 4.1, "q": 0.97, "v": 3.8}
    with pytest.raises(ValueError, match="^q: 0.97 is not above 1"):
        fitter.conditional_expected_average_profit(pd.Series([0, 1]), pd.Series([0.0, 20.0]))
    assert fitter.conditional_expected_average_profit(1, 20.0) == pytest.approx(4.1 * (3.8 + 20) / (4.1 + 0.97 - 1), rel=1e-14)


def test_q_constraint(cdnow: Any) -> None:
    again = cdnow[cdnow["frequency"] > 0]
    columns = again["frequency"], again["monetary_value"]
    loose = GammaGammaFitter(penalizer_coef=0.01).fit(*columns)
    assert loose.params_["q"] < 1
    held = GammaGammaFitter(penalizer_coef=0.01).fit(*columns, q_constraint=True)
    # lifetimes 0.11.3 stops at 4.169487, 1, 3.844806 with 4.957318628254541.
    np.testing.assert_allclose(held.params_, [4.169487, 1.0, 3.844806], rtol=1e-5)
    assert loose._negative_log_likelihood_ < held._negative_log_likelihood_ <= 4.957318628254541
    assert held.standard_errors_["q"] == 0
    free = GammaGammaFitter().fit(*columns, q_constraint=True)
    np.testing.assert_array_equal(free.params_, GammaGammaFitter().fit(*columns).params_)
    np.testing.assert_allclose(free.params_, [6.25, 3.74, 15.44], atol=0.01)


def test_profit_defaults_to_those_fitted_to(cdnow: Any) -> None:
    again = cdnow[cdnow["frequency"] > 0]
    fitter = GammaGammaFitter().fit(again["frequency"], again["monetary_value"], index=again.index)
    ours = fitter.conditional_expected_average_profit()
    assert ours.index.equals(again.index)
    pd.testing.assert_series_equal(ours, fitter.conditional_expected_average_profit(again["frequency"], again["monetary_value"]))


@pytest.mark.parametrize(("saved", "placeholder"), [(True, None), (False, None), (False, "")])
def test_files(saved: bool, placeholder: Any, fitted: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    values = None if placeholder is None else [placeholder]
    fitted.save_model(path, save_data=saved, save_generate_data_method=saved, values_to_save=values)
    read = BetaGeoFitter()
    read.load_model(path)
    pd.testing.assert_series_equal(read.params_, fitted.params_)
    assert read.predict(1, 1, 2, 5) == fitted.predict(1, 1, 2, 5)
    if saved:
        pd.testing.assert_frame_equal(read.data, fitted.data)
        assert len(read.generate_new_data(size=3)) == 3
    else:
        assert read.data == placeholder if placeholder == "" else read.data is None
        assert read.generate_new_data is None
    with pytest.raises(ValueError, match="holds a BetaGeoFitter, not a ModifiedBetaGeoFitter"):
        ModifiedBetaGeoFitter().load_model(path)
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="not a model saved here"):
        BetaGeoFitter().load_model(path)


def test_base_fitter_files(tmp_path: Path) -> None:
    BaseFitter().save_model(tmp_path / "base")
    read = BaseFitter()
    read.load_model(tmp_path / "base")
    assert repr(read) == "<lifetimes.BaseFitter>"


def test_pickle(fitted: Any) -> None:
    read = pickle.loads(pickle.dumps(fitted))
    assert read.predict(1, 1, 2, 5) == fitted.predict(1, 1, 2, 5)


def test_dates_as_text_in_any_order() -> None:
    """lifetimes sorts text before it reads it, and leaves out the wrong day as the first."""
    log = pd.DataFrame({"id": [1, 1, 1], "date": ["12/30/2014", "1/5/2015", "2/7/2015"], "value": [10.0, 20.0, 40.0]})
    summary = utils.summary_data_from_transaction_data(log, "id", "date", "value", datetime_format="%m/%d/%Y")
    assert list(summary.loc[1]) == [2.0, 39.0, 39.0, 30.0]


def test_the_day_of_an_end_belongs_to_it() -> None:
    """With a clock in the data, lifetimes moves the purchases of the last day of the calibration into the holdout."""
    when = ["2015-01-01 09:00", "2015-02-01 10:00", "2015-03-01 12:00"]
    log = pd.DataFrame({"id": 1, "date": pd.to_datetime(when), "value": [10.0, 20.0, 40.0]})
    table = utils.calibration_and_holdout_data(log, "id", "date", "2015-02-01", "2015-03-01", monetary_value_col="value")
    assert dict(table.loc[1]) == {
        "frequency_cal": 1.0,
        "recency_cal": 31.0,
        "T_cal": 31.0,
        "monetary_value_cal": 20.0,
        "frequency_holdout": 1.0,
        "monetary_value_holdout": 40.0,
        "duration_holdout": 28.0,
    }


def test_money_of_calibration_and_holdout_is_measured_alike() -> None:
    """lifetimes takes the mean of periods before the end of the calibration and of single transactions after it."""
    log = pd.DataFrame({"id": 1, "date": ["2015-01-01", "2015-01-02", "2015-01-02", "2015-02-02", "2015-02-02"], "value": [1.0, 2, 3, 2, 3]})
    table = utils.calibration_and_holdout_data(log, "id", "date", "2015-01-31", "2015-02-28", monetary_value_col="value")
    assert table.loc[1, "monetary_value_cal"] == table.loc[1, "monetary_value_holdout"] == 5.0


def test_no_holdout_is_refused() -> None:
    log = pd.DataFrame({"id": [1], "date": ["2015-01-01"]})
    with pytest.raises(ValueError, match="^calibration_period_end: no purchase"):
        utils.calibration_and_holdout_data(log, "id", "date", "2015-02-01")


def test_zones_are_the_clock_on_the_wall() -> None:
    dates = pd.to_datetime(["2015-01-01 23:30", "2015-01-02 00:30"])
    aware = pd.DataFrame({"id": 1, "date": dates.tz_localize("America/New_York")})
    naive = pd.DataFrame({"id": 1, "date": dates})
    summarise = utils.summary_data_from_transaction_data
    pd.testing.assert_frame_equal(summarise(aware, "id", "date"), summarise(naive, "id", "date"))


def test_units_of_time() -> None:
    log = pd.DataFrame({"id": 1, "date": pd.to_datetime(["2015-01-01 00:00", "2015-01-01 02:30"])})
    hours = utils.summary_data_from_transaction_data(log, "id", "date", freq="H")
    pd.testing.assert_frame_equal(hours, utils.summary_data_from_transaction_data(log, "id", "date", freq="h"))
    assert list(hours.loc[1]) == [1.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="^freq: 'fortnight'"):
        utils.summary_data_from_transaction_data(log, "id", "date", freq="fortnight")


def test_data_sets() -> None:
    summary = datasets.load_cdnow_summary(index_col=[0])
    assert (len(summary), list(summary.loc[1])) == (2357, [2.0, 30.43, 38.86])
    spend = datasets.load_cdnow_summary_data_with_monetary_value()
    assert (list(spend.columns), spend.index.name) == (["frequency", "recency", "T", "monetary_value"], "customer_id")
    # Half a cent up, as published: 29.73 and 14.96 are 22.345 in the mean.
    assert spend.loc[1, "monetary_value"] == 22.35
    assert (spend["frequency"] > 0).sum() == 946
    sample = datasets.load_dataset("CDNOW_sample.txt", header=None, sep=r"\s+")
    assert (sample.shape, list(sample.iloc[0])) == ((6919, 5), [4, 1, 19970101, 2, 29.33])
    master = datasets.load_dataset("CDNOW_master.txt", sep=r"\s+")
    assert (master.shape, list(master.columns)) == ((69659, 4), ["customer_id", "date", "number_of_cds", "dollar_value"])
    assert datasets.load_donations()["weights"].sum() == 11104
    for load in (datasets.load_transaction_data, lambda: datasets.load_dataset("example_transactions.csv")):
        with pytest.raises(FileNotFoundError, match="^example_transactions.csv"):
            load()


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.delitem(sys.modules, "engagement.compat.lifetimes")
    with pytest.raises(ImportError, match=r"pip install 'engagement\[pandas\]'"):
        importlib.import_module("engagement.compat.lifetimes")


def test_draws_are_of_the_model() -> None:
    np.random.seed(7)
    customers = generate_data.beta_geometric_beta_binom_model(6, 1.204, 0.75, 0.657, 2.783, size=20_000)
    fitter = BetaGeoBetaBinomFitter().fit(customers["frequency"], customers["recency"], customers["n_periods"])
    np.testing.assert_allclose(fitter.params_, [1.204, 0.75, 0.657, 2.783], atol=4 * fitter.standard_errors_.max())
    # Of those seen buying at 2 of the first 4 opportunities and not since, the model says who is still there.
    quiet = customers[(customers["frequency"] == 2) & (customers["recency"] == 4)]
    said = fitter.conditional_probability_alive(1, 2, 4, 6)
    assert quiet["alive"].mean() == pytest.approx(said, abs=4 * np.sqrt(0.25 / len(quiet)))
    with pytest.raises(ValueError, match="^T: 2 ages for 3 customers"):
        generate_data.pareto_nbd_model([1.0, 2.0], 1, 1, 1, 1, size=3)
