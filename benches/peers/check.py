"""Do two results of the same work agree? Prints the largest differences; exits with 1 if they do not.

    python check.py --work summary|score OURS.arrow THEIRS.arrow
"""

import argparse
import sys

import polars as pl

# Each of at most nine rules of a way is rounded to a multiple of 2⁻²⁰ point, which the peers do not do; a score moves
# by at most 100·ln 2 ÷ half_score = 3.5 a point. Sums of floats differ by the order of their addition.
TOLERANCE = {
    "score": {
        "points_say": 1e-5, "points_stay": 1e-5, "points_spend": 1e-5,
        "say": 4e-5, "stay": 4e-5, "spend": 4e-5, "engagement": 4e-5,
    },
    "summary": {"x": 0.0, "t_x": 1e-9, "T": 1e-9, "m": 1e-9},
}  # fmt: skip
EDGES = (60.0, 30.0, 0.0)


def read(path):
    table = pl.read_ipc(path)
    key = "customer_id" if "customer_id" in table.columns else table.columns[0]
    return table.rename({key: "customer_id"}).with_columns(pl.col("customer_id").cast(pl.String))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", choices=list(TOLERANCE), required=True)
    parser.add_argument("ours")
    parser.add_argument("theirs")
    given = parser.parse_args()
    ours, theirs = read(given.ours), read(given.theirs)
    problems = []
    if given.work == "score":
        # Customers to whom no rule applies: we list them with nothing, the peers not at all.
        without = ours.filter(pl.col("engagement").is_null())
        ours = ours.filter(pl.col("engagement").is_not_null())
        if listed := without.join(theirs, on="customer_id", how="semi").height:
            problems.append(f"{listed} customers have no evidence here and a score there")
    both = ours.join(theirs, on="customer_id", suffix="_theirs")
    if not both.height == ours.height == theirs.height:
        problems.append(f"{ours.height} and {theirs.height} customers, {both.height} in both")
    differences = {}
    for name, tolerance in TOLERANCE[given.work].items():
        mine, other = pl.col(name), pl.col(f"{name}_theirs")
        # Points of a way without evidence are absent here and 0 there; its score is absent in both.
        compared = both.filter(mine.is_not_null()) if name.startswith("points_") else both
        absent = compared.filter(mine.is_null() != other.is_null()).height
        largest = compared.select((mine.cast(pl.Float64) - other.cast(pl.Float64)).abs().max()).item() or 0.0
        differences[name] = largest
        if absent:
            problems.append(f"{name}: {absent} customers have it on one side only")
        if not largest <= tolerance:
            problems.append(f"{name}: differs by up to {largest:.3g}, more than {tolerance:g}")
    if given.work == "score":
        words = pl.col("level").cast(pl.String).str.replace_all("_", " ")
        clear = pl.all_horizontal((pl.col("engagement") - edge).abs() > 1e-4 for edge in EDGES)
        differ = both.filter(clear & (words != pl.col("level_theirs").cast(pl.String))).height
        if differ:
            problems.append(f"level: {differ} customers differ")
    print(f"{both.height} customers agree to", ", ".join(f"{name} {value:.1e}" for name, value in differences.items()))
    for problem in problems:
        print(f"DISAGREE: {problem}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
