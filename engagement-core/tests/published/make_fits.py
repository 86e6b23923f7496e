"""Prints the fits to the CDNOW sample that the tests of this folder assert to all digits: parameters and standard errors.

    python3 make_fits.py

Needs mpmath 1.3; takes some minutes. From the definitions of the log-likelihoods at 40 digits: Newton's method to where the
parameters no longer move, and the inverse of the second derivatives there. Derivatives are central differences at those digits.
"""

import math
import pathlib
from collections import Counter

from mpmath import loggamma, log, matrix, mp, mpf, sqrt

mp.dps = 40
SUMMARY = pathlib.Path(__file__).parent.parent / "data" / "cdnow_sample_summary.csv"
ROWS = [line.split(",") for line in SUMMARY.read_text().split()[1:]]


def second(f, point):
    """The second derivatives."""
    n, h = len(point), mpf(10) ** -10

    def at(*moves):
        moved = list(point)
        for i, sign in moves:
            moved[i] += sign * h * point[i]
        return f(moved)

    middle, found = f(point), matrix(n, n)
    for i in range(n):
        found[i, i] = (at((i, 1)) - 2 * middle + at((i, -1))) / (h * point[i]) ** 2
        for j in range(i):
            mixed = at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))
            found[i, j] = found[j, i] = mixed / (4 * h * h * point[i] * point[j])
    return found


def slope(f, point, i):
    h, up, down = mpf(10) ** -12 * point[i], list(point), list(point)
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / (2 * h)


def fit(name, f, point):
    point = [mpf(value) for value in point]
    while True:
        step = mp.lu_solve(second(f, point), matrix([-slope(f, point, i) for i in range(len(point))]))
        point = [value + step[i] for i, value in enumerate(point)]
        if all(abs(step[i]) < mpf(10) ** -18 * value for i, value in enumerate(point)):
            break
    covariance = (-second(f, point)) ** -1
    errors = [sqrt(covariance[i, i]) for i in range(len(point))]
    for what, values in (("parameters", point), ("errors", errors)):
        print(f"{name} {what}", *(mp.nstr(value, 17) for value in values), flush=True)


def gamma_gamma(data):
    counts = Counter(x for x, _ in data)

    def f(point):
        p, q, v = point
        shared = sum(n * (loggamma(p * x + q) - loggamma(p * x) - loggamma(q)) for x, n in counts.items())
        return shared + sum(q * log(v) - (p * x + q) * log(v + x * m) + p * x * log(x * m) - log(m) for x, m in data)

    return f


def geometric(data, first):
    """BG/NBD, or MBG/NBD where customers may leave after the first purchase too."""
    customers = Counter(data)
    chances = {x: x + first for x, _, _ in customers}

    def f(point):
        r, alpha, a, b = point
        shared = {
            x: loggamma(b + k) - loggamma(b) - loggamma(a + b + k) + loggamma(a + b) + loggamma(r + x) - loggamma(r)
            for x, k in chances.items()
        }
        total = mpf(0)
        for (x, recency, age), n in customers.items():
            k = chances[x]
            left = a / (b + k - 1) * mp.exp((r + x) * log((alpha + age) / (alpha + recency))) if k > 0 else 0
            total += n * (shared[x] + r * log(alpha) - (r + x) * log(alpha + age) + log(1 + left))
        return total

    return f


spends = [(int(float(x)), mpf(float(m))) for x, _, _, _, m in ROWS if float(x) > 0 and float(m) > 0]
cents = [(x, mpf(math.floor(float(m) * 100 + 1e-6 + 0.5) / 100)) for x, m in spends]
fit("gamma-gamma", gamma_gamma(spends), [6.25, 3.744, 15.44])
fit("gamma-gamma in cents", gamma_gamma(cents), [6.249, 3.745, 15.45])
for name, first, start in (("bg-nbd", 0, [0.2426, 4.4136, 0.7929, 2.4259]), ("mbg-nbd", 1, [0.5248, 6.183, 0.891, 1.614])):
    for what, rounded in (("", False), (" of rounded times", True)):
        times = [mpf(round(float(t) * 100) / 100 if rounded else float(t)) for row in ROWS for t in row[1:3]]
        histories = [(int(float(row[0])), times[2 * i], times[2 * i + 1]) for i, row in enumerate(ROWS)]
        fit(name + what, geometric(histories, first), start)
