"""Makes the tables geometric_*.csv in this folder: BG/NBD, MBG/NBD and their CNBD-k, 20 digits a value or more.

    python3 make_geometric.py                # all tables
    python3 make_geometric.py discounted     # one of them

Needs mpmath 1.3 (and is much faster with gmpy2). Every input is a 64-bit float, written with the fewest digits that read
back to it, and the value is that of exactly this input. The same seed gives the same tables.

The methods are those of the definitions, at 40 digits and more: the textbook likelihood, integrals over the chance of
leaving, sums over every count, the integral of the discounted density of purchases. Where
Gauss's function has a closed form for the same value, the script compares the two.

Columns: first (1: the customer may leave after the first purchase), k, r, alpha, a, b, x, t_x, T, what is asked, and the
values. `_scale` is the sum of the sizes of the terms of a log-likelihood or derivative; `_condition` is the sum of
|d ln value/d ln input| over all inputs that are not whole numbers.
"""

import functools
import itertools
import pathlib
import random
import sys

from mpmath import mp, mpf

mp.dps = 45
HERE = pathlib.Path(__file__).parent
INFINITY = float("inf")


def table(name, columns, rows):
    """Writes one table."""
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
    (HERE / f"geometric_{name}.csv").write_text("\n".join(lines) + "\n")
    print(name, len(rows), flush=True)


MODEL = ["first", "k", "r", "alpha", "a", "b", "x", "t_x", "T"]

# The points: (first, k, r, alpha, a, b, x, t_x, T)


