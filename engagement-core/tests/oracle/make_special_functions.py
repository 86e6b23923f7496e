"""Makes the tables of special functions in this folder, 25 digits a value.

    python3 make_special_functions.py            # all tables
    python3 make_special_functions.py ln_beta    # one of them

Needs mpmath 1.3. Every input is a 64-bit float, written with the fewest digits that read back to it, and the value is
that of exactly this input. The same seed gives the same tables.

The methods are not those of the library: series and quadrature at 60 digits, with as many terms as it takes. What mpmath
itself can evaluate (hyp2f1) is compared with them on the way.
"""

import itertools
import pathlib
import random
import sys

from mpmath import mp, mpf

mp.dps = 60
HERE = pathlib.Path(__file__).parent
TINY = mpf(10) ** -34


def spread(low, high, count, seed):
    """Floats of even logarithm between two powers of ten, and short ones."""
    draw = random.Random(seed)
    values = []
    for k in range(count):
        x = 10 ** draw.uniform(low, high)
        values.append(float(f"{x:.3g}") if k % 2 else x)
    return values


def table(name, columns, rows):
    """Writes one table; the last columns are values."""
    lines = [",".join(columns)]
    for row in rows:
        cells = []
        for cell in row:
            if isinstance(cell, float):
                cells.append(repr(cell))
            elif isinstance(cell, int):
                cells.append(str(cell))
            else:
                cells.append(mp.nstr(cell, 25, min_fixed=-3, max_fixed=8))
        lines.append(",".join(cells))
    (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n")
    print(name, len(rows), flush=True)


# Elementary differences


def elementary():
    """x − ln(1 + x) and eˣ − 1 − x."""
    xs = [s * x for x in spread(-12, 2, 60, 1) for s in (1, -1) if s * x > -0.999999]
    xs += [-0.4, 0.7, 0.5, -0.5, 0.399, -0.401, 0.699, 0.701, -0.99, -0.499, 0.501]
    table(
        "elementary",
        ["x", "minus_ln_1p", "exp_m1_minus"],
        [(x, mpf(x) - mp.log1p(mpf(x)), mp.expm1(mpf(x)) - mpf(x)) for x in xs],
    )


# Gamma function

POINTS = [1e-6, 1e-3, 0.1, 0.5, 0.999, 1.0, 1.001, 1.46, 1.4616321449683622, 1.4616321449683625, 1.47, 1.5, 1.999, 2.0, 2.001]
POINTS += [2.5, 3.0, 5.5, 9.999, 10.0, 10.5, 12.0, 100.0, 1e4, 1e6, 1e7]


def gamma():
    """ln Γ, ψ and ψ′."""
    xs = POINTS + spread(-6, 7, 120, 2) + [1.0 + x for x in spread(-4, 0, 60, 3)]
    table(
        "gamma",
        ["x", "ln_gamma", "digamma", "trigamma"],
        [(x, mp.loggamma(mpf(x)), mp.digamma(mpf(x)), mp.psi(1, mpf(x))) for x in xs],
    )


def rising():
    """ln Γ(a + x) − ln Γ(a) and the differences of its derivatives, of the second one as it falls."""
    pairs = list(itertools.product([1e-6, 0.01, 0.24, 1.0, 1.4616, 3.5, 9.99, 10.0, 31.4, 1e3, 1e6, 1e7], [0.0, 1.0, 2.0, 5.0, 7.0, 8.0, 9.0, 30.0, 1e3, 1e6]))
    pairs += list(zip(spread(-6, 7, 150, 4), spread(-12, 6, 150, 5)))
    pairs += list(zip(spread(-1, 1.2, 60, 6), spread(-3, 1.5, 60, 7)))
    pairs += [(a, float(round(x))) for a, x in zip(spread(-6, 7, 60, 8), spread(0, 6, 60, 9))]
    rows = []
    for a, x in pairs:
        b, s = mpf(a), mpf(a) + mpf(x)
        rows.append((a, x, mp.loggamma(s) - mp.loggamma(b), mp.digamma(s) - mp.digamma(b), mp.psi(1, b) - mp.psi(1, s)))
    table("rising", ["a", "x", "ln_rising", "digamma_rise", "trigamma_fall"], rows)


# Beta function


def ln_beta_of(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def ln_beta():
    """ln B, with one small and one large argument among them."""
    pairs = list(itertools.product([1e-6, 0.01, 0.5, 1.0, 2.0, 7.3, 10.0, 55.5, 1e3, 1e6], repeat=2))
    pairs += list(zip(spread(-6, 7, 200, 10), spread(-6, 7, 200, 11)))
    table("ln_beta", ["a", "b", "ln_beta"], [(a, b, ln_beta_of(mpf(a), mpf(b))) for a, b in pairs])


def ln_beta_ratio():
    """ln B(a + da, b + db) − ln B(a, b)."""
    ends = [1e-6, 0.5, 3.0, 12.0, 1e3, 1e6]
    rows = [(a, b, da, db) for a in ends for b in ends for da, db in [(0.0, 1.0), (1.0, 0.0), (3.0, 0.0), (7.0, 2.0), (40.0, 1.0), (0.0, 1e6)]]
    shifts = [[0.0 if k % 7 == s else x for k, x in enumerate(spread(-6, 6, 200, 14 + s))] for s in (0, 1)]
    rows += list(zip(spread(-6, 6, 200, 12), spread(-6, 6, 200, 13), *shifts))
    out = []
    for row in rows:
        a, b, da, db = map(mpf, row)
        out.append((*row, ln_beta_of(a + da, b + db) - ln_beta_of(a, b)))
    table("ln_beta_ratio", ["a", "b", "da", "db", "ln_beta_ratio"], out)


def beta_lower(a, b, x):
    """Iₓ(a, b) by the series of positive terms."""
    term = mpf(1)
    total = mpf(1)
    n = 0
    while True:
        ratio = (a + b + n) / (a + 1 + n) * x
        term *= ratio
        total += term
        n += 1
        if ratio < 1 and term * ratio / (1 - ratio) < TINY * mpf(10) ** -20 * total:
            break
    return mp.exp(a * mp.log(x) + b * mp.log1p(-x) - mp.log(a) - ln_beta_of(a, b)) * total


def beta_tails(a, b, x):
    """(Iₓ, 1 − Iₓ), the smaller one from its series, at enough digits for the other."""
    old = mp.dps
    try:
        if x < (a + 1) / (a + b + 2):
            lower = beta_lower(a, b, x)
            upper = 1 - lower
            if upper < mpf(10) ** -25:
                raise ValueError("digits lost")
        else:
            upper = beta_lower(b, a, 1 - x)
            lower = 1 - upper
            if lower < mpf(10) ** -25:
                raise ValueError("digits lost")
    finally:
        mp.dps = old
    return lower, upper


def beta_inc():
    """Both tails of the incomplete beta function."""
    draw = random.Random(16)
    rows = [(a, b, x) for a in (1e-6, 0.3, 1.0, 2.5, 40.0) for b in (1e-6, 0.3, 1.0, 2.5, 40.0) for x in (1e-9, 0.01, 0.3, 0.5, 0.875, 0.999)]
    for a, b in zip(spread(-6, 5, 120, 17), spread(-6, 5, 120, 18)):
        # Where neither tail is 0 in 64 bits: some deviations around the mean.
        mean = a / (a + b)
        wide = (mean * (1 - mean) / (a + b + 1)) ** 0.5
        x = mean + draw.uniform(-6, 6) * wide
        if not 0 < x < 1:
            x = draw.random()
        rows.append((a, b, x))
    rows += [(1e6, 1e6, 0.5), (1e6, 1e6, 0.4985), (1e6, 1e6, 0.501), (1e6, 2.5, 0.999999), (3.0, 1e6, 1e-6), (1e6, 1e3, 0.999)]
    out = []
    for row in rows:
        lower, upper = beta_tails(*map(mpf, row))
        if min(lower, upper) > mpf(10) ** -290:
            out.append((*row, lower, upper))
    table("beta_inc", ["a", "b", "x", "lower", "upper"], out)


def gamma_tails(a, x):
    """(P, Q) from the series of positive terms, at enough digits for Q."""
    old = mp.dps
    mp.dps = 60 + int(max(0, x - a) / 2.3)
    term = total = 1 / a
    n = 0
    while True:
        n += 1
        ratio = x / (a + n)
        term *= ratio
        total += term
        if ratio < 1 and term * ratio / (1 - ratio) < mp.eps * total:
            break
    lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a)) * total
    upper = 1 - lower
    mp.dps = old
    return +lower, +upper


