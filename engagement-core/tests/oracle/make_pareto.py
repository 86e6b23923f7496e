"""Makes pareto_nbd.csv and pareto_nbd_counts.csv: the Pareto/NBD model at 25 digits.

    python3 make_pareto.py

Needs mpmath 1.3. Every input is a 64-bit float, written with the fewest digits that read back to it, and the value is that of
exactly this input. The same seed gives the same tables.

From the definition: rates gamma(r, alpha) and gamma(s, beta), integrated out, leave one integral over the time of dropout. It is
taken by Gauss-Legendre rules of 40 points at 50 digits over panels in which the logarithm of the integrand changes little;
derivatives are central differences at those digits. Closed forms where mpmath has them (incomplete gamma) are compared.
"""

import pathlib
import random

from mpmath import mp, mpf

mp.dps = 50
HERE = pathlib.Path(__file__).parent
STEP = mpf(10) ** -14


def legendre(n):
    nodes = []
    for i in range(1, n // 2 + 1):
        x = mp.cos(mp.pi * (i - mpf(1) / 4) / (n + mpf(1) / 2))
        for _ in range(8):
            below, p = mpf(1), x
            for k in range(2, n + 1):
                below, p = p, ((2 * k - 1) * x * p - (k - 1) * below) / k
            slope = n * (x * p - below) / (x * x - 1)
            x -= p / slope
        nodes += [(x, 2 / ((1 - x * x) * slope**2)), (-x, 2 / ((1 - x * x) * slope**2))]
    return nodes


NODES = legendre(40)


def integral(height, low, high):
    """ln of the integral of e^height, concave, from low to high (both finite)."""
    low, high = mpf(low), mpf(high)
    if low == high:
        return mp.ninf
    a, b = low, high
    for _ in range(200):
        c, d = a + (b - a) * mpf("0.382"), a + (b - a) * mpf("0.618")
        a, b = (a, d) if height(c) >= height(d) else (c, b)
        if b - a < mpf(10) ** -12 * (1 + abs(a)):
            break
    mode = max([a, b, low, high], key=height)
    top = height(mode)

    def crossing(end, fall):
        if height(end) >= top - fall:
            return end
        inside, outside = mode, end
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if height(middle) >= top - fall else (inside, middle)
        return outside

    falls = [2**-10, 2**-7, 2**-4, 0.5, 3, 8, 15, 25, 37, 50, 65, 80, 95, 110]
    cuts = sorted({mode} | {crossing(low, f) for f in falls} | {crossing(high, f) for f in falls})
    total = mpf(0)
    for left, right in zip(cuts, cuts[1:]):
        parts = int(mp.ceil((right - left) / 1))
        for part in range(parts):
            half = (right - left) / parts / 2
            middle = left + half * (2 * part + 1)
            total += half * sum(w * mp.exp(height(middle + half * x) - top) for x, w in NODES)
    return top + mp.log(total)


def dropout(r, alpha, s, beta, x, recency, age):
    """ln of the weight of being alive, and of having left."""
    shape = r + x
    alive = -shape * mp.log(alpha + age) - s * mp.log(beta + age)
    smaller = min(alpha, beta)

    def height(y):
        tau = mp.exp(y) - smaller
        return y - shape * mp.log(alpha + tau) - (s + 1) * mp.log(beta + tau)

    return alive, mp.log(s) + integral(height, mp.log(smaller + recency), mp.log(smaller + age))


def lse(a, b):
    return max(a, b) + mp.log1p(mp.exp(-abs(a - b))) if mp.ninf not in (a, b) else max(a, b)


def log_likelihood(r, alpha, s, beta, x, recency, age):
    return (
        mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + s * mp.log(beta)
        + lse(*dropout(r, alpha, s, beta, x, recency, age))
    )


def discounted_time(s, beta, t, delta):
    """The integral of e^(-delta u) (1 + u/beta)^-s from 0 to t."""
    if delta == 0:
        q = mp.log1p(t / beta)
        return beta * (q if s == 1 else -mp.expm1(-(s - 1) * q) / (s - 1))
    end = min(t, 300 / delta)

    def height(y):
        return y - delta * (mp.exp(y) - beta) - s * (y - mp.log(beta))

    value = mp.exp(integral(height, mp.log(beta), mp.log(beta + end)))
    if t == mp.inf and 0.01 < delta * beta < 50 and s < 20:
        z = delta * beta
        closed = beta * mp.exp(z) * mp.expint(s, z)
        assert abs(value / closed - 1) < mpf(10) ** -28, (s, beta, delta)
    return value


def spread(draw, low, high):
    x = 10 ** draw.uniform(low, high)
    return float(f"{x:.3g}")


def cell(value):
    if isinstance(value, (float, int)):
        return repr(value)
    return mp.nstr(value, 25, min_fixed=-3, max_fixed=8)


CDNOW = (0.5532770470154295, 10.577683464847075, 0.6062399878897592, 11.668735246616821)
MODELS = [
    CDNOW,
    (0.55, 11.67, 0.61, 10.58),
    (0.5, 8.0, 1.0, 12.0),  # s = 1
    (2.5, 7.0, 1.0, 7.0),  # and alpha = beta
    (0.7, 9.0, 0.4, 9.0),
    (0.7, 9.0, 0.4, 9.000000001),
    (1e4, 1e5, 0.6, 11.0),  # nearly the same rate for all
    (1e6, 1e6, 1e6, 1e6),
    (0.5, 10.0, 1e4, 1e6),  # nearly the same dropout rate for all
    (1e-6, 1e-6, 1e-6, 1e-6),
    (1e-6, 1e6, 1e6, 1e-6),
    (0.3, 1e6, 0.4, 1e-6),
    (0.3, 1e-6, 0.4, 1e6),
    (1e6, 1e-6, 1e-6, 1e6),
    (5.0, 1e-3, 3.0, 1e3),
    (5.0, 1e3, 3.0, 1e-3),
]
HISTORIES = [
    (0, 0.0, 0.0),
    (0, 0.0, 38.857142857142854),
    (2, 30.428571428571427, 38.857142857142854),
    (26, 30.857142857142858, 31.0),
    (15, 0.0, 39.0),
    (300, 10.0, 365.0),
    (1, 39.0, 39.0),
    (0, 0.0, 1e6),
    (1000000, 999999.0, 1e6),
    (1000000, 1e3, 1e6),
]


def histories(draw, count):
    rows = []
    for _ in range(count):
        model = tuple(spread(draw, -6, 6) if k % 3 else spread(draw, -2, 2) for k in [draw.randrange(3) for _ in range(4)])
        age = spread(draw, -3, 6)
        x = int(draw.choice([0, 0, 1, 2, 5, 40, 3000, 1000000]))
        recency = 0.0 if x == 0 else float(f"{age * draw.choice([0.01, 0.3, 0.7, 0.99, 1.0]):.3g}")
        rows.append((*model, x, min(recency, age), age))
    return rows


def main():
    draw = random.Random(51)
    rows = [(*m, *h) for m in MODELS[:9] for h in HISTORIES] + [(*m, *h) for m in MODELS[9:] for h in HISTORIES[1:7]]
    rows += histories(draw, 100)
    names = "r,alpha,s,beta,x,t_x,T,later,t,horizon,delta,log_likelihood,by_r,by_alpha,by_s,by_beta"
    lines = [names + ",alive,alive_later,expected,discounted"]
    for row in rows:
        exact = [mpf(v) for v in row]
        later, t, delta = draw.choice([1.0, 39.0, 1e3]), draw.choice([0.5, 39.0, 52.0, 1e4, 1e6]), draw.choice([1e-4, 0.0027, 0.1, 3.0])
        horizon = float("inf") if draw.random() < 0.5 else t
        value = log_likelihood(*exact)
        slopes = []
        for k in range(4):
            high, low = list(exact), list(exact)
            high[k] *= mp.exp(STEP)
            low[k] *= mp.exp(-STEP)
            slopes.append((log_likelihood(*high) - log_likelihood(*low)) / (2 * STEP))
        alive, gone = dropout(*exact)
        alive = 1 / (1 + mp.exp(gone - alive)) if gone != mp.ninf else mpf(1)
        r, alpha, s, beta, x, recency, age = exact
        rate = alive * (r + x) / (alpha + age)
        alive_later = alive * mp.exp(-s * mp.log1p(later / (beta + age)))
        expected = rate * discounted_time(s, beta + age, mpf(t), 0)
        discounted = rate * discounted_time(s, beta + age, mpf(horizon), mpf(delta))
        values = [value, *slopes, alive, alive_later, expected, discounted]
        lines.append(",".join(map(cell, [*row, later, t, horizon, delta, *values])))
    (HERE / "pareto_nbd.csv").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, flush=True)

    lines = ["r,alpha,s,beta,t,n,probability"]
    for model in MODELS + [row[:4] for row in histories(draw, 40)]:
        r, alpha, s, beta = map(mpf, model)
        for t, n in [(39.0, 0), (39.0, 1), (39.0, 3), (1e-3, 1), (2.0, 40), (1e4, 2), (1e6, 5000), (1e6, 1000000)]:
            t, count = mpf(t), mpf(n)

            def purchases(u):
                return (
                    mp.loggamma(r + count) - mp.loggamma(r) - mp.loggamma(count + 1)
                    - r * mp.log1p(u / alpha) - count * mp.log1p(alpha / u)
                )

            def height(y):
                u = mp.exp(y)
                return y + purchases(u) - s * mp.log1p(u / beta) - mp.log(beta + u) + mp.log(s)

            stays = purchases(t) - s * mp.log1p(t / beta)
            leaves = integral(height, mp.log(t) - 400, mp.log(t))
            value = mp.exp(lse(stays, leaves))
            if value > mpf(10) ** -290:
                lines.append(",".join(map(cell, [*model, float(t), n, value])))
    (HERE / "pareto_nbd_counts.csv").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, flush=True)


if __name__ == "__main__":
    main()
