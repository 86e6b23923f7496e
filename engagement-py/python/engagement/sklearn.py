"""Estimators for scikit-learn on the summary of purchases: numbers in, numbers out.

``X`` has a row for each customer and three columns, or four: **frequency**, **recency**, **age**, and **value**, the mean spend of
the repeat purchases (NaN where there is none). That is what ``Ledger.purchases`` gives:
``purchases.to_pandas()[["frequency", "recency", "age", "value"]]``.

>>> from engagement.sklearn import PurchasesRegressor
>>> X = [[2, 30.4, 38.9], [0, 0.0, 38.9], [7, 29.4, 38.9], [1, 1.7, 38.9], [0, 0.0, 32.0], [3, 26.0, 30.0]]
>>> PurchasesRegressor("nbd", horizon=39, penalty=0.01).fit(X).predict(X).shape
(6,)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

try:
    import numpy as np  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from sklearn.base import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
        BaseEstimator,
        RegressorMixin,
        TransformerMixin,
    )
    from sklearn.utils.validation import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
        check_is_fitted,
        check_non_negative,
        validate_data,
    )
except ImportError as _missing:  # pragma: no cover
    raise ImportError("engagement.sklearn needs scikit-learn 1.6 or newer: pip install 'engagement[sklearn]'") from _missing

from engagement._native import BgNbd, Fit, GammaGamma, MbgNbd, Nbd, ParetoNbd, Purchases

__all__ = ["PurchasesRegressor", "PurchasesTransformer", "SpendRegressor"]

_MODELS: dict[str, Any] = {"nbd": Nbd, "pareto-nbd": ParetoNbd, "bg-nbd": BgNbd, "mbg-nbd": MbgNbd}


class _OfPurchases(BaseEstimator):  # type: ignore[misc, unused-ignore]
    """What the estimators share: X as purchases. Nothing is learnt from y."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.input_tags.allow_nan = True
        tags.input_tags.positive_only = True
        return tags

    def _purchases(self, X: Any, *, reset: bool, paid: bool = False) -> Purchases:
        least = 2 if reset else 1
        X = validate_data(self, X, reset=reset, dtype="float64", ensure_all_finite="allow-nan", ensure_min_samples=least)
        check_non_negative(X, type(self).__name__)
        return self._of(X, paid)

    def _of(self, X: np.ndarray[Any, Any], paid: bool) -> Purchases:
        """The columns of X as purchases."""
        columns = X.shape[1]
        if columns not in ((4,) if paid else (3, 4)):
            wanted = "the columns frequency, recency, age and value" if paid else "the columns frequency, recency, age[, value]"
            raise ValueError(f"X: n_features = {columns}; {type(self).__name__} takes {wanted}")
        frequency, recency, age = X.T[:3]
        return Purchases(frequency, recency, age, X[:, 3] if columns == 4 else None)

    def _fit_purchases(self, X: Any) -> None:
        purchases = self._purchases(X, reset=True)
        if self.model not in _MODELS:
            raise ValueError(f"model: {self.model!r} is none of {', '.join(_MODELS)}")
        self._keep(_MODELS[self.model].fit(purchases, penalty=self.penalty))

    def _keep(self, fit: Fit) -> None:
        self.model_ = fit.model
        self.log_likelihood_ = fit.log_likelihood
        self.standard_errors_ = fit.standard_errors
        self.n_iter_ = fit.convergence.iterations


class _Regressor(RegressorMixin, _OfPurchases):  # type: ignore[misc, unused-ignore]
    """What the regressors share."""

    if TYPE_CHECKING:
        # scikit-learn makes this method of every class whose `score` takes weights.
        def set_score_request(self, *, sample_weight: bool | str | None = ...) -> Self:
            """Whether ``score`` is handed ``sample_weight``, where scikit-learn routes metadata."""


class PurchasesRegressor(_Regressor):
    """The purchases to expect of each customer within the next ``horizon`` time units.

    ``model`` is "mbg-nbd", "bg-nbd", "pareto-nbd" or "nbd"; ``penalty`` is that of ``MbgNbd.fit``. Fitted: ``model_``, the
    model, ``log_likelihood_``, ``standard_errors_`` by parameter (None at a boundary), ``n_iter_`` and ``n_features_in_``.
    """

    def __init__(self, model: str = "mbg-nbd", *, horizon: float = 52.0, penalty: float = 0.0) -> None:
        self.model = model
        self.horizon = horizon
        self.penalty = penalty

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fits the model to X; y is not looked at."""
        self._fit_purchases(X)
        return self

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Expected purchases within the horizon."""
        check_is_fitted(self)
        return np.array(self.model_.expected_purchases(self._purchases(X, reset=False), self.horizon))


class PurchasesTransformer(TransformerMixin, _OfPurchases):  # type: ignore[misc, unused-ignore]
    """Two features of each customer: the probability of still buying, and the expected purchases within the next ``horizon``
    time units. Parameters and fitted attributes are those of ``PurchasesRegressor``.
    """

    def __init__(self, model: str = "mbg-nbd", *, horizon: float = 52.0, penalty: float = 0.0) -> None:
        self.model = model
        self.horizon = horizon
        self.penalty = penalty

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fits the model to X; y is not looked at."""
        self._fit_purchases(X)
        return self

    def transform(self, X: Any) -> np.ndarray[Any, Any]:
        """The two features, a row for each customer."""
        check_is_fitted(self)
        purchases = self._purchases(X, reset=False)
        alive, expected = self.model_.probability_alive(purchases), self.model_.expected_purchases(purchases, self.horizon)
        return np.column_stack([np.asarray(alive), np.asarray(expected)])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:
        """``probability_alive`` and ``expected_purchases``."""
        check_is_fitted(self)
        return np.array(["probability_alive", "expected_purchases"], dtype=object)


class SpendRegressor(_Regressor):
    """The value to expect of each customer's purchases, by Gamma-Gamma. X needs its fourth column.

    ``penalty`` is that of ``GammaGamma.fit``. Fitted attributes are those of ``PurchasesRegressor``.
    """

    def __init__(self, *, penalty: float = 0.0) -> None:
        self.penalty = penalty

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fits the model to X; y is not looked at."""
        self._keep(GammaGamma.fit(self._purchases(X, reset=True, paid=True), penalty=self.penalty))
        return self

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Expected value of a purchase."""
        check_is_fitted(self)
        return np.array(self.model_.expected_value(self._purchases(X, reset=False, paid=True)))
