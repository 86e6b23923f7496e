"""Builds, generates, runs ours and the peers in turn, checks that they agree, prints the ratios in Markdown.

Called by run.sh, which makes the virtual environment; see there for examples. Every run is a process of its own; the
competitors alternate, so that a noisy neighbour hits all of them; every figure is a median. CPU seconds (user + system,
all threads) are what counts; wall times depend on what else the machine does.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RULEBOOK = HERE / "rulebook.toml"
SIZES = {"1m": (1_000_000, 100_000), "10m": (10_000_000, 1_000_000), "100m": (100_000_000, 5_000_000)}
PEERS = ("polars-streaming", "polars", "duckdb")

# (name, work, log, source, sizes, goal: how many times less CPU than the best peer)
TASKS = [
    ("purchase summary from Arrow memory", "summary", "purchases", "memory", ("1m", "10m"), 5.0),
    ("scores and levels from Arrow memory", "score", "mixed", "memory", ("1m", "10m"), 4.0),
    ("the same with contributions", "contributions", "mixed", "memory", ("1m", "10m"), 4.0),
    ("scores and levels from Parquet, whole process", "score", "mixed", "parquet", ("1m", "10m"), 4.0),
    ("load Parquet", "load", "purchases", "parquet", ("1m", "10m"), 1 / 1.3),
    ("load CSV", "load", "purchases", "csv", ("1m",), 1 / 1.3),
]


def build():
    command = ["cargo", "build", "--quiet", "--release", "-p", "engagement-benches", "--bins"]
    subprocess.run(command, cwd=ROOT, check=True)
    metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    output = subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True).stdout
    return Path(json.loads(output)["target_directory"]) / "release"


def generate(programs, data, log, size, source):
    """The path of a log without its suffix; the log is there afterwards."""
    suffix = "arrow" if source == "memory" else source
    path = data / f"{log}-{size}.{suffix}"
    if not path.exists():
        rows, customers = SIZES[size]
        unfinished = path.with_suffix(".unfinished")
        command = [programs / "generate", "--kind", log, "--rows", str(rows), "--customers", str(customers)]
        subprocess.run([*command, "--format", suffix, "--out", unfinished], check=True, stdout=subprocess.DEVNULL)
        unfinished.rename(path)
    return path.with_suffix("")


def run(command):
    """One run: what it printed, with the CPU seconds and the peak memory of the whole process."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([str(part) for part in command], stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"run.py: {' '.join(str(part) for part in command)} ended with {child.returncode}")
        output.seek(0)
        report = json.loads(output.read())
    report["process"] = {"cpu": usage.ru_utime + usage.ru_stime}
    report["peak"] = max(usage.ru_maxrss * 1024, 0)
    return report


def command_of(engine, programs, work, source, log, out):
    ours = [programs / "ours", "--rulebook", RULEBOOK]
    peer = [sys.executable, HERE / "work.py", "--engine", engine, "--rulebook", RULEBOOK]
    command = [*(ours if engine == "ours" else peer), "--work", work, "--source", source, "--log", log]
    return [*command, "--out", out] if out else command


def median(reports, *path):
    def value(report):
        for name in path:
            report = report[name]
        return report

    return statistics.median(value(report) for report in reports)


def cell(reports, kind):
    cpu, wall = median(reports, kind, "cpu"), median(reports, "work", "wall")
    load = f", load {median(reports, 'load', 'cpu'):.3g}" if "load" in reports[0] else ""
    return f"{cpu:.3g} ({wall:.2g}; {median(reports, 'peak') / 2**30:.2f}{load})"


