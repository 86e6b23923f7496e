"""Makes chains.csv and chains_diagnostics.csv in this folder: R-hat and effective sizes of chains, by another implementation.

    python3 make_chains.py

Needs arviz 0.23 and numpy. The cases are an autoregressive process of positive and of negative correlation, chains that do not
agree in their place, chains that do not agree in their spread, a heavy tail, values that repeat, one chain, and an odd number
of draws. Values are written with four decimals, and the diagnostics are those of the written values; R-hat of one chain is NaN, because arviz has none. The same seed gives the
same tables.

chains.csv: case, chain, value. chains_diagnostics.csv: case, draws of a chain, R-hat (the larger of the rank-normalised and the
folded), bulk effective size, tail effective size.
"""

import pathlib

import arviz
import numpy

HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20)


def autoregressive(chains, draws, correlation):
    values = numpy.empty((chains, draws))
    values[:, 0] = random.standard_normal(chains)
    for i in range(1, draws):
        values[:, i] = correlation * values[:, i - 1] + (1 - correlation**2) ** 0.5 * random.standard_normal(chains)
    return values


cases = [
    autoregressive(4, 60, 0.6),
    autoregressive(4, 60, -0.5),
    autoregressive(4, 50, 0.3) + numpy.array([[0.0], [0.0], [0.0], [1.0]]),
    autoregressive(4, 50, 0.3) * numpy.array([[1.0], [1.0], [1.0], [3.0]]),
    random.standard_cauchy((4, 50)),
    numpy.floor(2 * autoregressive(2, 80, 0.5)),
    autoregressive(1, 100, 0.7),
    autoregressive(3, 41, 0.9),
    autoregressive(2, 4, 0.0),
]

with open(HERE / "chains.csv", "w") as values, open(HERE / "chains_diagnostics.csv", "w") as diagnostics:
    values.write("case,chain,value\n")
    diagnostics.write("case,draws,r_hat,bulk,tail\n")
    for case, chains in enumerate(cases):
        chains = numpy.round(chains, 4) + 0.0
        for chain, draws in enumerate(chains):
            for value in draws:
                values.write(f"{case},{chain},{float(value)!r}\n")
        found = [
            arviz.rhat(chains, method="rank"),
            arviz.ess(chains, method="bulk"),
            arviz.ess(chains, method="tail"),
        ]
        diagnostics.write(",".join([str(case), str(chains.shape[1])] + [repr(float(value)) for value in found]) + "\n")
