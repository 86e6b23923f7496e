"""Pareto/NBD."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engagement import ParetoNbd
from engagement.compat.lifetimes._rows import Rows, by_value, histories, whole
from engagement.compat.lifetimes.fitters.beta_geo_fitter import TransactionFitter
from engagement.compat.lifetimes.generate_data import pareto_nbd_model


class ParetoNBDFitter(TransactionFitter):
    """Pareto/NBD: customers may leave at any time."""

    _model = ParetoNbd
    _generator: Any = staticmethod(pareto_nbd_model)
    _scaled = ("alpha", "beta")

    def fit(
        self,
        frequency: Any,
        recency: Any,
        T: Any,
        weights: Any = None,
        iterative_fitting: int = 1,
        initial_params: Any = None,
        verbose: bool = False,
        tol: float = 1e-4,
        index: Any = None,
        fit_method: str = "Nelder-Mead",
        maxiter: int = 2000,
        **kwargs: Any,
    ) -> ParetoNBDFitter:
        """Fits. ``initial_params`` are parameters, with the time scaled so that the largest T is 1.

        ``tol``, ``fit_method``, ``maxiter`` and the options of scipy's optimiser are taken and not used: a fit goes to the optimum.
        The penalty is weighed against the sum over the rows here, not against their mean.
        """
        if iterative_fitting <= 0:
            raise ValueError(f"iterative_fitting: {iterative_fitting} is not a number of fits of at least 1")
        if iterative_fitting > 1 and initial_params is not None:
            raise ValueError("iterative_fitting and initial_params: with given starting values there is nothing to repeat")
        self._fit_histories(frequency, recency, T, weights, initial_params, verbose, index, penalty_per_row=True)
        return self

    def conditional_probability_of_n_purchases_up_to_time(self, n: Any, t: Any, frequency: Any, recency: Any, T: Any) -> Any:
        """The probability of ``n`` purchases in the next ``t`` time units, given the history."""
        rows = Rows(frequency, recency, T, n, t)
        x, t_x, age, count, time = rows.columns
        chance = self._engine().probability_of_purchases

        def ask(count: float, asked: npt.NDArray[np.bool_]) -> Any:
            return chance(histories(x[asked], t_x[asked], age[asked]), whole("n", count), time[asked])

        return rows.back(by_value(count, ask))