def compare(task, size, runs, programs, data, scratch):
    """One row of the table; whether all agree."""
    name, work, log, source, _, goal = task
    path = generate(programs, data, log, size, source)
    engines = ("ours", *PEERS)
    # Reading from a file is also the start of a process and its imports; work in memory is the work alone.
    kind = "work" if source == "memory" or work == "load" else "process"
    reports = {engine: [] for engine in engines}
    outs = {}
    for turn in range(runs):
        for engine in engines:
            out = scratch / f"{engine}.arrow" if turn == 0 and work != "load" else None
            report = run(command_of(engine, programs, work, source, path, out))
            if out:
                outs[engine] = out
            reports[engine].append(report)
            print(f"  {name}, {size}, {engine}: {report[kind]['cpu']:.3f} CPU s", file=sys.stderr, flush=True)
    agree = True
    for engine in list(outs)[1:]:
        print(f"  ours and {engine}: ", end="", file=sys.stderr, flush=True)
        checked = "summary" if work == "summary" else "score"
        check = [sys.executable, HERE / "check.py", "--work", checked, outs["ours"], outs[engine]]
        agree &= subprocess.run(check, stdout=sys.stderr).returncode == 0
    best = min(median(reports[peer], kind, "cpu") for peer in PEERS)
    ratio = best / median(reports["ours"], kind, "cpu")
    verdict = f"**{ratio:.2g}×**{'' if ratio >= goal else ' (missed)'}"
    cells = " | ".join(cell(reports[engine], kind) for engine in engines)
    return f"| {name} | {size} | {cells} | {verdict} | {goal:.2g}× |", agree, reports


def versions():
    import duckdb
    import polars

    return f"polars {polars.__version__}, duckdb {duckdb.__version__}"


def hundred(programs, runs):
    """Ours at 100M rows against ours at 10M: memory and linearity."""
    print("| log | rows | load, CPU s (wall) | summary or score, CPU s (wall) | bytes a row | peak, GiB |\n|---|---|---|---|---|---|")
    for log in ("purchases", "mixed"):
        totals = []
        for size in ("10m", "100m"):
            rows, customers = SIZES[size]
            work = "summary" if log == "purchases" else "score"
            command = [programs / "ours", "--rulebook", RULEBOOK, "--work", work, "--source", "generated"]
            command += ["--kind", log, "--rows", rows, "--customers", customers]
            reports = [run(command) for _ in range(runs if size == "10m" else 1)]
            times = [f"{median(reports, w, 'cpu'):.3g} ({median(reports, w, 'wall'):.3g})" for w in ("load", work)]
            heap = median(reports, "heap") / rows
            print(f"| {log} | {size} | {' | '.join(times)} | {heap:.1f} | {median(reports, 'peak') / 2**30:.2f} |", flush=True)
            totals.append(median(reports, "work", "cpu"))
        print(f"| {log} | | 100m ÷ 10m: {totals[1] / totals[0]:.1f}× (goal ≤ 12×) | | | |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1m,10m", help="which of 1m, 10m, 100m, by comma")
    parser.add_argument("--runs", type=int, default=5, help="runs of each competitor (default 5)")
    parser.add_argument("--only", default="", help="only tasks whose name contains this")
    parser.add_argument("--data", type=Path, default=HERE.parent / ".data", help="where generated logs are kept")
    parser.add_argument("--out", type=Path, help="write every single measurement here as JSON")
    parser.add_argument("--hundred", action="store_true", help="100M rows of 5M customers, ours only")
    given = parser.parse_args()
    sizes = given.sizes.split(",")
    if unknown := [size for size in sizes if size not in SIZES]:
        parser.error(f"--sizes: {', '.join(unknown)} is none of {', '.join(SIZES)}")

    programs = build()
    if given.hundred:
        hundred(programs, given.runs)
        return
    given.data.mkdir(exist_ok=True)
    lines, all_agree, measurements = [], True, {}
    with tempfile.TemporaryDirectory(dir=given.data) as scratch:
        for task in TASKS:
            for size in sizes:
                fits = size in task[4] or size == "100m" and task[3] == "memory"
                if fits and given.only in task[0]:
                    line, agree, reports = compare(task, size, given.runs, programs, given.data, Path(scratch))
                    lines.append(line)
                    all_agree &= agree
                    measurements[f"{task[0]}, {size}"] = reports
    if given.out:
        given.out.write_text(json.dumps(measurements, indent=1))
    print(f"\nCPU seconds (wall seconds; peak GiB), medians of {given.runs}, {os.cpu_count()} cores, {versions()}.")
    print("The ratio is that of the best peer's CPU seconds to ours; ours hold the load of the ledger, shown by itself, too.\n")
    print(f"| work | rows | ours | {' | '.join(PEERS)} | ratio | goal |\n|---|---|---|---|---|---|---|---|")
    print("\n".join(lines))
    if not all_agree:
        sys.exit("run.py: results disagree, see above")


if __name__ == "__main__":
    main()
