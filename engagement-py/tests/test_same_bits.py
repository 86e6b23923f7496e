"""The same log, rulebook and models give the same bits in Rust, Python and C."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import engagement

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
RULEBOOK = ROOT / "benches" / "rulebooks" / "every-feature.toml"
FIELDS = (
    ["customer_id", "at", "kind", "amount", "rating", "reach", "other", "order", "item"]
    + ["channel", "unit", "campaign", "arm", "cost", "id"]
)
LEVELS = ["unknown", "actively disengaged", "not engaged", "engaged", "fully engaged"]


def run(*command: str | Path, env: dict[str, str] | None = None) -> list[str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def c_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("c")
    # As install.sh does, so that it is built once.
    native = ("--lib", "--", "--print", "native-static-libs")
    run("cargo", "rustc", "--locked", "--release", "--quiet", "-p", "engagement-ffi", *native)
    for name in ("libengagement.so", "libengagement.so.1"):
        shutil.copy(TARGET / "libengagement.so", folder / name)
    program = folder / "same_bits"
    source = ROOT / "engagement-ffi" / "examples" / "c" / "same_bits.c"
    include = ROOT / "engagement-ffi" / "include"
    run("cc", "-O1", f"-I{include}", source, "-o", program, f"-L{folder}", "-lengagement")
    yield program


def micros(units: str) -> str:
    return str(int(Decimal(units) * 1_000_000))


def cdnow(to: Path) -> None:
    log = gzip.decompress(engagement.datasets.cdnow().read_bytes()).decode()
    with to.open("w") as out:
        for row in csv.DictReader(log.splitlines()):
            day = datetime.fromisoformat(row["date"]).replace(tzinfo=timezone.utc)
            at = int(day.timestamp()) * 1_000_000
            out.write("\t".join([row["customer_id"], str(at), "purchase", micros(row["value"])] + [""] * 11) + "\n")


def every_feature(to: Path) -> None:
    run(
        *("cargo", "run", "--locked", "--release", "--quiet", "-p", "engagement-benches", "--bin", "generate", "--"),
        *("--kind", "every-feature", "--rows", "200000", "--seed", "7", "--out", to),
    )
    # The three readers take rows, not names.
    to.write_text(to.read_text().split("\n", 1)[1])


def bits(number: float | None) -> str:
    return "-" if number is None else struct.pack(">d", number).hex()


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, timezone.utc).replace(microsecond=at % 1_000_000)


def load(log: Path) -> engagement.Ledger:
    frame = pl.read_csv(log, separator="\t", has_header=False, new_columns=FIELDS, infer_schema=False, quote_char=None)
    money = [pl.col(name).cast(pl.Decimal(38, 0)).cast(pl.Decimal(38, 6)) / 1_000_000 for name in ("amount", "cost")]
    frame = frame.with_columns(
        pl.col("at").cast(pl.Int64).cast(pl.Datetime("us", "UTC")),
        *(column.cast(pl.Decimal(38, 6)) for column in money),
    )
    return engagement.Ledger(frame)


def in_python(log: Path, as_of: int) -> list[str]:
    scores = load(log).score(engagement.Rulebook.load(RULEBOOK), as_of=moment(as_of))
    columns = ["engagement", "say", "stay", "spend", "points_say", "points_stay", "points_spend", "coverage"]
    numbers = zip(*(scores[name] for name in columns), strict=True)
    rows = zip(scores["customer"], numbers, scores["level"], strict=True)
    return ["\t".join([str(key), *map(bits, row), str(LEVELS.index(level))]) for key, row, level in rows]


MODELS: dict[str, Any] = {
    "nbd": engagement.Nbd,
    "pareto-nbd": engagement.ParetoNbd,
    "bg-nbd": engagement.BgNbd,
    "mbg-nbd": engagement.MbgNbd,
    "bg-cnbd-k": engagement.BgCnbdK,
    "mbg-cnbd-k": engagement.MbgCnbdK,
    "gamma-gamma": engagement.GammaGamma,
}


def models_in_python(log: Path, until: int) -> list[str]:
    """Times in weeks, predictions for 39 of them, of 2 purchases, and without end at the continuous rate of 0.0027 a week."""
    purchases = load(log).purchases(moment(until))
    keys = [str(key) for key in purchases["customer"]]
    counts = zip(purchases.frequency, purchases.paid, strict=True)
    numbers = zip(*(purchases[name] for name in ("recency", "age", "value", "first_value", "log_gaps")), strict=True)
    lines = [
        "\t".join(["purchases", key, *map(str, whole), *map(bits, row)])
        for key, whole, row in zip(keys, counts, numbers, strict=True)
    ]
    for name, model in MODELS.items():
        fit = model.fit(purchases)
        evidence = [bits(number) for number in (fit.log_likelihood, fit.aic, fit.bic)]
        errors = fit.standard_errors or {}
        estimates = [bits(n) for letter, value in fit.model.parameters.items() for n in (value, errors.get(letter))]
        lines.append("\t".join(["model", name, str(getattr(fit.model, "k", "-")), *evidence, *estimates]))
        if name == "gamma-gamma":
            columns = [fit.model.expected_value(purchases)]
        else:
            columns = [
                fit.model.probability_alive(purchases, later=0.0),
                fit.model.expected_purchases(purchases, 39.0),
                fit.model.probability_of_purchases(purchases, 2, 39.0),
                fit.model.discounted_purchases(purchases, delta=0.0027),
            ]
        lines += ["\t".join([name, key, *map(bits, row)]) for key, row in zip(keys, zip(*columns, strict=True), strict=True)]
    return lines


def test_same_bits_of_models(tmp_path: Path, c_program: Path) -> None:
    path = tmp_path / "cdnow.tsv"
    cdnow(path)
    arguments = ("models", str(path), "875663999999999")
    rust = run(
        # Not in release mode: the bits do not depend on it, and clients.sh has built this already.
        *("cargo", "run", "--locked", "--quiet", "-p", "engagement-core", "--example", "same_bits", "--"),
        *arguments,
    )
    c = run(c_program, *arguments, env={**os.environ, "LD_LIBRARY_PATH": str(c_program.parent)})
    assert len(rust) == 8 * 23570 + 7
    assert c == rust
    assert models_in_python(path, 875663999999999) == rust


@pytest.mark.parametrize(("log", "as_of", "customers"), [("cdnow", 899251199999999, 23570), ("every_feature", 0, 1000)])
def test_same_bits(log: str, as_of: int, customers: int, tmp_path: Path, c_program: Path) -> None:
    path = tmp_path / f"{log}.tsv"
    globals()[log](path)
    if as_of == 0:
        # In the middle of the generated log, so that some of it is the future.
        times = sorted(int(line.split("\t")[1]) for line in path.read_text().splitlines())
        as_of = times[len(times) * 4 // 5]
    arguments = (str(path), str(RULEBOOK), str(as_of))
    rust = run(
        # Not in release mode: the bits do not depend on it, and clients.sh has built this already.
        *("cargo", "run", "--locked", "--quiet", "-p", "engagement-core", "--example", "same_bits", "--"),
        *arguments,
    )
    c = run(c_program, *arguments, env={**os.environ, "LD_LIBRARY_PATH": str(c_program.parent)})
    assert len(rust) >= customers
    assert len({line.split("\t")[1] for line in rust}) > customers // 20, "many different scores"
    assert c == rust
    assert in_python(path, as_of) == rust
