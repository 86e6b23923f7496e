"""Gamma-Gamma: money per purchase."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement import GammaGamma, Prior, Purchases
from engagement.compat.lifetimes._rows import Rows
from engagement.compat.lifetimes.fitters import BaseFitter, repeated, run
from engagement.compat.lifetimes.utils import _check_inputs, _customer_lifetime_value


def spending(frequency: Any, monetary_value: Any) -> Purchases:
    """Customers of whom nothing matters but how often they bought again and their mean spend then."""
    when = np.zeros(len(frequency))
    value = np.where(frequency > 0, monetary_value, np.nan)
    return Purchases(frequency, when, when, value, paid=frequency)


class GammaGammaFitter(BaseFitter):
    """Gamma-Gamma: how much customers spend per purchase, independently of how often they buy."""

    _model = GammaGamma

    def fit(
        self,
        frequency: Any,
        monetary_value: Any,
        weights: Any = None,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float = 1e-7,
        index: Any = None,
        q_constraint: bool = False,
        **kwargs: Any,
    ) -> GammaGammaFitter:
        """Fits to customers who bought again. ``initial_params`` are logarithms; ``q_constraint`` keeps q at 1 or more.

        ``tol`` and the options of scipy's optimiser are taken and not used: a fit goes to the optimum.
        """
        frequency, monetary_value = np.asarray(frequency), np.asarray(monetary_value)
        _check_inputs(frequency, monetary_value=monetary_value)
        if (frequency < 1).any():
            raise ValueError("frequency: spend per repeat purchase needs customers with at least one")
        frequency, monetary_value = frequency.astype(np.float64), monetary_value.astype(np.float64)
        weights = np.ones(len(frequency), dtype=np.int64) if weights is None else np.asarray(weights)
        data = spending(*repeated(weights, frequency, monetary_value))
        start = None if initial_params is None else np.exp(initial_params)
        fit = run(GammaGamma, data, penalty=self.penalizer_coef, start=start, verbose=verbose)
        held = q_constraint and fit.model.q < 1.0
        if held:
            fit = self._hold_q(data, fit)
        self._negative_log_likelihood_ = -fit.log_likelihood / float(weights.sum())
        self._negative_log_likelihood_ += self.penalizer_coef * sum(value * value for value in fit.model.parameters.values())
        self._keep(fit, [1.0, 1.0, 1.0])
        if held:
            self.params_["q"] = 1.0
            covariance = self.variance_matrix_.to_numpy().copy()
            covariance[1, :] = covariance[:, 1] = 0.0
            self._evidence(covariance)
        self.data = pd.DataFrame({"monetary_value": monetary_value, "frequency": frequency, "weights": weights}, index=index)
        return self

    def _hold_q(self, data: Purchases, fit: Any) -> Any:
        """The best fit with q = 1: a prior so narrow that the data cannot move q, and the other two are free."""
        narrow = Prior.log_normal(0.0, 1e-3 / np.sqrt(fit.customers))
        start = [fit.model.p, 1.0, fit.model.v]
        return GammaGamma.fit(data, penalty=self.penalizer_coef, priors={"q": narrow}, start=start)

    def conditional_expected_average_profit(self, frequency: Any = None, monetary_value: Any = None) -> Any:
        """The mean spend per purchase expected of customers with this frequency and mean spend; by default those fitted to.

        A customer who never bought again gets the population's mean, which has to exist: that takes q > 1.
        """
        monetary_value = self.data["monetary_value"] if monetary_value is None else monetary_value
        frequency = self.data["frequency"] if frequency is None else frequency
        rows = Rows(frequency, monetary_value)
        x, m = rows.columns
        if len(x) == 0:
            return rows.back([])
        model = self._engine()
        if model.q <= 1.0 and (model.p * x + model.q <= 1.0).any():
            raise ValueError(
                f"q: {model.q:.4g} is not above 1, so the mean spend of all customers is infinite and there is nothing to expect of one "
                "who never bought again; fit to more customers, or leave out those with frequency 0"
            )
        return rows.back(model.expected_value(spending(x, m)))

    def customer_lifetime_value(
        self,
        transaction_prediction_model: Any,
        frequency: Any,
        recency: Any,
        T: Any,
        monetary_value: Any,
        time: int = 12,
        discount_rate: float = 0.01,
        freq: str = "D",
    ) -> Any:
        """Discounted money expected of each customer within ``time`` months; ``discount_rate`` is monthly, ``freq`` the unit of T."""
        spend = self.conditional_expected_average_profit(frequency, monetary_value)
        return _customer_lifetime_value(
            transaction_prediction_model, frequency, recency, T, spend, time=time, discount_rate=discount_rate, freq=freq
        )
