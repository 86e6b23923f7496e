"""A peer's side of the comparison of models: one piece of work, and what it cost as JSON.

    python models_work.py --engine lifetimes|pymc --work NAME --data FILE.csv

CPU seconds of the work alone: importing, reading the file and, for pymc, nothing else is left out; what it compiles is part of what its
users wait for.
"""

import argparse
import json
import time

import numpy as np
import pandas as pd


def lifetimes(work, data):
    import lifetimes as lt

    fitters = {"bg-nbd": lt.BetaGeoFitter, "mbg-nbd": lt.ModifiedBetaGeoFitter, "pareto-nbd": lt.ParetoNBDFitter}
    if work in fitters:
        return lambda: fit_of(fitters[work]().fit(data["x"], data["t_x"], data["T"]))
    if work == "gamma-gamma":
        bought = data[(data["x"] > 0) & (data["m"] > 0)]
        return lambda: fit_of(lt.GammaGammaFitter().fit(bought["x"], bought["m"]))
    model, spend = lt.BetaGeoFitter(), lt.GammaGammaFitter()
    model.params_ = pd.Series({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    spend.params_ = pd.Series({"p": 6.25, "q": 3.74, "v": 15.44})
    x, t_x, age, m = data["x"], data["t_x"], data["T"], data["m"]

    def score():
        costs, answers = {}, {}
        for name, answer in {
            "alive": lambda: model.conditional_probability_alive(x, t_x, age),
            "expected": lambda: model.conditional_expected_number_of_purchases_up_to_time(39, x, t_x, age),
            "order_value": lambda: spend.conditional_expected_average_profit(x, m),
            # A month is 4.345 weeks there; .01 a month is .127 a year.
            "lifetime_value": lambda: spend.customer_lifetime_value(model, x, t_x, age, m, time=12, discount_rate=0.01, freq="W"),
        }.items():
            start = time.process_time()
            answers[name] = float(np.sum(answer()))
            costs[name] = time.process_time() - start
        return {"costs": costs, **answers}

    return score


def fit_of(fitter):
    return {"parameters": {name: float(value) for name, value in fitter.params_.items()}}


def pymc(work, data):
    from pymc_marketing import clv

    model = {"bg-nbd": clv.BetaGeoModel, "mbg-nbd": clv.ModifiedBetaGeoModel, "pareto-nbd": clv.ParetoNBDModel}[work]
    frame = data.rename(columns={"x": "frequency", "t_x": "recency"}).drop(columns="m").reset_index(names="customer_id")

    def fit():
        fitted = model(data=frame)
        fitted.fit(method="map")
        posterior = fitted.fit_result.mean()
        names = ("r", "alpha", "a", "b", "s", "beta")
        return {"parameters": {name: float(posterior[name]) for name in names if name in posterior}}

    return fit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["lifetimes", "pymc"], required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--data", required=True)
    given = parser.parse_args()
    data = pd.read_csv(given.data)
    work = (lifetimes if given.engine == "lifetimes" else pymc)(given.work, data)
    start = time.process_time()
    result = work()
    print("\n" + json.dumps({"cpu": time.process_time() - start, "result": result}))


main()
