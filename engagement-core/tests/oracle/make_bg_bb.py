"""Makes bg_bb.csv: the BG/BB model at 25 digits.

    python3 make_bg_bb.py

Needs mpmath 1.3. Every input is a 64-bit float or a whole number, written with the fewest digits that read back to it, and the
value is that of exactly this input. The same seed gives the same table.

From the definition at 50 digits: sums of beta functions over the opportunities before which a customer may have left;
derivatives are central differences at those digits; endless sums go on until the rest is below 32 digits.
"""

import pathlib
import random

from mpmath import mp, mpf

mp.dps = 50
HERE = pathlib.Path(__file__).parent
STEP = mpf(10) ** -14


def ln_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def weights(alpha, beta, gamma, delta, x, recency, n):
    """Probability of the history and of being alive; and of the history and of having left."""
    scale = ln_beta(alpha, beta) + ln_beta(gamma, delta)
    alive = mp.exp(ln_beta(alpha + x, beta + n - x) + ln_beta(gamma, delta + n) - scale)
    gone = sum(
        (mp.exp(ln_beta(alpha + x, beta + t - x) + ln_beta(gamma + 1, delta + t) - scale) for t in range(recency, n)), mpf(0)
    )
    return alive, gone


def staying(gamma, delta, t):
    return mp.exp(ln_beta(gamma, delta + t) - ln_beta(gamma, delta))


def count(alpha, beta, gamma, delta, k, n):
    """P(k purchases of a new customer at n opportunities)."""

    def bought(i):
        return mp.binomial(i, k) * mp.exp(ln_beta(alpha + k, beta + i - k) - ln_beta(alpha, beta))

    value = bought(n) * staying(gamma, delta, n)
    return value + sum((bought(i) * mp.exp(ln_beta(gamma + 1, delta + i) - ln_beta(gamma, delta)) for i in range(k, n)), mpf(0))


def endless(gamma, delta, z):
    """Sum of z^i P(staying for i opportunities), i = 1, 2, ..."""
    term, total, i = mpf(1), mpf(0), 0
    while term > mpf(10) ** -32 * total * (1 - z):
        term *= z * (delta + i) / (gamma + delta + i)
        total += term
        i += 1
    return total


def cell(value):
    if isinstance(value, (float, int)):
        return repr(value)
    return mp.nstr(value, 25, min_fixed=-3, max_fixed=8)


MODELS = [
    (1.203522350892991, 0.7497163579132191, 0.6567182090076207, 2.7834422363559117),
    (1.0, 1.0, 1.0, 1.0),  # gamma = 1
    (0.5, 2.0, 1.0, 30.0),
    (0.5, 2.0, 1.000000001, 30.0),
    (2e4, 3e4, 0.4, 5.0),  # nearly the same probability for all
    (1e6, 1e6, 1e6, 1e6),
    (1e-6, 1e-6, 1e-6, 1e-6),
    (1e-6, 1e6, 1e-6, 1e6),
    (1e6, 1e-6, 1e6, 1e-6),
    (1e-6, 1e6, 1e6, 1e-6),
    (3.0, 1e-3, 1e-3, 40.0),
]
HISTORIES = [(0, 0, 0), (0, 0, 6), (1, 1, 1), (1, 1, 6), (4, 5, 6), (6, 6, 6), (3, 200, 400), (150, 160, 400), (400, 400, 400), (7, 9, 3000)]


def main():
    draw = random.Random(52)
    rows = [(*model, *history) for model in MODELS for history in HISTORIES]
    for _ in range(60):
        model = [float(f"{10 ** draw.uniform(*draw.choice([(-6, 6), (-1, 2)])):.3g}") for _ in range(4)]
        n = draw.choice([3, 12, 60, 365])
        recency = draw.randint(0, n)
        rows.append((*model, draw.randint(1, recency) if recency else 0, recency, n))
    names = "alpha,beta,gamma,delta,x,t_x,n,later,k,rate,log_likelihood,by_alpha,by_beta,by_gamma,by_delta"
    lines = [names + ",alive,alive_later,expected,probability,endless,discounted"]
    for row in rows:
        parameters, (x, recency, n) = [mpf(v) for v in row[:4]], row[4:]
        later, rate = draw.choice([1, 5, 40]), draw.choice([0.001, 0.1, 2.0])
        k = draw.choice([0, 1, later])

        def log_likelihood(values):
            return mp.log(sum(weights(*values, x, recency, n)))

        slopes = []
        for i in range(4):
            high, low = list(parameters), list(parameters)
            high[i] *= mp.exp(STEP)
            low[i] *= mp.exp(-STEP)
            slopes.append((log_likelihood(high) - log_likelihood(low)) / (2 * STEP))
        alpha, beta, gamma, delta = parameters
        alive, gone = weights(*parameters, x, recency, n)
        alive, gone = alive / (alive + gone), gone / (alive + gone)
        a, b, c, d = alpha + x, beta + n - x, gamma, delta + n
        buys = alive * a / (a + b)
        stays = [staying(c, d, i) for i in range(1, later + 1)]
        z = 1 / (1 + mpf(rate))
        values = [
            log_likelihood(parameters),
            *slopes,
            alive,
            alive * staying(c, d, later),
            buys * sum(stays),
            alive * count(a, b, c, d, k, later) + (gone if k == 0 else 0),
            buys * endless(c, d, z),
            buys * sum(z ** (i + 1) * stay for i, stay in enumerate(stays)),
        ]
        lines.append(",".join(map(cell, [*row, later, k, rate, *values])))
    (HERE / "bg_bb.csv").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, flush=True)


if __name__ == "__main__":
    main()
