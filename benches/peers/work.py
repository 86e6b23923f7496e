"""One piece of work done once by one peer, in a process of its own; prints what it cost as JSON.

    python work.py --engine polars|polars-streaming|duckdb --work summary|score|contributions|load
                   --source memory|parquet|csv --log FILE-WITHOUT-SUFFIX [--rulebook rulebook.toml] [--out RESULT.arrow]

With `--source memory` the log is read into memory first and only the work is measured; with `parquet` the engine
reads the file as part of the work, in whatever way it does best; `--work load` is the reading alone.
"""

import argparse
import json
import math
import os
import resource
import time
import tomllib
from dataclasses import dataclass

AS_OF = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z, the end of every generated log
DAY = 86_400_000_000
UNITS = {"h": DAY / 24, "d": DAY, "w": 7 * DAY}
WAYS = ("say", "stay", "spend")


@dataclass
class Rule:
    """A rule of the reduced rulebook: kind in, points out."""

    way: str
    kind: str
    points: float
    per_amount: float
    rating: dict | None
    reach: bool
    rate: float  # of decay, natural logarithm per microsecond


@dataclass
class Rulebook:
    """What the peers need of a rulebook, read from the very file that the library reads."""

    rules: list[Rule]
    half_score: dict[str, float]
    weight: dict[str, float]
    levels: list[float]

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            document = tomllib.load(file)
        rules = []
        for rule in document["rule"]:
            known = {"name", "way", "kind", "points", "per_amount", "rating", "reach", "half_life"}
            assert not set(rule) - known, f"the peers do not know {set(rule) - known}"
            life = rule["half_life"]
            per_amount = rule.get("per_amount", 0.0)
            points = rule.get("points", 0.0 if "per_amount" in rule else 1.0)
            assert not (per_amount and points), "either points or per_amount"
            rate = math.log(2) / (float(life[:-1]) * UNITS[life[-1]])
            rules.append(
                Rule(rule["way"], rule["kind"], points, per_amount, rule.get("rating"), rule.get("reach", False), rate)
            )
        return Rulebook(
            rules,
            {way: float(document[way]["half_score"]) for way in WAYS},
            {way: float(document[way]["weight"]) for way in WAYS},
            [float(document["levels"][name]) for name in ("fully_engaged", "engaged", "not_engaged")],
        )

    def flat(self):
        """Rules that give points as they are, by kind; at most one a kind."""
        return {rule.kind: rule for rule in self.rules if not rule.per_amount}

    def paid(self):
        """Rules that give points for money, by kind; at most one a kind."""
        return {rule.kind: rule for rule in self.rules if rule.per_amount}


LEVELS = ("fully engaged", "engaged", "not engaged", "actively disengaged")


# polars ---------------------------------------------------------------------------------------------------


