"""What the fitters share: parameters as a Series, the evidence around them, files."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

from engagement import FitFailedError
from engagement.compat.lifetimes.utils import ConvergenceError

FORMAT = "engagement.compat.lifetimes 1"
"""The first thing in a saved model."""

Z = 1.96
"""Half the width of a 95 % interval, in standard errors, as lifetimes rounds it."""


class BaseFitter:
    """A model by its lifetimes name. Its state is ``params_``, which may also be set by hand."""

    _model: Any
    """The class of this package that computes."""

    params_: Any
    data: Any
    variance_matrix_: Any
    standard_errors_: Any
    confidence_intervals_: Any

    def __init__(self, penalizer_coef: float = 0.0) -> None:
        self.penalizer_coef = penalizer_coef

    def __repr__(self) -> str:
        text = f"<lifetimes.{type(self).__name__}"
        shape = getattr(getattr(self, "data", None), "shape", None)
        parts = [] if shape is None else [f"fitted with {shape[0]} subjects"]
        if hasattr(self, "params_"):
            parts.append(", ".join(f"{name}: {value:.2f}" for name, value in sorted(self.params_.items())))
        return f"{text}: {', '.join(parts)}>" if parts else f"{text}>"

    def _unload_params(self, *names: str) -> list[float]:
        if not hasattr(self, "params_"):
            raise ValueError("This model has no parameters yet: call .fit first.")
        return [self.params_[name] for name in names]

    def _engine(self) -> Any:
        """The model of this package with the present parameters."""
        if not hasattr(self, "params_"):
            self._unload_params()
        return self._model(**{name: float(value) for name, value in self.params_.items()})

    def _keep(self, fit: Any, units: Sequence[float]) -> None:
        """Takes over a fit. ``units`` turns its parameters, scaled or not, into those of the data."""
        names = list(fit.model.parameters)
        scale = np.asarray(units, dtype=np.float64)
        self.params_ = pd.Series(np.array(list(fit.model.parameters.values())) * scale, index=names)
        if fit.covariance is None:
            at = ", ".join(fit.convergence.at_boundary)
            warnings.warn(f"{at}: the data does not bound it, so there are no standard errors; a penalizer would bound it", stacklevel=4)
            covariance = np.full((len(names), len(names)), np.nan)
        else:
            covariance = np.asarray(fit.covariance) * np.outer(scale, scale)
        self._evidence(covariance)

    def _evidence(self, covariance: npt.NDArray[np.float64]) -> None:
        names = self.params_.index
        self.variance_matrix_ = pd.DataFrame(covariance, index=names, columns=names)
        self.standard_errors_ = pd.Series(np.sqrt(np.diag(covariance)), index=names)
        half = Z * self.standard_errors_
        self.confidence_intervals_ = pd.DataFrame({"lower 95% bound": self.params_ - half, "upper 95% bound": self.params_ + half})

    @property
    def summary(self) -> Any:
        """Estimates, standard errors and 95 % intervals, a row for each parameter."""
        estimates = pd.DataFrame({"coef": self.params_, "se(coef)": self.standard_errors_})
        return estimates.join(self.confidence_intervals_)

    def save_model(
        self, path: Any, save_data: bool = True, save_generate_data_method: bool = True, values_to_save: Sequence[Any] | None = None
    ) -> None:
        """Writes the fitter to a file; what is left out is replaced by ``values_to_save`` (data, then generator) or ``None``."""
        state = {name: value for name, value in self.__dict__.items() if name != "predict"}
        placeholders = [*(values_to_save or []), None, None]
        for name, save, placeholder in zip(("data", "generate_new_data"), (save_data, save_generate_data_method), placeholders):
            if not save and name in state:
                state[name] = placeholder
        with open(path, "wb") as file:
            pickle.dump((FORMAT, type(self).__name__, "predict" in self.__dict__, state), file)

    def load_model(self, path: Any) -> None:
        """Becomes the fitter of a file. The file is a pickle: open only what you trust."""
        with open(path, "rb") as file:
            try:
                form, name, predicts, state = pickle.load(file)
            except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError) as error:
                raise ValueError(f"{path}: not a model saved here; one saved by lifetimes cannot be read, carry over its params_") from error
        if form != FORMAT or name != type(self).__name__:
            raise ValueError(f"{path}: holds a {name}, not a {type(self).__name__}")
        self.__dict__.update(state)
        if predicts:
            self._set_predict()

    def _set_predict(self) -> None:
        """Fitting gives a fitter its ``predict``."""


def repeated(weights: npt.NDArray[Any], *columns: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """Each row as often as its weight says: equal rows cost nothing, the models merge them."""
    wrong = ~((weights >= 0) & (weights == np.floor(weights)))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"weights: {weights[row]} in row {row} is not a whole number of customers")
    counts = weights.astype(np.int64)
    return [column if (counts == 1).all() else np.repeat(column, counts) for column in columns]


def run(model: Any, data: Any, *, penalty: float, start: Any, verbose: bool) -> Any:
    """Fits, and says so if asked to."""
    try:
        fit = model.fit(data, penalty=penalty, start=None if start is None else [float(value) for value in start])
    except FitFailedError as error:
        raise ConvergenceError(str(error)) from error
    if verbose:
        how = fit.convergence
        print(f"{model.__name__}: log-likelihood {fit.log_likelihood:.6f} after {how.iterations} iterations, {how.starts} starts,")
        print(f"gradient {how.gradient_norm:.1e} per customer; at a boundary: {', '.join(how.at_boundary) or 'none'}")
    return fit
