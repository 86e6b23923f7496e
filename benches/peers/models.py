"""Builds, draws customers, runs ours and the peers, checks that they agree, prints the ratios in Markdown.

Called by models.sh, which makes the peers' environments. Every run is a process of its own and tells the CPU seconds of the work alone.
The peers' maximum a posteriori is compared for its cost; its priors make it another estimate. Posteriors have the same priors, and
their means have to agree within five Monte-Carlo standard errors.
"""

import argparse
import json
import math
import statistics
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CDNOW = ROOT / "engagement-core" / "tests" / "data" / "cdnow_sample_summary.csv"
# (name, work, data, peer, goal as a ratio, whether the peer is slow)
FITS = [
    ("fit BG/NBD, CDNOW, 2,357", "bg-nbd", "cdnow", "lifetimes", None, False),
    ("fit BG/NBD, CDNOW, 2,357", "bg-nbd", "cdnow", "pymc", None, True),
    ("fit BG/NBD, 100,000", "bg-nbd", "100000", "lifetimes", 30, False),
    ("fit MBG/NBD, 100,000", "mbg-nbd", "100000", "lifetimes", 30, False),
    ("fit Gamma-Gamma, 100,000", "gamma-gamma", "100000", "lifetimes", 30, False),
    ("fit Pareto/NBD, 100,000", "pareto-nbd", "100000", "lifetimes", 100, True),
    ("fit BG/NBD, 1,000,000", "bg-nbd", "1000000", "pymc", None, True),
]
# (name, work, goal as a ratio to the sampling alone)
POSTERIORS = [("posterior of BG/NBD", "posterior-bg-nbd", 20), ("posterior of Pareto/NBD", "posterior-pareto-nbd", 100)]
SCORES = [
    ("alive", "P(alive)", None),
    ("expected", "expected purchases", None),
    ("order_value", "order value", None),
    ("lifetime_value", "12-month value", 100),
]
ERRORS = 5


def output_of(command):
    output = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])


class Machine:
    """Where our program, the peers and the customers are."""

    def __init__(self):
        build = ["cargo", "build", "--quiet", "--release", "--locked", "-p", "engagement-benches", "--bin", "models"]
        subprocess.run(build, cwd=ROOT, check=True)
        metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
        target = Path(json.loads(subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True).stdout)["target_directory"])
        self.models, self.folder = target / "release" / "models", target / "bench-models"
        self.folder.mkdir(exist_ok=True)

    def data(self, name):
        path = self.folder / f"{name}.csv"
        if name == "cdnow":
            rows = [line.split(",") for line in CDNOW.read_text().splitlines()[1:]]
            path.write_text("x,t_x,T,m\n" + "".join(f"{x},{t_x},{age},{m}\n" for x, t_x, age, _, m in rows))
        elif not path.exists():
            subprocess.run([self.models, "--work", "draw", "--customers", name, "--out", path], check=True)
        return path

    def ours(self, work, data, runs):
        return output_of([self.models, "--work", work, "--data", data, "--runs", runs])

    def peer(self, peer, work, data):
        return output_of([HERE.parent / f".venv-{peer}" / "bin" / "python", HERE / "models_work.py", "--work", work, "--data", data])


def differing(ours, theirs):
    """The largest relative difference of the parameters."""
    pairs = [(value, theirs["parameters"][name]) for name, value in ours["parameters"].items()]
    return max(abs(mine - other) / other for mine, other in pairs)


def errors_apart(ours, theirs):
    """The largest difference of two posterior means, in Monte-Carlo standard errors of the difference."""
    apart = []
    for name, mine in ours["parameters"].items():
        other = theirs["parameters"][name]
        error = math.hypot(*(one["standard_deviation"] / math.sqrt(one["draws"]) for one in (mine, other)))
        apart.append(abs(mine["mean"] - other["mean"]) / error)
    return max(apart)


def fits(machine, quick, runs):
    print("| work | ours, CPU s | peer | peer, CPU s | peer : ours | goal | parameters differ by |\n|---|---|---|---|---|---|---|")
    for name, work, size, peer, goal, slow in FITS:
        if quick and slow:
            continue
        data = machine.data(size)
        ours = machine.ours(work, data, 20 if size == "cdnow" else 5)
        peers = [machine.peer(peer, work, data) for _ in range(1 if slow else runs)]
        theirs = statistics.median(run["cpu"] for run in peers)
        differ = f"{differing(ours['result'], peers[0]['result']):.1e}" if peer == "lifetimes" else "other estimate"
        print(f"| {name} | {ours['cpu']:.4f} | {peer} | {theirs:.3g} | {theirs / ours['cpu']:.0f} | {goal or ''} | {differ} |", flush=True)


def scores(machine):
    data = machine.data("1000000")
    ours = machine.ours("score", data, 3)["result"]
    theirs = machine.peer("lifetimes", "score", data)["result"]
    print("\n| score 1,000,000 customers | ours, CPU s | lifetimes, CPU s | lifetimes : ours | goal | sums differ by |\n|---|---|---|---|---|---|")
    for key, name, goal in SCORES:
        mine, other = ours["costs"][key], theirs["costs"][key]
        differ = abs(ours[key] - theirs[key]) / abs(theirs[key])
        print(f"| {name} | {mine:.4f} | {other:.3g} | {other / mine:.0f} | {goal or ''} | {differ:.1e} |", flush=True)


def posteriors(machine):
    data = machine.data("cdnow")
    head = "| CDNOW, 2 × (1000 + 1000) steps | ours, CPU s | nutpie, compiling + sampling, CPU s | sampling : ours | goal | means apart, Monte-Carlo errors |"
    print(f"\n{head}\n|---|---|---|---|---|---|")
    for name, work, goal in POSTERIORS:
        ours, theirs = machine.ours(work, data, 3), machine.peer("pymc", work, data)
        apart = errors_apart(ours["result"], theirs["result"])
        ratio = theirs["cpu"] / ours["cpu"]
        print(f"| {name} | {ours['cpu']:.3g} | {theirs['compiling']:.3g} + {theirs['cpu']:.3g} | {ratio:.0f} | {goal} | {apart:.1f} |", flush=True)
        if apart > ERRORS:
            raise SystemExit(f"models.py: {name}: the means are {apart:.1f} Monte-Carlo errors apart")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without the slow peers and the million customers")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    machine = Machine()
    fits(machine, given.quick, given.runs)
    if not given.quick:
        scores(machine)
        posteriors(machine)


main()
