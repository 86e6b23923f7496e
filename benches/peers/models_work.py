"""A peer's side of the comparison of models: one piece of work, and what it cost as JSON.

    python models_work.py --work NAME --data FILE.csv

The peer is the one installed beside this Python. CPU seconds of the work alone: importing and reading the file are left out; what pymc
compiles for a fit is part of what its users wait for, and told apart for a posterior.
"""

import argparse
import importlib.util
import json
import time

import numpy as np
import pandas as pd


def lifetimes(work, data):
    import lifetimes as lt

    fitters = {"bg-nbd": lt.BetaGeoFitter, "mbg-nbd": lt.ModifiedBetaGeoFitter, "pareto-nbd": lt.ParetoNBDFitter}
    if work in fitters:
        return lambda: parameters_of(fitters[work]().fit(data["x"], data["t_x"], data["T"]))
    if work == "gamma-gamma":
        bought = data[(data["x"] > 0) & (data["m"] > 0)]
        return lambda: parameters_of(lt.GammaGammaFitter().fit(bought["x"], bought["m"]))
    model, spend = lt.BetaGeoFitter(), lt.GammaGammaFitter()
    model.params_ = pd.Series({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    # A fit would have set it.
    model.predict = model.conditional_expected_number_of_purchases_up_to_time
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
        return {"result": {"costs": costs, **answers}}

    return score


def parameters_of(fitter):
    return {"result": {"parameters": {name: float(value) for name, value in fitter.params_.items()}}}


def pymc(work, data):
    from pymc_extras.prior import Prior
    from pymc_marketing import clv

    frame = data.rename(columns={"x": "frequency", "t_x": "recency"}).drop(columns="m").reset_index(names="customer_id")
    model = {"bg-nbd": clv.BetaGeoModel, "mbg-nbd": clv.ModifiedBetaGeoModel, "pareto-nbd": clv.ParetoNBDModel}[work.removeprefix("posterior-")]
    if not work.startswith("posterior-"):

        def fit():
            fitted = model(data=frame)
            fitted.fit(method="map")
            return {"result": "other priors, another estimate"}

        return fit

    # The priors of `models --work posterior-…`.
    weibull = {name: Prior("Weibull", alpha=2, beta=beta) for name, beta in {"r": 1, "alpha": 10, "s": 1, "beta": 10}.items()}
    wide = {name: Prior("HalfNormal", sigma=10) for name in "ab"}
    names = {"posterior-bg-nbd": ("r", "alpha", "a", "b"), "posterior-pareto-nbd": ("r", "alpha", "s", "beta")}[work]

    def posterior():
        import arviz
        import nutpie

        start = time.process_time()
        built = model(data=frame, model_config={name: (weibull | wide)[name] for name in names})
        built.build_model()
        compiled = nutpie.compile_pymc_model(built.model)
        compiling = time.process_time() - start
        start = time.process_time()
        trace = nutpie.sample(compiled, draws=1000, tune=1000, chains=2, seed=1, progress_bar=False)
        sampling = time.process_time() - start
        summary = arviz.summary(trace, var_names=list(names), round_to="none")
        told = {name: {"mean": row["mean"], "standard_deviation": row["sd"], "draws": row["ess_bulk"]} for name, row in summary.iterrows()}
        return {"cpu": sampling, "compiling": compiling, "result": {"parameters": told}}

    return posterior


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--data", required=True)
    given = parser.parse_args()
    data = pd.read_csv(given.data)
    peer = lifetimes if importlib.util.find_spec("lifetimes") else pymc
    work = peer(given.work, data)
    start = time.process_time()
    result = work()
    print("\n" + json.dumps({"cpu": time.process_time() - start} | result))


main()