def gamma_inc():
    """Both tails of the incomplete gamma function."""
    draw = random.Random(19)
    rows = [(a, x) for a in (1e-6, 0.01, 0.5, 1.0, 3.7, 20.0) for x in (1e-9, 0.01, 0.9, 1.1, 1.5, 2.0, 7.0, 30.0)]
    for a in spread(-6, 5, 120, 20):
        x = a + draw.uniform(-6, 6) * a**0.5
        rows.append((a, x if x > 0 else draw.uniform(0.01, 20)))
    rows += [(1e6, 1e6), (1e6, 996000.0), (1e6, 1003000.0)]
    out = [(*row, *gamma_tails(*map(mpf, row))) for row in rows]
    table("gamma_inc", ["a", "x", "lower", "upper"], [row for row in out if min(row[2:]) > mpf(10) ** -290])


def negative_binomial():
    """ln P(N = n) and P(N ≥ n)."""
    draw = random.Random(21)
    rows = [(s, scale, t, n) for s in (1e-6, 0.24, 1.0, 12.5) for scale, t in ((4.4, 39.0), (1e6, 1.0), (1e-6, 1.0), (10.0, 0.1)) for n in (0, 1, 2, 10, 60)]
    for s, scale, t in zip(spread(-6, 5, 120, 22), spread(-6, 6, 120, 23), spread(-2, 4, 120, 24)):
        mean = s * t / scale
        wide = (mean * (1 + t / scale)) ** 0.5
        n = int(mean + draw.uniform(-3, 5) * wide)
        # The series for P(N ≥ n) takes hundreds of t/scale terms.
        rows.append((s, scale, t, n if 0 <= n <= 10**6 and (n < 1000 or t < 1000 * scale) else draw.randrange(20)))
    rows += [(1e6, 1e6, 365.0, 365), (1e6, 1e6, 365.0, 500), (1e6, 1.0, 1.0, 10**6), (1e6, 1.0, 1.0, 10**6 + 5000)]
    out = []
    for s, scale, t, n in rows:
        shape, odds = mpf(s), mpf(t) / mpf(scale)
        ln_pmf = mp.loggamma(shape + n) - mp.loggamma(shape) - mp.loggamma(n + 1) - shape * mp.log1p(odds) + n * mp.log(odds / (1 + odds))
        upper = mpf(1) if n == 0 else beta_tails(mpf(n), shape, odds / (1 + odds))[0]
        if upper > mpf(10) ** -290:
            out.append((s, scale, t, n, ln_pmf, upper))
    table("negative_binomial", ["shape", "scale", "t", "n", "ln_pmf", "upper"], out)


