"""BG/NBD."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement import BgNbd, Purchases
from engagement.compat.lifetimes._rows import Floats, by_value, of_histories, of_times, whole
from engagement.compat.lifetimes.fitters import BaseFitter, repeated, run
from engagement.compat.lifetimes.generate_data import beta_geometric_nbd_model
from engagement.compat.lifetimes.utils import _check_inputs, _scale_time


class TransactionFitter(BaseFitter):
    """A model of buying in continuous time."""

    _generator: Any
    _scaled: tuple[str, ...] = ("alpha",)
    """The parameters that are times."""

    predict: Callable[..., Any]
    generate_new_data: Callable[..., Any]

    def _fit_histories(
        self, frequency: Any, recency: Any, T: Any, weights: Any, start: Any, verbose: bool, index: Any, *, penalty_per_row: bool
    ) -> None:
        frequency, recency, T = np.asarray(frequency), np.asarray(recency), np.asarray(T)
        _check_inputs(frequency, recency, T)
        frequency = frequency.astype(np.int64)
        weights = np.ones(len(frequency), dtype=np.int64) if weights is None else np.asarray(weights)
        self._scale = _scale_time(T)
        columns = repeated(weights, frequency, recency * self._scale, T * self._scale)
        penalty = self.penalizer_coef / (len(frequency) if penalty_per_row else 1)
        fit = run(self._model, Purchases(*columns), penalty=penalty, start=start, verbose=verbose)
        values = fit.model.parameters
        size = float(weights.sum()) if not penalty_per_row else float(weights.mean())
        self._negative_log_likelihood_ = -fit.log_likelihood / size + self.penalizer_coef * sum(v * v for v in values.values())
        self._keep(fit, [1.0 / self._scale if name in self._scaled else 1.0 for name in values])
        self.data = pd.DataFrame({"frequency": frequency, "recency": recency, "T": T, "weights": weights}, index=index)
        self.generate_new_data = partial(type(self)._generator, T, *self.params_.to_numpy())
        self._set_predict()

    def _set_predict(self) -> None:
        self.predict = self.conditional_expected_number_of_purchases_up_to_time

    def conditional_expected_number_of_purchases_up_to_time(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:
        """Purchases expected in the next ``t`` time units, given the history."""
        return of_histories(self._engine().expected_purchases, frequency, recency, T, t)

    def conditional_probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:
        """The probability that a customer with this history still buys."""
        return of_histories(self._engine().probability_alive, frequency, recency, T)

    def conditional_probability_alive_matrix(
        self, max_frequency: int | None = None, max_recency: int | None = None
    ) -> npt.NDArray[np.float64]:
        """The probability of being alive, a row for each recency and a column for each frequency, at the age ``max_recency``."""
        most = int(max_frequency or self.data["frequency"].max())
        oldest = int(max_recency or self.data["T"].max())
        recency, frequency = np.mgrid[0 : oldest + 1, 0 : most + 1]
        alive = of_histories(self._engine().probability_alive, frequency, recency, oldest)
        return np.asarray(alive, dtype=np.float64)

    def expected_number_of_purchases_up_to_time(self, t: Any) -> Any:
        """Repeat purchases expected of a new customer in the first ``t`` time units."""
        return of_times(self._engine().expected_purchases_new, t)


class BetaGeoFitter(TransactionFitter):
    """BG/NBD: customers may leave after a repeat purchase."""

    _model: Any = BgNbd
    _generator: Any = staticmethod(beta_geometric_nbd_model)

    def fit(
        self,
        frequency: Any,
        recency: Any,
        T: Any,
        weights: Any = None,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float = 1e-7,
        index: Any = None,
        **kwargs: Any,
    ) -> BetaGeoFitter:
        """Fits. ``initial_params`` are logarithms, with the time scaled so that the largest T is 1.

        ``tol`` and the options of scipy's optimiser are taken and not used: a fit goes to the optimum.
        """
        start = None if initial_params is None else np.exp(initial_params)
        self._fit_histories(frequency, recency, T, weights, start, verbose, index, penalty_per_row=False)
        return self

    def conditional_probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:
        """The probability that a customer with this history still buys, as an array."""
        return np.atleast_1d(np.asarray(super().conditional_probability_alive(frequency, recency, T)))

    def probability_of_n_purchases_up_to_time(self, t: Any, n: Any) -> Any:
        """The probability that a new customer makes ``n`` repeat purchases in the first ``t`` time units."""
        chance = self._engine().probability_of_purchases_new

        def of_all(n: Floats, t: Floats) -> Floats:
            # The model takes one column: the one with more to ask.
            if len(np.unique(t)) < len(np.unique(n)):
                return by_value(t, lambda time, rows: chance(n[rows], time))
            return by_value(n, lambda count, rows: chance(whole("n", count), t[rows]))

        return of_times(of_all, n, t)