class Polars:
    def __init__(self, streaming):
        import polars as pl

        self.pl = pl
        self.engine = "streaming" if streaming else "in-memory"

    def open(self, source, log):
        pl = self.pl
        if source == "memory":
            return pl.read_ipc(f"{log}.arrow").lazy()
        if source == "parquet":
            return pl.scan_parquet(f"{log}.parquet")
        return pl.scan_csv(f"{log}.csv", try_parse_dates=True)

    def load(self, frame):
        return frame.collect(engine=self.engine)

    def summary(self, frame):
        pl = self.pl
        day = (pl.col("at").to_physical() // DAY).cast(pl.Int32)
        days = frame.group_by("customer_id", day.alias("day")).agg(pl.col("amount").sum())
        first = pl.col("day").min()
        last = pl.col("day").max()
        repeats = pl.len() - 1
        customers = days.group_by("customer_id").agg(
            repeats.alias("x"),
            ((last - first) / 7).alias("t_x"),
            ((AS_OF // DAY - first) / 7).alias("T"),
            pl.when(repeats > 0)
            .then((pl.col("amount").sum() - pl.col("amount").min_by("day")) / repeats)
            .alias("m"),
        )
        return customers.collect(engine=self.engine)

    def rows(self, frame, rulebook):
        """Points and money points of each row that a rule matches, with the way of each.

        A join with a table of rules costs the streaming engine least, chains of conditions the other one.
        """
        pl = self.pl
        flat, paid = rulebook.flat(), rulebook.paid()
        used = sorted(set(flat) | set(paid))
        kind = pl.col("kind")
        kind_type = frame.collect_schema()["kind"]
        table = {
            "points": {k: r.points for k, r in flat.items()},
            "rate": {k: -r.rate for k, r in flat.items()},
            "per_amount": {k: r.per_amount for k, r in paid.items()},
            "paid_rate": {k: -r.rate for k, r in paid.items()},
            "way": {k: float(WAYS.index(r.way)) for k, r in flat.items()},
            "paid_way": {k: float(WAYS.index(r.way)) for k, r in paid.items()},
            **{
                name: {k: float(r.rating[name]) for k, r in flat.items() if r.rating}
                for name in ("worst", "neutral", "best")
            },
            "reached": {k: float(r.reach) for k, r in flat.items() if r.reach},
        }
        if self.engine == "streaming":
            rules = pl.DataFrame({"kind": used}).with_columns(
                pl.Series(f"rule_{name}", [values.get(k) for k in used], dtype=pl.Float64)
                for name, values in table.items()
            )
            frame = frame.join(rules.with_columns(kind.cast(kind_type)).lazy(), on="kind")
            of = {name: pl.col(f"rule_{name}") for name in table}
        else:

            def chain(values):
                branches = pl
                for k, value in values.items():
                    branches = branches.when(kind == k).then(value)
                return branches.otherwise(None)

            frame = frame.filter(kind.is_in(used))
            of = {name: chain(values) for name, values in table.items()}
        age = AS_OF - pl.col("at").to_physical()
        rating, neutral = pl.col("rating"), of["neutral"]
        mapped = (
            pl.when(neutral.is_null())
            .then(1.0)
            .when(rating >= neutral)
            .then((rating - neutral) / (of["best"] - neutral))
            .otherwise((rating - neutral) / (neutral - of["worst"]))
        )
        reach = pl.when(of["reached"] == 1.0).then((1.0 + pl.col("reach").fill_null(1.0)).log(2)).otherwise(1.0)
        return frame.select(
            "customer_id",
            "kind",
            of["way"].cast(pl.Int8).alias("way"),
            of["paid_way"].cast(pl.Int8).alias("paid_way"),
            (of["points"] * mapped * reach * (age * of["rate"]).exp()).alias("points"),
            (of["per_amount"] * pl.col("amount") * (age * of["paid_rate"]).exp()).alias("money"),
        )

    def contributions(self, frame, rulebook):
        """Scores as below, by way of the points of each customer and kind."""
        pl = self.pl
        rows = self.rows(frame, rulebook)
        kinds = rows.group_by("customer_id", "kind").agg(
            pl.col("points").sum(), pl.col("money").sum(), pl.col("way").first(), pl.col("paid_way").first()
        )
        return self.scores(kinds, rulebook)

    def score(self, frame, rulebook):
        """Scores of the three ways, engagement and level of each customer, straight from the rows."""
        return self.scores(self.rows(frame, rulebook), rulebook)

    def scores(self, rows, rulebook):
        pl = self.pl
        paid_ways = {rule.way for rule in rulebook.paid().values()}
        sums = []
        for code, way in enumerate(WAYS):
            flat, paid = pl.col("way") == code, pl.col("paid_way") == code
            points = pl.when(flat).then(pl.col("points")).sum()
            if way in paid_ways:
                points, flat = points + pl.when(paid).then(pl.col("money")).sum(), flat | paid
            sums += [points.alias(f"points_{way}"), flat.any().alias(f"has_{way}")]
        ways = rows.group_by("customer_id").agg(*sums)

        def score(way):
            p = pl.col(f"points_{way}")
            size = 100.0 * (1.0 - (-p.abs() * (math.log(2) / rulebook.half_score[way])).exp())
            return pl.when(f"has_{way}").then(p.sign() * size).alias(way)

        weights = sum(rulebook.weight.values())
        engagement = sum(rulebook.weight[way] * pl.col(way).fill_null(0.0) for way in WAYS) / weights
        level = pl
        for least, name in zip(rulebook.levels, LEVELS):
            level = level.when(pl.col("engagement") >= least).then(pl.lit(name))
        return (
            ways.with_columns(score(way) for way in WAYS)
            .with_columns(engagement.alias("engagement"))
            .with_columns(level.otherwise(pl.lit(LEVELS[3])).alias("level"))
            .select("customer_id", "engagement", *WAYS, *(f"points_{way}" for way in WAYS), "level")
            .collect(engine=self.engine)
        )

    def write(self, result, path):
        self.pl.DataFrame(result).write_ipc(path)


# duckdb ---------------------------------------------------------------------------------------------------


class DuckDb:
    """In memory the log is handed over as an Arrow table, as users do; results come back as one, too."""

    def __init__(self):
        import duckdb

        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        self.con.execute("SET enable_progress_bar = false")

    def open(self, source, log):
        if source == "memory":
            import pyarrow as pa

            with pa.OSFile(f"{log}.arrow") as file:
                self.con.register("log", pa.ipc.open_file(file).read_all())
            return "log"
        if source == "parquet":
            return f"read_parquet('{log}.parquet')"
        return f"read_csv('{log}.csv')"

    def load(self, frame):
        self.con.execute(f"CREATE TABLE loaded AS SELECT * FROM {frame}")
        return self.con.sql("SELECT count(*) AS rows FROM loaded").to_arrow_table()

    def summary(self, frame):
        return self.con.sql(f"""
            WITH days AS (
                SELECT customer_id, epoch_us("at") // {DAY} AS day, sum(amount) AS amount
                FROM {frame} GROUP BY ALL
            )
            SELECT customer_id, count(*) - 1 AS x, (max(day) - min(day)) / 7 AS t_x,
                   ({AS_OF // DAY} - min(day)) / 7 AS "T",
                   CASE WHEN count(*) > 1
                        THEN (sum(amount) - arg_min(amount, day)) / (count(*) - 1) END AS m
            FROM days GROUP BY customer_id
        """).to_arrow_table()

    def contributions(self, frame, rulebook):
        """Scores as below, by way of the points of each customer and kind."""
        return self.scores(frame, rulebook, "GROUP BY customer_id, kind, way, paid_way")

    def score(self, frame, rulebook):
        """Scores of the three ways, engagement and level of each customer, straight from the rows."""
        return self.scores(frame, rulebook, None)

    def scores(self, frame, rulebook, grouping):
        flat, paid = rulebook.flat(), rulebook.paid()
        self.con.execute(
            "CREATE TEMP TABLE rules (kind VARCHAR, points DOUBLE, rate DOUBLE, per_amount DOUBLE, paid_rate DOUBLE,"
            " worst DOUBLE, neutral DOUBLE, best DOUBLE, reached BOOLEAN, way INTEGER, paid_way INTEGER)"
        )
        for kind in sorted(set(flat) | set(paid)):
            a, b = flat.get(kind), paid.get(kind)
            scale = (a and a.rating) or {}
            values = [
                kind, a and a.points, a and -a.rate, b and b.per_amount, b and -b.rate,
                scale.get("worst"), scale.get("neutral"), scale.get("best"), bool(a and a.reach),
                a and WAYS.index(a.way), b and WAYS.index(b.way),
            ]  # fmt: skip
            self.con.execute(f"INSERT INTO rules VALUES ({', '.join('?' * len(values))})", values)
        paid_ways = {rule.way for rule in paid.values()}
        sums = []
        for code, way in enumerate(WAYS):
            points, has = f"coalesce(sum(points) FILTER (way = {code}), 0)", f"coalesce(bool_or(way = {code}), false)"
            if way in paid_ways:
                points += f" + coalesce(sum(money) FILTER (paid_way = {code}), 0)"
                has += f" OR coalesce(bool_or(paid_way = {code}), false)"
            sums += [f"{points} AS points_{way}", f"{has} AS has_{way}"]
        age = f"({AS_OF} - epoch_us(\"at\"))"
        rows = f"""
            SELECT customer_id, log.kind AS kind, way, paid_way,
                points * exp({age} * rate)
                    * CASE WHEN neutral IS NULL THEN 1 WHEN rating >= neutral THEN (rating - neutral) / (best - neutral)
                           ELSE (rating - neutral) / (neutral - worst) END
                    * CASE WHEN reached THEN log2(1 + coalesce(reach, 1)) ELSE 1 END AS points,
                per_amount * amount * exp({age} * paid_rate) AS money
            FROM {frame} AS log JOIN rules ON log.kind = rules.kind
        """
        if grouping:
            rows = f"""SELECT customer_id, kind, way, paid_way, sum(points) AS points, sum(money) AS money
                       FROM ({rows}) {grouping}"""

        def score(way):
            k = math.log(2) / rulebook.half_score[way]
            p = f"points_{way}"
            return f"CASE WHEN has_{way} THEN sign({p}) * 100 * (1 - exp(-abs({p}) * {k!r})) END AS {way}"

        weights = sum(rulebook.weight.values())
        engagement = " + ".join(f"{rulebook.weight[way]!r} * coalesce({way}, 0)" for way in WAYS)
        levels = " ".join(f"WHEN engagement >= {least!r} THEN '{name}'" for least, name in zip(rulebook.levels, LEVELS))
        return self.con.sql(f"""
            WITH ways AS (SELECT customer_id, {", ".join(sums)} FROM ({rows}) GROUP BY customer_id),
            scores AS (
                SELECT customer_id, {", ".join(score(way) for way in WAYS)},
                       {", ".join(f"points_{way}" for way in WAYS)} FROM ways
            ),
            engaged AS (SELECT *, ({engagement}) / {weights!r} AS engagement FROM scores)
            SELECT *, CASE {levels} ELSE '{LEVELS[3]}' END AS level FROM engaged
        """).to_arrow_table()

    def write(self, result, path):
        import pyarrow as pa

        with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, result.schema) as writer:
            writer.write_table(result)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["polars", "polars-streaming", "duckdb"], required=True)
    parser.add_argument("--work", choices=["summary", "score", "contributions", "load"], required=True)
    parser.add_argument("--source", choices=["memory", "parquet", "csv"], required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--rulebook", default=os.path.join(os.path.dirname(__file__), "rulebook.toml"))
    parser.add_argument("--out")
    given = parser.parse_args()

    engine = DuckDb() if given.engine == "duckdb" else Polars(given.engine == "polars-streaming")
    # The rulebook is read beforehand; a memory source too, a file source lazily, inside the measured work.
    rulebook = Rulebook.read(given.rulebook) if given.work in ("score", "contributions") else None
    frame = engine.open(given.source, given.log)
    cpu, wall = time.process_time(), time.perf_counter()
    work = getattr(engine, given.work)
    result = work(frame, rulebook) if rulebook else work(frame)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if given.out:
        engine.write(result, given.out)
    rows = result.height if hasattr(result, "height") else result.num_rows
    print(json.dumps({"work": {"cpu": cpu, "wall": wall}, "peak": peak, "result_rows": rows}))


if __name__ == "__main__":
    main()