def cdnow():
    """Ordinary customers."""
    models = [(0, 1, 0.243, 4.414, 0.793, 2.426), (1, 1, 0.525, 6.183, 0.891, 1.614), (0, 3, 0.5, 2.0, 0.3, 0.6), (1, 2, 1.2, 7.0, 0.8, 2.1), (1, 12, 3.0, 2.5, 1.4, 0.7)]
    histories = [(0, 0.0, 0.0), (0, 0.0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (7, 29.43, 38.86), (29, 38.86, 38.86), (26, 30.857142857142858, 31.0), (500, 10.0, 365.0)]
    return [(*m, *h) for m in models for h in histories]


def corners():
    """The ends of the domains."""
    ends = [
        (0.243, 4.414, 1.0, 2.426), (0.5, 3.0, 1.0, 1e-6), (1.0, 1.0, 1e-6, 1e6), (1.0, 1.0, 1e6, 1e-6), (1e-6, 1e-6, 1e-6, 1e-6),
        (1e-6, 1e6, 0.7, 2.0), (1e6, 1e-6, 0.7, 2.0), (1e6, 1e6, 1e6, 1e6), (1e4, 1e5, 0.8, 2.4), (1e4, 1e5, 2.5, 7.0), (0.3, 1e6, 5.0, 1e6), (2.0, 1e-6, 1.0000001, 3.0),
        (0.25, 0.75, 0.5, 0.5), (50.0, 5.0, 20.0, 1e3), (0.9999999, 12.0, 0.9999999, 0.1),
    ]
    histories = [(0, 0.0, 0.0), (0, 0.0, 1e6), (1, 0.0, 40.0), (1, 40.0, 40.0), (3, 1e-6, 30.0), (1000000, 1e6, 1e6), (1000000, 999990.0, 1e6), (1000, 5e5, 1e6)]
    return [(n % 2, (1, 1, 3, 1, 5, 12)[n % 6], *p, *h) for n, (p, h) in enumerate(itertools.product(ends, histories))]


def anywhere(count, seed, reach=6.0, largest=6.0):
    """Points of even logarithm over the whole domain."""
    draw = random.Random(seed)
    points = []
    for n in range(count):
        r, alpha, a, b = (float(f"{10 ** draw.uniform(-reach, reach):.4g}") for _ in range(4))
        x = draw.choice([0, 1, 2, 3, int(10 ** draw.uniform(0, largest))])
        age = float(f"{10 ** draw.uniform(-2, largest):.6g}")
        recency = 0.0 if x == 0 else float(f"{age * draw.choice([draw.random(), 1.0, 1 - 10 ** draw.uniform(-9, -1)]):.12g}")
        points.append((n % 2, draw.choice([1, 1, 1, 2, 3, 7, 12]), r, alpha, a, b, x, min(recency, age), age))
    return points


# Likelihood and P(alive)


def ln_gamma(x):
    return mp.loggamma(x)


def pieces(point):
    """The textbook terms: ln of the two endings and what they share."""
    first, k, r, alpha, a, b, x, t_x, age = point
    shape = r + k * x
    leaving = None
    if x > 0 or first:
        leaving = mp.log(a) - mp.log(b + x - 1 + first) + shape * (mp.log(alpha + age) - mp.log(alpha + t_x))
    s = (age - t_x) / (alpha + age)
    phases = [mp.rf(shape, j) / mp.factorial(j) * s**j for j in range(k)]
    return shape, leaving, phases


def likelihood_of(point):
    first, k, r, alpha, a, b, x, t_x, age = point
    shape, leaving, phases = pieces(point)
    n = x + first
    ending = mp.log((mp.exp(leaving) if leaving is not None else 0) + sum(phases))
    terms = [
        ln_gamma(shape) - ln_gamma(r), -r * mp.log1p(age / alpha), -k * x * mp.log(alpha + age), ln_gamma(b + n) - ln_gamma(b),
        -(ln_gamma(a + b + n) - ln_gamma(a + b)), -x * ln_gamma(mpf(k)), ending,
    ]
    return sum(terms), sum(map(abs, terms))


def alive_of(point):
    _, leaving, phases = pieces(point)
    stays = sum(phases)
    return stays / (stays + (mp.exp(leaving) if leaving is not None else 0))


def derivatives_of(point):
    """By the logarithms of r, alpha, a and b: written out, with the sizes of the terms."""
    first, k, r, alpha, a, b, x, t_x, age = point
    shape, leaving, phases = pieces(point)
    alive = alive_of(point)
    gone = 1 - alive
    n = x + first
    stays = sum(phases)
    wait = mp.log(alpha + age) - mp.log(alpha + t_x) if leaving is not None else mpf(0)
    rises = alive * sum(p * (mp.digamma(shape + j) - mp.digamma(shape)) for j, p in enumerate(phases)) / stays
    counts = alive * sum(p * j for j, p in enumerate(phases)) / stays
    by_r = [r * (mp.digamma(shape) - mp.digamma(r)), -r * mp.log1p(age / alpha), r * gone * wait, r * rises]
    by_alpha = [r * age / (alpha + age), -k * x * alpha / (alpha + age), -gone * shape * alpha * (age - t_x) / ((alpha + age) * (alpha + t_x)), -counts * alpha / (alpha + age)]
    all_in = mp.digamma(a + b + n) - mp.digamma(a + b)
    by_a = [-a * all_in, gone]
    by_b = [b * (mp.digamma(b + n) - mp.digamma(b)), -b * all_in, -gone * b / (b + x - 1 + first) if leaving is not None else mpf(0)]
    return [(sum(terms), sum(map(abs, terms))) for terms in (by_r, by_alpha, by_a, by_b)]


def exact(point):
    first, k, r, alpha, a, b, x, t_x, age = point
    return (first, k, mpf(r), mpf(alpha), mpf(a), mpf(b), x, mpf(t_x), mpf(age))


def condition(f, inputs, value):
    """Σ |d ln f/d ln input| over the inputs that are not whole numbers."""
    total = mpf(0)
    step = mpf(10) ** -9
    for i, v in enumerate(inputs):
        if isinstance(v, int) or v == 0 or v == mp.inf:
            continue
        moved = list(inputs)
        moved[i] = v * (1 + step)
        total += abs((f(moved) - value) / (value * step)) if value else 0
    return mpf(mp.nstr(total, 4))


def likelihood():
    rows = []
    with mp.workdps(60):
        for point in cdnow() + corners() + anywhere(250, 1):
            p = exact(point)
            values = [likelihood_of(p), *derivatives_of(p)]
            alive = alive_of(p)
            rows.append((*point, *(cell for value, scale in values for cell in (value, mpf(mp.nstr(scale, 6)))), alive, condition(alive_of, p, alive)))
    names = ["ln_likelihood", "by_ln_r", "by_ln_alpha", "by_ln_a", "by_ln_b"]
    table("likelihood", MODEL + [c for name in names for c in (name, name + "_scale")] + ["alive", "alive_condition"], rows)


# Purchases to come


@functools.lru_cache(maxsize=None)
def gauss(n):
    """Gauss's rule on −1 to 1."""
    nodes = []
    for i in range(n):
        x = mp.cos(mp.pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(8):
            p, q = mpf(1), x
            for m in range(2, n + 1):
                p, q = q, ((2 * m - 1) * x * q - (m - 1) * p) / m
            slope = n * (x * q - p) / (x * x - 1)
            x -= q / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


def panel(f, low, high, n):
    middle, half = (low + high) / 2, (high - low) / 2
    return half * sum(w * f(middle + half * x) for x, w in gauss(n))


def adaptive(f, breaks, digits):
    """∫ f over the panels, each halved until two rules agree."""
    total = mpf(0)
    todo = [(low, high, 0) for low, high in zip(breaks, breaks[1:])]
    rough = sum(abs(panel(f, low, high, 4)) for low, high, _ in todo)
    tolerance = rough * mpf(10) ** -digits
    while todo:
        low, high, depth = todo.pop()
        coarse, fine = panel(f, low, high, 16), panel(f, low, high, 26)
        if abs(fine - coarse) <= tolerance or depth > 40:
            total += fine
        else:
            middle = (low + high) / 2
            todo += [(low, middle, depth + 1), (middle, high, depth + 1)]
    return total


def beta_mean(a, d, f, smallest, digits):
    """The mean of f(p) over p ~ beta(a, d), over the log-odds of p; f is constant far below `smallest`."""
    ln_b = ln_gamma(a) + ln_gamma(d) - ln_gamma(a + d)

    def at(v):
        if v < 0:
            ln_q = -mp.log1p(mp.exp(v))
            ln_p = v + ln_q
        else:
            ln_p = -mp.log1p(mp.exp(-v))
            ln_q = ln_p - v
        return ln_p, ln_q

    def integrand(v):
        ln_p, ln_q = at(v)
        return mp.exp(a * ln_p + d * ln_q - ln_b) * f(mp.exp(ln_p))

    def height(v):
        ln_p, ln_q = at(v)
        return a * ln_p + d * ln_q + mp.log(f(mp.exp(ln_p)))

    low = mp.log(smallest) - 75
    high = mp.log(1 + a + d) + 75
    # The mode, and how wide it is.
    left, right = low, high
    with mp.workdps(30):
        while right - left > mpf(10) ** -4:
            third = (right - left) / 3
            if height(left + third) < height(right - third):
                left += third
            else:
                right -= third
        mode = (left + right) / 2
        h = mpf(10) ** -5
        bend = -(height(mode + h) - 2 * height(mode) + height(mode - h)) / h**2
    step = min(mpf("0.4"), mpf("0.4") / mp.sqrt(max(bend, mpf(1))))

    def side(start, step, direction):
        """Every step from `start` on; what is left is geometric, because f is constant there."""
        total, v, previous = mpf(0), start, mpf(0)
        rate, end = (d, high - mode) if direction > 0 else (a, mode - low)
        while True:
            value = integrand(mode + direction * v)
            total += value
            if v > end:
                return total + value / mp.expm1(rate * step)
            if value < previous and value * value < mpf(10) ** -(digits + 3) * total * (previous - value):
                return total
            previous = value
            v += step

    total = step * (integrand(mode) + side(step, step, 1) + side(step, step, -1))
    while True:
        between = step * (side(step / 2, step, 1) + side(step / 2, step, -1))
        finer = (total + between) / 2
        # The error squares with every halving.
        if abs(finer - total) < mpf(10) ** -(digits / 2) * finer:
            return finer
        total, step = finer, step / 2


def ahead(point):
    """P(alive), shape, scale, a, second parameter of p, P(phase)."""
    first, k, r, alpha, a, b, x, t_x, age = point
    shape, _, phases = pieces(point)
    stays = sum(phases)
    return alive_of(point), shape, alpha + age, a, b + x + first, [p / stays for p in phases]


def by_every_count(point, t, g):
    """Σ_j P(j) Σ_i P(N_j = i) g(⌊(i + j)/k⌋) and the sum of P(N = i) as a check; g is a generator of g(0), g(1), …"""
    k = point[1]
    _, shape, scale, _, _, phases = ahead(point)
    u = t / scale
    q = u / (1 + u)
    total = mpf(0)
    for j, phase in enumerate(phases):
        s = shape + j
        values = g()
        value = next(values)
        probability = mp.exp(-s * mp.log1p(u))
        i, to_go, seen, part = 0, k - j, probability, probability * value
        while True:
            i += 1
            probability *= (s + i - 1) / i * q
            to_go -= 1
            if to_go == 0:
                to_go, value = k, next(values)
            part += probability * value
            seen += probability
            ratio = (s + i) / (i + 1) * q
            # 2: the values at most double from one purchase to the next once there is one.
            if ratio < 1 and i > k and probability * (i + 2) / (1 - max(ratio, q)) ** 2 < mpf(10) ** -33 * part:
                break
        assert abs(seen - 1) < mpf(10) ** -20, (point, t, seen)
        total += phase * part
    return total


def staying_values(a, d):
    value = mpf(1)
    for n in itertools.count():
        yield value
        value *= (d + n) / (a + d + n)


def made_values(a, d):
    total = mpf(0)
    for value in staying_values(a, d):
        yield total
        total += value


def counts_needed(point, t):
    _, shape, scale, _, _, _ = ahead(point)
    u = t / scale
    mean = (shape + point[1]) * u
    return mean + 12 * mp.sqrt(mean * (1 + u)) + 80 * (1 + u)


def alive_at_of(point, t, digits=28):
    alive, shape, scale, a, d, _ = ahead(point)
    u = t / scale
    if point[1] == 1:
        return alive * beta_mean(a, d, lambda p: mp.exp(-shape * mp.log1p(p * u)), 1 / (1 + (shape + 1) * u), digits)
    return alive * by_every_count(point, t, lambda: staying_values(a, d))


def purchases_of(point, t, digits=28):
    alive, shape, scale, a, d, _ = ahead(point)
    u = t / scale
    if point[1] == 1:
        return alive * beta_mean(a, d, lambda p: -mp.expm1(-shape * mp.log1p(p * u)) / p, 1 / (1 + (shape + 1) * u), digits)
    return alive * by_every_count(point, t, lambda: made_values(a, d))


def times(point, n):
    return [1.0, 39.0, 0.001, 1e6, 300.0][n % 5]


def affordable(points, most):
    """The points with a time, without those of several phases that take too many counts."""
    chosen = []
    for n, point in enumerate(points):
        t = times(point, n)
        p = exact(point)
        if point[1] == 1 or counts_needed(p, mpf(t)) < most:
            chosen.append((point, t))
    return chosen


def check_closed_forms():
    """Quadrature against Gauss's function and against the sum over counts."""
    for point in [(0, 1, 0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86), (1, 1, 0.525, 6.183, 0.891, 1.614, 0, 0.0, 0.0), (1, 1, 3.5, 2.0, 1.7, 5.0, 4, 3.0, 9.0)]:
        p, t = exact(point), mpf(39)
        alive, shape, scale, a, d, _ = ahead(p)
        u = t / scale
        closed = alive * (a + d - 1) / (a - 1) * (1 - mp.hyp2f1(shape, a - 1, a + d - 1, -u))
        for value in (purchases_of(p, t), alive * by_every_count(p, t, lambda: made_values(a, d))):
            assert abs(value / closed - 1) < mpf(10) ** -24, (point, value, closed)
        closed = alive * mp.hyp2f1(shape, a, a + d, -u)
        for value in (alive_at_of(p, t), alive * by_every_count(p, t, lambda: staying_values(a, d))):
            assert abs(value / closed - 1) < mpf(10) ** -24, (point, value, closed)


def to_come():
    check_closed_forms()
    rows = []
    points = affordable(cdnow(), 4000) + affordable(corners(), 4000) + affordable(anywhere(70, 2), 20000)
    points += [((0, 1, 0.3, 5.0, 0.8, 2.0, 2, 3.0, 9.0), 1e12), ((1, 1, 0.3, 5.0, 2.8, 2.0, 2, 3.0, 9.0), 1e12), ((0, 1, 1e4, 1e5, 0.8, 2.4, 0, 0.0, 0.0), 1000.0)]
    for point, t in points:
        p = exact(point)
        values = []
        for f in (alive_at_of, purchases_of):
            value = f(p, mpf(t))
            many = p[1] > 1 and counts_needed(p, mpf(t)) > 3000
            c = mpf(0) if many else condition(lambda v: f(tuple(v[:-1]), v[-1], 20), (*p, mpf(t)), value)
            values += [value, c]
        rows.append((*point, t, *values))
        print(len(rows), len(points), point, t, mp.nstr(values[0], 8), mp.nstr(values[2], 8), file=sys.stderr, flush=True)
    table("to_come", MODEL + ["t", "alive_at", "alive_at_condition", "purchases", "purchases_condition"], rows)


# Probabilities of counts


def negative_binomial(shape, u, low, high):
    """P(low ≤ N < high) and P(N ≥ low)."""
    q = u / (1 + u)
    if low < 80 * u:
        # Fewer below than above; nothing is lost, because most lies above.
        probability, below, exactly = mp.exp(-shape * mp.log1p(u)), mpf(0), mpf(0)
        for i in range(high):
            below += probability if i < low else 0
            exactly += probability if i >= low else 0
            probability *= (shape + i) / (i + 1) * q
        assert 1 - below > mpf(10) ** -15
        return exactly, 1 - below
    probability = mp.exp(ln_gamma(shape + low) - ln_gamma(shape) - ln_gamma(mpf(low) + 1) - shape * mp.log1p(u) + low * mp.log(q))
    i, exactly, upper = low, mpf(0), mpf(0)
    while True:
        if i < high:
            exactly += probability
        upper += probability
        ratio = (shape + i) / (i + 1) * q
        probability *= ratio
        i += 1
        if i >= high and ratio < 1 and probability / (1 - max(ratio, q)) < mpf(10) ** -34 * upper:
            return exactly, upper


def probability_of(point, t, n):
    k = point[1]
    alive, shape, scale, a, d, phases = ahead(point)
    u = t / scale
    ln_b = ln_gamma(a) + ln_gamma(d) - ln_gamma(a + d)
    kept = mp.exp(ln_gamma(a) + ln_gamma(d + n) - ln_gamma(a + d + n) - ln_b)
    left = mp.exp(ln_gamma(a + 1) + ln_gamma(d + n - 1) - ln_gamma(a + d + n) - ln_b) if n else mpf(0)
    total = mpf(0) if n else 1 - alive
    for j, phase in enumerate(phases):
        exactly, upper = negative_binomial(shape + j, u, max(0, k * n - j), k * n + k - j)
        total += alive * phase * (kept * exactly + left * upper)
    return total


def counts():
    rows = []
    with mp.workdps(60):
        points = [(p, t, n) for (p, t), n in zip(affordable(cdnow(), 1e4), itertools.cycle([0, 1, 2, 10, 40, 300]))]
        points += [(p, t, n) for (p, t), n in zip(affordable(corners() + anywhere(150, 3), 1e4), itertools.cycle([0, 1, 3, 100, 5000])) if counts_needed(exact(p), mpf(t)) < 1e4]
        points += [((0, 1, 0.243, 4.414, 0.793, 2.426, 0, 0.0, 0.0), t, n) for t, n in [(2.0, 10), (30.0, 11), (30.0, 19), (1e6, 1000), (1e6, 100000)]]
        for point, t, n in points:
            p = exact(point)
            value = probability_of(p, mpf(t), n)
            print(len(rows), point, t, n, mp.nstr(value, 8), file=sys.stderr, flush=True)
            rows.append((*point, t, n, value, condition(lambda v: probability_of(tuple(v[:-2]), v[-2], v[-1]), (*p, mpf(t), n), value)))
    table("counts", MODEL + ["t", "n", "probability", "probability_condition"], rows)


# Discounted


def panels(largest, shape):
    """Panels of time over scale from 0 to `largest`, doubling from the fastest time scale."""
    breaks, at = [mpf(0)], 1 / (4 + shape)
    while at < largest:
        breaks.append(at)
        at *= 2
    return breaks + [largest]


def discounted_of(point, t, delta, digits=20):
    alive, shape, scale, a, d, _ = ahead(point)
    rate = delta * scale
    horizon = t / scale if t != mp.inf else mp.inf
    largest = min(horizon, 75 / rate)
    if point[1] == 1:
        # The density of purchases in time, in units of the scale, is shape·F(shape + 1, a; a + d; −u).
        return alive * shape * adaptive(lambda u: mp.exp(-rate * u) * mp.hyp2f1(shape + 1, a, a + d, -u), panels(largest, shape), digits)
    inside = adaptive(lambda u: rate * mp.exp(-rate * u) * purchases_of(point, u * scale), panels(largest, shape), 15)
    return inside + (mp.exp(-rate * horizon) * purchases_of(point, t) if t != mp.inf else 0)


def discounted():
    ordinary = [p for p in cdnow() if p[6] < 100 and p[1] == 1]
    asked = [(INFINITY, 0.0027), (52.0, 0.0027), (INFINITY, 0.1), (520.0, 0.05), (3.0, 1.0), (INFINITY, 5.0)]
    points = [(p, *asked[(n + m) % 6]) for n, p in enumerate(ordinary) for m in (0, 1, 3)]
    points += [(p, *asked[n % 6]) for n, p in enumerate(anywhere(40, 4, reach=2.0, largest=2.0)) if p[1] == 1]
    near = [(0, 1, 1e4, 1e5, 0.8, 2.4, 3, 10.0, 30.0), (1, 1, 0.01, 10.0, 1.0, 1.0, 0, 0.0, 5.0), (1, 1, 40.0, 10.0, 30.0, 200.0, 7, 3.0, 5.0), (0, 1, 1e-6, 1.0, 0.5, 1e-6, 1, 2.0, 4.0)]
    points += [(p, *q) for p in near for q in asked]
    phased = [(0, 3, 0.5, 2.0, 0.3, 0.6, 3, 12.0, 14.0), (1, 2, 1.2, 7.0, 0.8, 2.1, 0, 0.0, 20.0), (1, 12, 3.0, 2.5, 1.4, 0.7, 2, 3.0, 5.0)]
    points += [(p, *q) for p in phased for q in [(52.0, 0.0027), (10.0, 1.0), (INFINITY, 2.0)]]
    rows = []
    for point, t, delta in points:
        p = exact(point)
        value = discounted_of(p, mpf(t), mpf(delta))
        c = mpf(0) if point[1] > 1 else condition(lambda v: discounted_of(tuple(v[:-2]), v[-2], v[-1], 14), (*p, mpf(t), mpf(delta)), value)
        rows.append((*point, t, delta, value, c))
        print(len(rows), len(points), point, t, delta, mp.nstr(value, 8), file=sys.stderr, flush=True)
    table("discounted", MODEL + ["t", "delta", "discounted", "discounted_condition"], rows)


if __name__ == "__main__":
    tables = [likelihood, to_come, counts, discounted]
    wanted = sys.argv[1:] or [f.__name__ for f in tables]
    for f in tables:
        if f.__name__ in wanted:
            f()
