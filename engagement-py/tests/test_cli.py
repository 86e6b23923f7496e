"""The command line as a person or a script uses it."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import polars as pl
import pyarrow.ipc
import pyarrow.parquet
import pytest
from conftest import arrow_table

import engagement

DATA = Path(__file__).resolve().parents[2] / "engagement-core" / "tests" / "data"
Done = subprocess.CompletedProcess[str]


def run(*arguments: object, cwd: Path | None = None, stdin: str | None = None) -> Done:
    command = [sys.executable, "-m", "engagement", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, input=stdin, check=False, timeout=120)


def ok(*arguments: object, cwd: Path | None = None, stdin: str | None = None) -> str:
    done = run(*arguments, cwd=cwd, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    pl.DataFrame(arrow_table()).write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    return path


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    path = tmp_path / "dirty.csv"
    path.write_text(
        "CustomerNo,invoice_date,invoice,quantity,price\n"
        "1,2026-01-05 10:00,A1,2,1.50\n"
        "1,2026-01-05 10:00,A1,1,4.00\n"
        ",2026-01-06 10:00,A2,1,4.00\n"
        "2,soon,A3,1,4.00\n"
        "2,2026-01-07 10:00,C4,-1,4.00\n"
    )
    return path


DIRTY = ["--column", "customer_id=CustomerNo", "--column", "at=invoice_date", "--column", "order=invoice", "--column", "quantity=quantity", "--column", "unit_price=price"]


def test_the_console_script_is_installed() -> None:
    script = Path(sysconfig.get_path("scripts")) / "engagement"
    said = subprocess.run([script, "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"engagement {engagement.__version__}\n"


def test_help_shows_the_commands() -> None:
    said = ok("--help")
    for command in ("score", "explain", "ratio", "check", "report", "rules", "demo"):
        assert re.search(rf"^  {command} ", said, re.M), command
    assert run().returncode == 2


def test_check_as_json(dirty: Path) -> None:
    done = run("check", dirty, "--json", "--lenient", *DIRTY)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "rows": 5,
        "recorded": 2,
        "duplicates": 0,
        "folded": 1,
        "rejected": 2,
        "reasons": {"invalid_time": 1, "missing_customer": 1},
        "customers": 2,
        "interactions": 2,
        "first_at": "2026-01-05T10:00:00Z",
        "last_at": "2026-01-07T10:00:00Z",
        "zone": "UTC",
        "columns": {"customer_id": "CustomerNo", "at": "invoice_date", "order": "invoice", "quantity": "quantity", "unit_price": "price"},
        "unused_columns": [],
        "kinds": [
            {"name": None, "kind": "purchase", "origin": "sign", "rows": 4},
            {"name": None, "kind": "refund", "origin": "sign", "rows": 1},
        ],
    }


def test_check_says_whether_a_strict_load_would_do(log: Path, dirty: Path) -> None:
    assert "7 rows read = 7 recorded" in ok("check", log)
    done = run("check", dirty, *DIRTY)
    assert done.returncode == 1
    assert "2 rejected" in done.stdout
    assert "row 4" in done.stdout
    assert done.stderr.startswith("error: 2 rows")
    assert "hint: --lenient" in done.stderr


def test_score_writes_what_python_scores(log: Path, tmp_path: Path) -> None:
    ledger = engagement.Ledger.read(log)
    expected = ledger.score(engagement.Rulebook.calibrated(ledger)).to_dicts()
    for ending in ("parquet", "arrow", "csv"):
        out = tmp_path / f"scores.{ending}"
        assert f"wrote {out}" in ok("score", log, "-o", out)
    assert pyarrow.parquet.read_table(tmp_path / "scores.parquet").to_pylist() == expected
    assert pyarrow.ipc.open_file(tmp_path / "scores.arrow").read_all().to_pylist() == expected
    csv = pl.read_csv(tmp_path / "scores.csv", schema_overrides={"customer": pl.String})
    assert csv["engagement"].to_list() == [row["engagement"] for row in expected]
    assert ok("score", log, "-o", "-") == (tmp_path / "scores.csv").read_text()


def test_score_with_a_rulebook_as_of(log: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    engagement.Rulebook.standard().dump(rules)
    said = json.loads(ok("score", log, "--rules", rules, "--as-of", "2026-02-28", "--json"))
    scores = engagement.Ledger.read(log).score(engagement.Rulebook.load(rules), as_of="2026-02-28")
    assert said["as_of"] == "2026-02-28T23:59:59.999999Z"
    assert said["customers"] == len(scores) == 3
    assert said["later"] == scores.later
    assert said["reconciliation"]["rows"] == 7
    assert said["rulebook"] == "standard"
    shown = ok("score", log, "--rules", rules)
    assert "ann" in shown
    assert "calibrated" not in shown
    assert "calibrated" in ok("score", log)


def test_explain(log: Path) -> None:
    said = ok("explain", log, "bob")
    assert "complaint" in said
    found = json.loads(ok("explain", log, "bob", "--json"))
    assert found["scorecard"]["customer"] == "bob"
    assert all(sentence in said for sentence in found["sentences"])
    done = run("explain", log, "zoe")
    assert done.returncode == 1
    assert "zoe" in done.stderr
    assert done.stdout == ""


def test_ratio(log: Path) -> None:
    assert "engaged" in ok("ratio", log)
    said = json.loads(ok("ratio", log, "--by", "unit", "--json"))
    assert {group["group"] for group in said["groups"]} >= {"north", "south"}
    assert "north" in ok("ratio", log, "--by", "unit")


def test_ratio_by_any_column(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("customer,date,amount,country\n1,2026-01-01,5,Norway\n2,2026-01-02,6,Chile\n")
    said = json.loads(ok("ratio", tmp_path / "log.csv", "--by", "country", "--json"))
    assert [group["group"] for group in said["groups"]] == ["Chile", "Norway"]
    done = run("ratio", tmp_path / "log.csv", "--by", "colour")
    assert done.returncode != 0
    assert "country" in done.stderr


def test_rules(log: Path, tmp_path: Path) -> None:
    assert engagement.Rulebook.loads(ok("rules")) == engagement.Rulebook.standard()
    assert engagement.Rulebook.loads(ok("rules", "--json")) == engagement.Rulebook.standard()
    ok("rules", log, "-o", tmp_path / "r.toml")
    calibrated = engagement.Rulebook.load(tmp_path / "r.toml")
    assert calibrated == engagement.Rulebook.calibrated(engagement.Ledger.read(log))
    assert engagement.Rulebook.loads(ok("rules", "--rules", tmp_path / "r.toml")) == calibrated
    (tmp_path / "bad.toml").write_text("version = 1\n")
    done = run("rules", "--rules", tmp_path / "bad.toml")
    assert done.returncode == 1
    assert "bad.toml" in done.stderr


def test_report(log: Path, tmp_path: Path) -> None:
    ok("report", log, "-o", tmp_path / "r.html", "--title", "A <small> shop")
    page = (tmp_path / "r.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "A &lt;small&gt; shop" in page
    assert "<small> shop" not in page
    assert not re.search(r"(src|href)=[\"']?https?:", page)


def test_gzip_parquet_and_standard_input_are_the_same_log(log: Path, tmp_path: Path) -> None:
    expected = ok("score", log, "-o", "-")
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(log.read_bytes()))
    pyarrow.parquet.write_table(arrow_table(), tmp_path / "log.parquet")
    assert ok("score", tmp_path / "log.csv.gz", "-o", "-") == expected
    assert ok("score", tmp_path / "log.parquet", "-o", "-") == expected
    assert ok("score", "-", "-o", "-", stdin=log.read_text()) == expected


def test_several_files_are_one_log(log: Path, tmp_path: Path) -> None:
    lines = log.read_text().splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(lines[:4]))
    (tmp_path / "b.csv").write_text(lines[0] + "".join(lines[4:]))
    assert ok("score", tmp_path / "a.csv", tmp_path / "b.csv", "-o", "-") == ok("score", log, "-o", "-")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["score"], 2, "LOG"),
        (["score", "none.csv"], 1, "none.csv: No such file or directory"),
        (["score", "log.csv", "-o", "scores.xlsx"], 2, ".parquet, .csv or .arrow"),
        (["score", "log.csv", "--as-of", "soon"], 2, "soon"),
        (["score", "log.csv", "--zone", "Mars/Olympus"], 2, "Mars/Olympus"),
        (["score", "log.csv", "--column", "customer_id"], 2, "--column"),
        (["score", "log.csv", "--column", "customer_id=Nobody"], 1, "Nobody"),
        (["score", "log.csv", "--rules", "none.toml"], 1, "none.toml"),
        (["score", "log.csv", "-o", "no/folder/s.csv"], 1, "no/folder/s.csv"),
        (["sing"], 2, "sing"),
    ],
)
def test_trouble(log: Path, arguments: list[str], code: int, said: str) -> None:
    done = run(*arguments, cwd=log.parent)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert "panicked" not in done.stderr
    assert done.stdout == ""


def test_a_dirty_log_stops_a_strict_command_with_the_rows(dirty: Path) -> None:
    done = run("score", dirty, *DIRTY)
    assert done.returncode == 1
    assert "row 3" in done.stderr
    assert "--lenient" in done.stderr
    assert "2 rejected" in ok("score", dirty, *DIRTY, "--lenient")


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    many.write_text("customer,date,amount\n" + "".join(f"{n},2026-01-01,5\n" for n in range(50_000)))
    command = f"'{sys.executable}' -m engagement score '{many}' -o - | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.startswith("customer,")
    assert done.stderr == ""
    assert done.returncode == 0


def test_ctrl_c_exits_with_130_and_leaves_no_file(tmp_path: Path) -> None:
    fifo = tmp_path / "slow.csv"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "engagement", "score", fifo, "-o", tmp_path / "out.csv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with fifo.open("w") as slow:
        slow.write("customer,date,amount\n1,2026-01-01,5\n")
        slow.flush()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["slow.csv"]


def test_demo(tmp_path: Path) -> None:
    said = ok("demo", cwd=tmp_path)
    assert "69,659 rows read = 69,659 recorded" in said
    assert "23,570 customers" in said
    assert "no negative signal" in said
    for part in ("actively disengaged", "Most engaged:", "Falling", "95 % interval", "folded into their order"):
        assert part in said, part
    files = {path.name for path in (tmp_path / "demo").iterdir()}
    assert files == {"cdnow-scores.parquet", "cdnow-rules.toml", "cdnow-report.html", "shop.csv", "shop-scores.parquet", "shop-rules.toml", "shop-report.html"}
    scores = pyarrow.parquet.read_table(tmp_path / "demo" / "shop-scores.parquet")
    levels = set(scores["level"].to_pylist())
    assert {"fully engaged", "engaged", "not engaged", "actively disengaged"} <= levels
    hints = re.findall(r"^  engagement (explain .*|ratio .*)$", said, re.M)
    assert len(hints) == 2
    for hint in hints:
        assert ok(*(part.strip("'") for part in re.findall(r"'[^']*'|\S+", hint)), cwd=tmp_path)


def test_the_demo_is_the_same_every_time(tmp_path: Path) -> None:
    first = ok("demo", "--out", "a", cwd=tmp_path)
    second = ok("demo", "--out", "a", cwd=tmp_path)
    assert first == second
    log = (tmp_path / "a" / "shop.csv").read_bytes()
    shutil.rmtree(tmp_path / "a")
    ok("demo", "--out", "a", cwd=tmp_path)
    assert (tmp_path / "a" / "shop.csv").read_bytes() == log


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cdnow") / "sample.csv"
    log = pl.read_csv(DATA / "cdnow_sample.csv")
    log.select(customer_id="sampleid", at="date", amount="sales").with_columns(kind=pl.lit("purchase")).write_csv(path)
    return path


@pytest.mark.parametrize(
    ("model", "log_likelihood", "parameters"),
    [
        ("nbd", -9763.657614672615, ["r", "alpha"]),
        ("bg-nbd", -9582.429206673933, ["r", "alpha", "a", "b"]),
        ("mbg-nbd", -9582.13571555375, ["r", "alpha", "a", "b"]),
        ("pareto-nbd", -9594.976178939542, ["r", "alpha", "s", "beta"]),
        ("bg-cnbd-k", None, ["r", "alpha", "a", "b", "k"]),
        ("mbg-cnbd-k", None, ["r", "alpha", "a", "b", "k"]),
        ("gamma-gamma", -4055.9176948018726, ["p", "q", "v"]),
    ],
)
def test_fit_as_json(sample: Path, model: str, log_likelihood: float | None, parameters: list[str]) -> None:
    document = json.loads(ok("fit", sample, "--model", model, "--until", "1997-09-30", "--unit", "week", "--json"))
    keys = ["model", "parameters", "log_likelihood", "standard_errors", "customers", "aic", "bic", "convergence"]
    assert sorted(document) == sorted(keys)
    assert document["model"] == model and sorted(document["parameters"]) == sorted(parameters)
    assert document["customers"] == (946 if model == "gamma-gamma" else 2357)
    assert set(document["standard_errors"]) == set(parameters) - {"k"}
    assert document["convergence"]["at_boundary"] == [] and document["convergence"]["gradient_norm"] < 1e-7
    if log_likelihood is not None:
        assert abs(document["log_likelihood"] - log_likelihood) <= 1e-6


def test_fit_prints_what_python_fits(sample: Path) -> None:
    said = ok("fit", sample, "--model", "mbg-nbd", "--until", "1997-09-30")
    ledger = engagement.Ledger.read(sample)
    fit = engagement.MbgNbd.fit(ledger.purchases("1997-09-30"))
    assert "2,357 customers" in said and f"log-likelihood {fit.log_likelihood:.4f}" in said
    for name, value in fit.model.parameters.items():
        assert re.search(rf"{name} +{value:.6f}", said)
    as_json = json.loads(ok("fit", sample, "--model", "mbg-nbd", "--until", "1997-09-30", "--json"))
    assert as_json == json.loads(fit.to_json())


def test_a_fitted_rulebook_scores(sample: Path, tmp_path: Path) -> None:
    book, scores = tmp_path / "book.toml", tmp_path / "scores.parquet"
    ok("fit", sample, "--model", "mbg-nbd", "--until", "1997-09-30", "--margin", "0.3", "--horizon", "39", "-o", book)
    ok("score", sample, "--rules", book, "--as-of", "1997-09-30", "--output", scores)
    table = pl.read_parquet(scores)
    ledger = engagement.Ledger.read(sample)
    model = engagement.MbgNbd.fit(ledger.purchases("1997-09-30")).model
    expected = model.expected_purchases(ledger.purchases("1997-09-30"), 39)
    assert table["expected_purchases"].to_list() == pytest.approx(list(expected), rel=1e-9)
    assert table.select(pl.col("value_stay") + pl.col("value_spend")).to_series().to_list() == table["lifetime_value"].to_list()
    rulebook = engagement.Rulebook.load(book)
    assert rulebook.forecast is not None and rulebook.forecast["margin"] == 0.3
    assert table["lifetime_value"].to_list() == ledger.score(rulebook, as_of="1997-09-30")["lifetime_value"]


def test_choose_and_validate(sample: Path) -> None:
    said = ok("choose", sample, "--horizon", "13", "--model", "nbd", "--model", "mbg-nbd")
    assert "chosen: mbg-nbd" in said and said.count("Predicted at the end of") == 3
    said = ok("validate", sample, "--horizon", "39", "--origin", "1997-09-30", "--model", "bg-nbd")
    assert "1,882 purchases" in said and "0.785" in said


def test_trouble_with_models(sample: Path, log: Path) -> None:
    for arguments, code, said in [
        (("fit", sample, "--model", "arima"), 2, "arima"),
        (("fit", sample, "--model", "gamma-gamma", "-o", "book.toml"), 2, "--output"),
        (("fit", log, "--model", "mbg-nbd", "--until", "2025-01-01"), 1, ""),
    ]:
        done = run(*arguments)
        assert done.returncode == code and said in done.stderr and done.stderr.count("\n") <= 3, done.stderr
