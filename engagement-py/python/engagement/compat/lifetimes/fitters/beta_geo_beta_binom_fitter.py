"""BG/BB: yes or no at fixed opportunities."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement import BgBb, Opportunities
from engagement.compat.lifetimes._rows import Rows, by_value, whole
from engagement.compat.lifetimes.fitters import BaseFitter, run
from engagement.compat.lifetimes.generate_data import beta_geometric_beta_binom_model
from engagement.compat.lifetimes.utils import _check_inputs


class BetaGeoBetaBinomFitter(BaseFitter):
    """BG/BB: customers buy or not at each opportunity, and may leave after any."""

    _model = BgBb

    def fit(
        self,
        frequency: Any,
        recency: Any,
        n_periods: Any,
        weights: Any = None,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float = 1e-7,
        index: Any = None,
        **kwargs: Any,
    ) -> BetaGeoBetaBinomFitter:
        """Fits. ``initial_params`` are logarithms.

        ``tol`` and the options of scipy's optimiser are taken and not used: a fit goes to the optimum.
        """
        frequency, recency, n_periods = np.asarray(frequency), np.asarray(recency), np.asarray(n_periods)
        _check_inputs(frequency, recency, n_periods)
        frequency, recency, n_periods = (column.astype(np.int64) for column in (frequency, recency, n_periods))
        weights = np.ones(len(frequency), dtype=np.int64) if weights is None else np.asarray(weights)
        data = Opportunities(frequency, recency, n_periods, customers=weights)
        start = None if initial_params is None else np.exp(initial_params)
        fit = run(BgBb, data, penalty=self.penalizer_coef, start=start, verbose=verbose)
        self._negative_log_likelihood_ = -fit.log_likelihood / float(weights.sum())
        self._negative_log_likelihood_ += self.penalizer_coef * sum(value * value for value in fit.model.parameters.values())
        self._keep(fit, [1.0, 1.0, 1.0, 1.0])
        self.data = pd.DataFrame({"frequency": frequency, "recency": recency, "n_periods": n_periods, "weights": weights}, index=index)
        opportunities = np.repeat(n_periods, weights.astype(np.int64))
        self.generate_new_data = partial(beta_geometric_beta_binom_model, opportunities, *self.params_.to_numpy())
        return self

    def conditional_expected_number_of_purchases_up_to_time(
        self, m_periods_in_future: Any, frequency: Any, recency: Any, n_periods: Any
    ) -> Any:
        """Purchases expected at the next ``m_periods_in_future`` opportunities, given the history."""
        return self._of(self._engine().expected_purchases, frequency, recency, n_periods, m_periods_in_future)

    def conditional_probability_alive(self, m_periods_in_future: Any, frequency: Any, recency: Any, n_periods: Any) -> Any:
        """The probability of being alive ``m_periods_in_future`` opportunities from now, given the history."""
        return self._of(self._engine().probability_alive, frequency, recency, n_periods, m_periods_in_future)

    def expected_number_of_transactions_in_first_n_periods(self, n: int) -> Any:
        """How many of the customers fitted to are expected to buy x times at ``n`` opportunities, for every x seen among them."""
        counts = self.data.groupby("frequency")["weights"].sum()
        model = self._engine()
        chances = [model.probability_of_purchases_new(int(x), int(n)) for x in counts.index]
        return pd.DataFrame({"model": np.asarray(chances) * counts.sum()}, index=pd.Index(counts.index, name="frequency"))

    @staticmethod
    def _of(answer: Any, frequency: Any, recency: Any, n_periods: Any, ahead: Any) -> Any:
        rows = Rows(frequency, recency, n_periods, ahead)
        x, t_x, n, m = rows.columns
        t_x = np.where(x == 0, 0.0, t_x)

        def ask(ahead: float, asked: npt.NDArray[np.bool_]) -> Any:
            return answer(Opportunities(x[asked], t_x[asked], n[asked]), whole("m_periods_in_future", ahead))

        return rows.back(by_value(m, ask))
