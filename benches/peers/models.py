"""Builds, draws customers, runs ours and the peers, checks that they agree, prints the ratios in Markdown.

Called by models.sh, which makes the virtual environment. Every run is a process of its own and tells the CPU seconds of the work alone.
The peers' maximum a posteriori is compared for its cost; its priors make it another estimate.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CDNOW = ROOT / "engagement-core" / "tests" / "data" / "cdnow_sample_summary.csv"
# (name, work, data, engine, goal as a ratio, whether the peer is slow)
TASKS = [
    ("fit BG/NBD, CDNOW, 2,357", "bg-nbd", "cdnow", "lifetimes", None, False),
    ("fit BG/NBD, CDNOW, 2,357", "bg-nbd", "cdnow", "pymc", None, True),
    ("fit BG/NBD, 100,000", "bg-nbd", "100000", "lifetimes", 30, False),
    ("fit MBG/NBD, 100,000", "mbg-nbd", "100000", "lifetimes", 30, False),
    ("fit Gamma-Gamma, 100,000", "gamma-gamma", "100000", "lifetimes", 30, False),
    ("fit Pareto/NBD, 100,000", "pareto-nbd", "100000", "lifetimes", 100, True),
    ("fit BG/NBD, 1,000,000", "bg-nbd", "1000000", "pymc", None, True),
]
SCORES = [("alive", "P(alive)"), ("expected", "expected purchases"), ("order_value", "order value"), ("lifetime_value", "12-month value")]


def run(command):
    output = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])


def data_of(models, folder, name):
    path = folder / f"{name}.csv"
    if path.exists():
        return path
    if name == "cdnow":
        rows = [line.split(",") for line in CDNOW.read_text().splitlines()[1:]]
        path.write_text("x,t_x,T,m\n" + "".join(f"{x},{t_x},{age},{m}\n" for x, t_x, age, _, m in rows))
    else:
        subprocess.run([models, "--work", "draw", "--customers", name, "--out", path], check=True)
    return path


def agree(ours, theirs):
    """The largest relative difference of the parameters."""
    pairs = [(value, theirs["parameters"][name]) for name, value in ours["parameters"].items() if name in theirs["parameters"]]
    return max(abs(mine - other) / other for mine, other in pairs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without the slow peers and the million customers")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "engagement-benches", "--bin", "models"], cwd=ROOT, check=True)
    metadata = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True).stdout
    target = Path(json.loads(metadata)["target_directory"])
    models, folder = target / "release" / "models", target / "bench-models"
    folder.mkdir(exist_ok=True)
    print("| work | ours, CPU s | peer | peer, CPU s | peer : ours | goal | parameters differ by |\n|---|---|---|---|---|---|---|")
    for name, work, size, engine, goal, slow in TASKS:
        if given.quick and (slow or size == "1000000"):
            continue
        data = data_of(models, folder, size)
        ours = run([models, "--work", work, "--data", data, "--runs", 20 if size == "cdnow" else 5])
        runs = 1 if slow else given.runs
        peers = [run([sys.executable, HERE / "models_work.py", "--engine", engine, "--work", work, "--data", data]) for _ in range(runs)]
        theirs = statistics.median(peer["cpu"] for peer in peers)
        differ = f"{agree(ours['result'], peers[0]['result']):.1e}" if engine == "lifetimes" else "other estimate"
        print(f"| {name} | {ours['cpu']:.4f} | {engine} | {theirs:.3g} | {theirs / ours['cpu']:.0f} | {goal or ''} | {differ} |", flush=True)
    if given.quick:
        return
    data = data_of(models, folder, "1000000")
    ours = run([models, "--work", "score", "--data", data, "--runs", 3])["result"]
    theirs = run([sys.executable, HERE / "models_work.py", "--engine", "lifetimes", "--work", "score", "--data", data])["result"]
    print("\n| score 1,000,000 customers | ours, CPU s | lifetimes, CPU s | lifetimes : ours | sums differ by |\n|---|---|---|---|---|")
    for key, name in SCORES:
        mine, other = ours["costs"][key], theirs["costs"][key]
        differ = abs(ours[key] - theirs[key]) / abs(theirs[key])
        print(f"| {name} | {mine:.4f} | {other:.3g} | {other / mine:.0f} | {differ:.1e} |")


main()
