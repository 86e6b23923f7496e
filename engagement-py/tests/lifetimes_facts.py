"""What lifetimes 0.11.3 says, for test_compat_lifetimes.py: writes lifetimes_facts.json beside this file.

Run with Python 3.11 and: pip install numpy==1.23.5 pandas==1.5.3 scipy==1.9.3 autograd==1.5 dill matplotlib==3.6.3 'setuptools<70'
and pip install --no-deps lifetimes==0.11.3. Only facts are taken: names, arguments, numbers.
"""

from __future__ import annotations

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

import lifetimes  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from lifetimes import datasets, fitters, generate_data, plotting, utils  # noqa: E402

PARAMETERS = {
    "BetaGeoFitter": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    "ModifiedBetaGeoFitter": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},
    "ParetoNBDFitter": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
    "GammaGammaFitter": {"p": 6.25, "q": 3.74, "v": 15.44},
    "BetaGeoBetaBinomFitter": {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 2.783},
}
HISTORIES = [(0, 0.0, 12.0), (0, 0.0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (5, 20.0, 20.0), (10, 37.0, 38.0), (26, 30.86, 31.0)]
TIMES = [0.5, 1.0, 13.0, 39.0, 78.0]
DONORS = [(0, 0, 6), (1, 1, 6), (2, 4, 6), (3, 6, 6), (6, 6, 6)]
LOG = [
    (1, "2015-01-01", 1.0),
    (1, "2015-02-06", 2.0),
    (2, "2015-01-01", 2.0),
    (3, "2015-01-01", 3.0),
    (3, "2015-01-02", 1.0),
    (3, "2015-01-02", 2.5),
    (3, "2015-01-05", 5.0),
    (4, "2015-01-16", 6.0),
    (4, "2015-02-02", 3.0),
    (4, "2015-02-05", 3.5),
    (5, "2015-01-16", 3.0),
    (5, "2015-01-17", 1.0),
    (5, "2015-01-18", 8.0),
    (6, "2015-02-02", 5.0),
]


def model(name: str) -> Any:
    fitter = getattr(lifetimes, name)()
    fitter.params_ = pd.Series(PARAMETERS[name])
    return fitter


def numbers(answer: Any) -> Any:
    values = np.asarray(answer, dtype=float)
    return values.item() if values.ndim == 0 else values.tolist()


def table(frame: Any) -> dict[str, Any]:
    return {
        "columns": list(map(str, frame.columns)),
        "index_name": frame.index.name,
        "index": [str(label) for label in frame.index],
        "dtypes": [str(kind) for kind in frame.dtypes],
        "values": frame.to_numpy(dtype=float).tolist(),
    }


def names_and_arguments() -> dict[str, Any]:
    def arguments(function: Any) -> list[list[Any]]:
        parameters = inspect.signature(function).parameters.values()
        return [[p.name, p.kind.name, None if p.default is p.empty else repr(p.default)] for p in parameters]

    found: dict[str, Any] = {}
    for module in (datasets, plotting, utils):
        for name in module.__all__:
            found[f"{module.__name__}.{name}"] = arguments(getattr(module, name))
    for name, function in inspect.getmembers(generate_data, inspect.isfunction):
        found[f"lifetimes.generate_data.{name}"] = arguments(function)
    for name in sorted([*PARAMETERS, "BaseFitter"]):
        kind = getattr(lifetimes, name)
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            if not method.startswith("_") or (method == "__init__" and name != "BaseFitter"):
                found[f"{kind.__module__}.{name}.{method}"] = arguments(function)
    assert fitters.BaseFitter is lifetimes.BaseFitter
    return found


def fits() -> dict[str, Any]:
    cdnow = datasets.load_cdnow_summary_data_with_monetary_value()
    again = cdnow[cdnow["frequency"] > 0]
    donations = datasets.load_donations()
    times = (cdnow["frequency"], cdnow["recency"], cdnow["T"])
    data = {
        "BetaGeoFitter": times,
        "ModifiedBetaGeoFitter": times,
        "ParetoNBDFitter": times,
        "GammaGammaFitter": (again["frequency"], again["monetary_value"]),
        "BetaGeoBetaBinomFitter": tuple(donations[column] for column in ("frequency", "recency", "periods", "weights")),
    }
    found: dict[str, Any] = {}
    for name, columns in data.items():
        for penalizer in (0.0, 0.001, 0.01, 0.1):
            # Nelder and Mead stop early by default: they are told to go on.
            more = {"tol": 1e-10, "maxiter": 20_000, "initial_params": np.ones(4)} if name == "ParetoNBDFitter" else {"tol": 1e-12}
            try:
                fitter = getattr(lifetimes, name)(penalizer_coef=penalizer).fit(*columns, **more)
            except utils.ConvergenceError:
                fitter = getattr(lifetimes, name)(penalizer_coef=penalizer).fit(*columns)
            found[f"{name} {penalizer}"] = {
                "params_": dict(fitter.params_),
                "negative_log_likelihood": float(fitter._negative_log_likelihood_),
                "standard_errors_": dict(getattr(fitter, "standard_errors_", {})),
            }
    return found


def predictions() -> dict[str, Any]:
    x, t_x, T = (np.array(column) for column in zip(*HISTORIES))
    found: dict[str, Any] = {}
    for name in ("BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter"):
        fitter = model(name)
        found[name] = {
            "conditional_expected": [
                numbers(fitter.conditional_expected_number_of_purchases_up_to_time(t, x, t_x, T)) for t in TIMES
            ],
            "alive": numbers(fitter.conditional_probability_alive(x, t_x, T)),
            "expected": numbers(fitter.expected_number_of_purchases_up_to_time(np.array(TIMES))),
        }
        if name == "ParetoNBDFitter":
            of_n = fitter.conditional_probability_of_n_purchases_up_to_time
            found[name]["conditional_pmf"] = [numbers(of_n(n, 13.0, x[1:], t_x[1:], T[1:])) for n in range(6)]
        else:
            found[name]["pmf"] = [[numbers(fitter.probability_of_n_purchases_up_to_time(t, n)) for n in range(12)] for t in TIMES]
    spend = model("GammaGammaFitter")
    found["GammaGammaFitter"] = numbers(spend.conditional_expected_average_profit(np.arange(6), np.array([0, 5, 20.0, 35, 80, 300])))
    donors = model("BetaGeoBetaBinomFitter")
    x, t_x, n = (np.array(column) for column in zip(*DONORS))
    donors.data = datasets.load_donations()
    found["BetaGeoBetaBinomFitter"] = {
        "conditional_expected": [
            numbers(donors.conditional_expected_number_of_purchases_up_to_time(m, x, t_x, n)) for m in (1, 5, 20)
        ],
        "alive": [numbers(donors.conditional_probability_alive(m, x, t_x, n)) for m in (0, 1, 5)],
        "first_n": numbers(donors.expected_number_of_transactions_in_first_n_periods(6)["model"]),
    }
    few = datasets.load_cdnow_summary_data_with_monetary_value().head(20)
    transactions = model("BetaGeoFitter")
    transactions.predict = transactions.conditional_expected_number_of_purchases_up_to_time
    found["customer_lifetime_value"] = {
        freq: numbers(
            spend.customer_lifetime_value(
                transactions, few["frequency"], few["recency"], few["T"], few["monetary_value"], time=6, discount_rate=0.02, freq=freq
            )
        )
        for freq in ("D", "W", "M", "H")
    }
    return found


def along_time() -> dict[str, Any]:
    log = pd.DataFrame(LOG, columns=["id", "date", "value"])
    dated = log.assign(date=pd.to_datetime(log["date"]))
    fitter = model("BetaGeoFitter")
    found: dict[str, Any] = {}
    for freq in ("D", "W", "M", "h"):
        end = {"observation_period_end": "2015-02-07", "freq": freq, "monetary_value_col": "value"}
        found[f"summary {freq}"] = table(utils.summary_data_from_transaction_data(dated, "id", "date", **end))
        found[f"calibration {freq}"] = table(utils.calibration_and_holdout_data(dated, "id", "date", "2015-02-01", **end))
    found["summary first"] = table(
        utils.summary_data_from_transaction_data(log, "id", "date", "value", include_first_transaction=True, freq_multiplier=7)
    )
    for freq, multiplier in (("D", 1), ("D", 7), ("W", 1)):
        found[f"cumulative {freq} {multiplier}"] = table(
            utils.expected_cumulative_transactions(fitter, dated, "date", "id", 21, freq=freq, freq_multiplier=multiplier)
        )
    found["cumulative dated"] = table(utils.expected_cumulative_transactions(fitter, dated, "date", "id", 21, set_index_date=True))
    path = utils.calculate_alive_path(fitter, dated[dated["id"] == 4], "date", 30)
    found["alive path"] = [numbers(value)[0] for value in path]
    return found


def draws() -> dict[str, Any]:
    np.random.seed(2015)
    found = {"pareto": table(generate_data.pareto_nbd_model(40.0, 0.55, 10.6, 0.6, 11.7, size=8))}
    for name in ("beta_geometric_nbd_model", "modified_beta_geometric_nbd_model"):
        found[name] = table(getattr(generate_data, name)(np.arange(10, 50), 0.24, 4.4, 0.8, 2.4, size=8))
    found["beta_geometric_beta_binom_model"] = table(generate_data.beta_geometric_beta_binom_model(6, 1.2, 0.75, 0.66, 2.8, size=8))
    log = generate_data.beta_geometric_nbd_model_transactional_data(100, 0.24, 4.4, 0.8, 2.4, size=4)
    found["transactional"] = {
        "customer_id": [int(customer) for customer in log["customer_id"]],
        "date": [str(date.round("s")) for date in log["date"]],
    }
    return found


def main() -> None:
    facts = {
        "version": lifetimes.__version__,
        "names": sorted(lifetimes.__all__),
        "inputs": {"parameters": PARAMETERS, "histories": HISTORIES, "times": TIMES, "donors": DONORS, "log": LOG},
        "arguments": names_and_arguments(),
        "fits": fits(),
        "predictions": predictions(),
        "along_time": along_time(),
        "draws": draws(),
    }
    text = json.dumps(facts, indent=1, sort_keys=True)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
