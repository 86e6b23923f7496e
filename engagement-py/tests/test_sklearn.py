"""The estimators for scikit-learn."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from summaries import cdnow_sample

from engagement import GammaGamma, MbgNbd
from engagement.sklearn import PurchasesRegressor, PurchasesTransformer, SpendRegressor

DOMAIN = "the check fits random numbers, which are no summary of purchases: {}"
EXPECTED: dict[str, str] = {}


@pytest.fixture(scope="module")
def X() -> Any:
    purchases = cdnow_sample()
    return np.column_stack([purchases.frequency, purchases.recency, purchases.age, purchases.value])


@pytest.mark.parametrize("model", ["mbg-nbd", "bg-nbd", "pareto-nbd", "nbd"])
def test_predictions_are_those_of_the_models(model: str, X: Any) -> None:
    estimator = PurchasesRegressor(model, horizon=39.0).fit(X)
    expected = estimator.model_.expected_purchases(cdnow_sample(), 39.0)
    assert np.allclose(estimator.predict(X), np.asarray(expected), rtol=1e-9)
    assert np.array_equal(PurchasesRegressor(model, horizon=39.0).fit(X[:, :3]).predict(X[:, :3]), estimator.predict(X))
    assert estimator.n_features_in_ == 4 and estimator.n_iter_ > 0
    assert set(estimator.standard_errors_) == set(estimator.model_.parameters)
    holdout = np.asarray(cdnow_sample().holdout_frequency)
    assert -1 < estimator.score(X, holdout) < 1


def test_features(X: Any) -> None:
    transformer = PurchasesTransformer(horizon=39.0)
    features = transformer.fit_transform(X)
    model = MbgNbd.fit(cdnow_sample()).model
    assert np.allclose(features[:, 0], np.asarray(model.probability_alive(cdnow_sample())), rtol=1e-9)
    assert list(transformer.get_feature_names_out()) == ["probability_alive", "expected_purchases"]
    frame = pd.DataFrame(X, columns=["frequency", "recency", "age", "value"])
    out = PurchasesTransformer(horizon=39.0).set_output(transform="pandas").fit_transform(frame)
    assert list(out.columns) == ["probability_alive", "expected_purchases"]
    pipeline = make_pipeline(FunctionTransformer(lambda rows: rows[:, :3]), PurchasesRegressor())
    assert pipeline.fit(X).predict(X).shape == (2357,)


def test_spend(X: Any) -> None:
    estimator = SpendRegressor().fit(X)
    assert np.allclose(estimator.predict(X), np.asarray(GammaGamma.fit(cdnow_sample()).model.expected_value(cdnow_sample())))
    with pytest.raises(ValueError, match="X has 3 columns; SpendRegressor takes 4 columns"):
        SpendRegressor().fit(X[:, :3])


def test_conventions(X: Any) -> None:
    estimator = PurchasesRegressor("bg-nbd", penalty=0.01)
    assert estimator.get_params() == {"model": "bg-nbd", "horizon": 52.0, "penalty": 0.01}
    assert clone(estimator).set_params(penalty=0.0).get_params()["penalty"] == 0.0
    with pytest.raises(NotFittedError):
        estimator.predict(X)
    assert estimator.fit(X) is estimator
    with pytest.raises(ValueError, match="model: 'arima' is none of nbd, pareto-nbd, bg-nbd, mbg-nbd"):
        PurchasesRegressor("arima").fit(X)
    with pytest.raises(ValueError, match="frequency, row 0"):
        PurchasesRegressor().fit(-X)
    with pytest.raises(ValueError, match="X has 2 columns; PurchasesRegressor takes 3 columns"):
        PurchasesRegressor().fit(X[:, :2])


def test_fitted_estimators_pickle(X: Any) -> None:
    estimator = PurchasesRegressor().fit(X)
    again = pickle.loads(pickle.dumps(estimator))
    assert np.array_equal(again.predict(X), estimator.predict(X))


@pytest.mark.parametrize("estimator", [PurchasesRegressor(), PurchasesTransformer(), SpendRegressor()], ids=lambda e: type(e).__name__)
def test_check_estimator(estimator: Any) -> None:
    results = check_estimator(estimator, expected_failed_checks=EXPECTED, on_skip=None, on_fail=None)
    failed = {result["check_name"] for result in results if result["status"] == "failed"}
    assert failed == set()