# Integrals over the line, by the trapezoidal rule at 60 digits


def walk(step, start, rate, flat, term):
    """Σ term(start + k step), k ≥ 0, closed as a geometric series beyond `flat`."""
    total, v, previous = mpf(0), start, None
    while True:
        value = term(v)
        total += value
        if v > flat:
            return total + value / mp.expm1(rate * step)
        if previous is not None and value < previous and value * value < TINY * mpf(10) ** -6 * total * (previous - value):
            return total
        previous = value
        v += step


def line(step, left, right, term):
    """∫ term(v) dv; `left` and `right` are (rate, flat)."""
    both = lambda start: walk(step, start, *right, term) + walk(step, start, *left, lambda v: term(-v))
    total = step * (term(mpf(0)) + both(step))
    while True:
        finer = (total + step * both(step / 2)) / 2
        step /= 2
        if abs(finer - total) < mpf(10) ** -28 * abs(finer):
            return finer
        total = finer


def ln_mean_power(a, b, d, y):
    """ln of the mean of (1 + p y)^−a under Beta(b, d)."""
    up, c = 1 + y, b + d
    k = b * up - d - a * y
    t = (k + mp.sqrt(k * k + 4 * up * d * b)) / (2 * up * d)
    p, r = t / (1 + t), up * t / (1 + up * t)
    curvature = (c - a) * p * (1 - p) + a * r * (1 - r)
    step = min(mpf(1) / 5, 1 / (3 * mp.sqrt(curvature)))
    left = (b, max(mpf(1), 90 + mp.log(max(c, a * up, 1)) + mp.log(t)))
    right = (d, max(mpf(1), 90 + mp.log(max(c, a, 1)) - mp.log(t)))

    def term(v):
        x = mp.expm1(v)
        return mp.exp(b * v + (a - c) * mp.log1p(p * x) - a * mp.log1p(r * x))

    peak = b * mp.log(t) + (a - c) * mp.log1p(t) - a * mp.log1p(up * t) - ln_beta_of(b, d)
    return mp.log(line(step, left, right, term)) + peak


def agree(got, want, digits=24):
    if abs(got - want) > mpf(10) ** -digits * max(1, abs(want)):
        raise ValueError(f"{got} is not {want}")


def mean_power():
    """The mean of (1 + p y)^−a under Beta(b, d), which is F(a, b; b + d; −y)."""
    sizes = [1e-6, 0.01, 0.8, 1.0, 2.5, 13.0, 300.0, 1e4, 1e6]
    ys = [1e-12, 1e-6, 1e-3, 0.1, 0.4, 1.0, 2.7, 30.0, 1e4, 1e12]
    draw = random.Random(25)
    rows = [(draw.choice(sizes), draw.choice(sizes), draw.choice(sizes), draw.choice(ys)) for _ in range(400)]
    rows += list(zip(spread(-6, 6, 200, 26), spread(-6, 6, 200, 27), spread(-6, 6, 200, 28), spread(-6, 6, 200, 29)))
    # What fitted models ask: r + x, a, b + x, t/(α + T).
    ordinary = zip(spread(-1, 2, 200, 30), spread(-1, 1, 200, 31), spread(-0.5, 2, 200, 32), spread(-2, 1, 200, 33))
    rows += list(ordinary)
    out = []
    for row in rows:
        a, b, d, y = map(mpf, row)
        value = ln_mean_power(a, b, d, y)
        if max(a, b, d) < 20 and y < 100 and min(a, b, d) > 0.001:
            agree(value, mp.log(mp.hyp2f1(a, b, b + d, -y)))
        if value > -650:
            out.append((*row, mp.exp(value)))
    table("mean_power", ["a", "b", "d", "y", "mean_power"], out)


def f21_1():
    """ln F(1, b; c; 1 − w)."""
    sizes = [1e-6, 0.3, 1.0, 2.0, 13.0, 300.0, 1e4, 1e6]
    draw = random.Random(34)
    rows = [(draw.choice(sizes), draw.choice(sizes), draw.choice([1e-12, 1e-6, 1e-3, 0.05, 0.3, 0.7, 0.99, 0.999999])) for _ in range(200)]
    rows += list(zip(spread(-6, 6, 100, 35), spread(-6, 6, 100, 36), [min(w, 0.9999) for w in spread(-9, 0, 100, 37)]))
    # What Pareto/NBD asks: c above b.
    for b, more, w in zip(spread(-2, 3, 150, 38), spread(-2, 3, 150, 39), spread(-4, -0.01, 150, 40)):
        rows.append((b, b + more, w))
    rows += [(2.0, 3.0, 1e-9), (12.5, 13.5, 1e-6), (5.0, 6.0, 1e-3), (0.6062400, 1.6062400, 1e-4), (1.0, 1.0, 1e-3), (3.0, 1.0, 0.4)]
    out = []
    for row in rows:
        b, c, w = map(mpf, row)
        z = 1 - w
        if c > b:
            value = ln_mean_power(mpf(1), c - b, b, z / w) - mp.log(w)
        elif c > 1:
            lower, _ = beta_tails(c - 1, b - c + 1, z)
            value = mp.log((c - 1) * lower) + ln_beta_of(c - 1, b - c + 1) - (c - 1) * mp.log(z) - (b - c + 1) * mp.log(w)
        else:
            lower, _ = beta_tails(c, b - c + 1, z)
            value = mp.log(c * lower) + ln_beta_of(c, b - c + 1) - c * mp.log(z) - (b - c + 1) * mp.log(w)
            value = mp.log1p(b / c * z * mp.exp(value))
        if max(b, c) < 20 and w > 0.01 and min(b, c) > 0.001:
            agree(value, mp.log(mp.hyp2f1(1, b, c, z)))
        out.append((*row, value))
    table("f21_1", ["b", "c", "one_minus_z", "ln_f21_1"], out)


def beta_expectation():
    """The mean of (1 − (1 + p y)^−m)/p under Beta(a, b), which is expected purchases over the probability of being alive."""
    sizes = [1e-6, 0.3, 1.0, 4.0, 60.0, 1e4, 1e6]
    draw = random.Random(41)
    rows = [(draw.choice(sizes), draw.choice(sizes), draw.choice(sizes), draw.choice([1e-9, 1e-3, 0.3, 1.0, 40.0, 1e6, 1e12])) for _ in range(250)]
    rows += list(zip(spread(-6, 6, 100, 42), spread(-6, 6, 100, 43), spread(-6, 6, 100, 44), spread(-6, 6, 100, 45)))
    out = []
    for row in rows:
        a, b, m, y = map(mpf, row)
        n, t = a + b, a / b
        p = a / n
        step = min(mpf(1) / 5, 1 / (3 * mp.sqrt(n * p * (1 - p))))
        left = (a, max(mpf(1), 90 + mp.log(max(n, m * (1 + y), 1)) + mp.log(t)))
        right = (b, max(mpf(1), 90 + mp.log(max(n, m, 1)) - mp.log(t)))
        weight = lambda v: mp.exp(a * v - n * mp.log1p(p * mp.expm1(v)))

        def term(v):
            x = t * mp.exp(v)
            x = x / (1 + x)
            return weight(v) * -mp.expm1(-m * mp.log1p(x * y)) / x

        ln_weight = ln_beta_of(a, b) - a * mp.log(p) - b * mp.log1p(-p)
        out.append((*row, line(step, left, right, term) * mp.exp(-ln_weight)))
    table("beta_expectation", ["a", "b", "m", "y", "beta_expectation"], out)


TABLES = [elementary, gamma, rising, ln_beta, ln_beta_ratio, beta_inc, gamma_inc, negative_binomial, mean_power, f21_1, beta_expectation]

if __name__ == "__main__":
    for make in TABLES:
        if len(sys.argv) < 2 or make.__name__ in sys.argv[1:]:
            make()
