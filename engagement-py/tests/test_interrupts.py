"""Ctrl-C and exceptions from a progress callback stop the work and leave the ledger as it was."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any, NoReturn

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from conftest import content

import engagement
from engagement import Ledger, Rulebook


def big(rows: int = 300_000) -> pl.DataFrame:
    at = np.datetime64("2025-01-01T00:00:00", "us") + np.arange(rows) * np.timedelta64(60, "s")
    return pl.DataFrame({"customer_id": np.arange(rows) % (rows // 10), "at": at, "amount": np.ones(rows)})


class Stop(Exception):
    """What the callbacks raise."""


def stop(done: int, total: int | None) -> NoReturn:
    raise Stop


def interrupt(done: int, total: int | None) -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(("callback", "error"), [(stop, Stop), (interrupt, KeyboardInterrupt)])
def test_a_stopped_load_changes_nothing(ledger: Ledger, callback: Any, error: type[BaseException]) -> None:
    before, account = content(ledger), ledger.reconciliation
    with pytest.raises(error):
        ledger.append(big(), progress=callback)
    assert content(ledger) == before
    assert ledger.reconciliation == account
    ledger.record("ann", "2026-06-01", "visit")


@pytest.mark.parametrize(("callback", "error"), [(stop, Stop), (interrupt, KeyboardInterrupt)])
def test_a_stopped_read_changes_nothing(tmp_path: Any, callback: Any, error: type[BaseException]) -> None:
    big().write_csv(tmp_path / "log.csv")
    with pytest.raises(error):
        Ledger.read(tmp_path / "log.csv", progress=callback)


@pytest.mark.parametrize(("callback", "error"), [(stop, Stop), (interrupt, KeyboardInterrupt)])
def test_a_stopped_score_leaves_a_ledger_that_works(callback: Any, error: type[BaseException], rulebook: Rulebook) -> None:
    ledger = Ledger(big())
    with pytest.raises(error):
        ledger.score(rulebook, progress=callback)
    assert len(ledger.score(rulebook)) == 30_000


@pytest.mark.parametrize(("callback", "error"), [(stop, Stop), (interrupt, KeyboardInterrupt)])
def test_a_stopped_posterior_raises_at_once(callback: Any, error: type[BaseException]) -> None:
    purchases = engagement.Nbd(0.8, 5.0).simulate(2_000, 40.0, seed=1)
    began = time.monotonic()
    with pytest.raises(error):
        engagement.Nbd.posterior(purchases, chains=2, draws=10_000_000, progress=callback)
    assert time.monotonic() - began < 30


def test_a_bootstrap_answers_ctrl_c() -> None:
    purchases = engagement.BgNbd(0.8, 5.0, 0.6, 2.0).simulate(2_000, 40.0, seed=1)
    fit = engagement.BgNbd.fit(purchases)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fit.bootstrap(purchases, replicates=1_000_000, seed=1)
    assert time.monotonic() - began < 30


def test_an_interval_of_opportunities_answers_ctrl_c() -> None:
    rows = [(x, last, 200) for last in range(1, 201) for x in range(1, last + 1)]
    customers = engagement.Opportunities(*(list(column) for column in zip(*rows, strict=True)))
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        engagement.BgBb(1.2, 0.75, 0.66, 2.8).prediction_interval(customers, 10_000)
    assert time.monotonic() - began < 30


def test_a_validation_answers_ctrl_c() -> None:
    ledger = Ledger.read(engagement.datasets.cdnow())
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ledger.validate(["mbg-nbd"], horizon=13.0, replicates=100_000_000)
    assert time.monotonic() - began < 30
    assert ledger.validate(["nbd"], horizon=13.0, replicates=20).candidates == ["nbd"]


def test_the_callback_cannot_use_the_ledger_it_loads(ledger: Ledger, table: pa.Table) -> None:
    with pytest.raises(engagement.EngagementError, match="within its own load"):
        ledger.append(table, progress=lambda done, total: len(ledger))
    assert len(ledger) == 7


def test_the_callback_may_look_while_scoring(rulebook: Rulebook) -> None:
    ledger = Ledger(big())
    sizes: set[int] = set()
    ledger.score(rulebook, progress=lambda done, total: sizes.add(len(ledger)))
    assert sizes == {300_000}


def test_other_threads_run_while_the_core_works(rulebook: Rulebook) -> None:
    ledger = Ledger(big())
    ticks = 0
    going = True

    def count() -> None:
        nonlocal ticks
        while going:
            ticks += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    for _ in range(5):
        ledger.score(rulebook, threads=1)
    going = False
    thread.join()
    assert ticks > 5


def test_threads_share_a_ledger(rulebook: Rulebook) -> None:
    ledger = Ledger(big(50_000))
    results: list[int] = []

    def read() -> None:
        results.append(len(ledger.score(rulebook)))

    def write(number: int) -> None:
        ledger.append(pa.table({"customer_id": [f"new {number}"], "at": ["2025-03-01"], "amount": [1.0]}))

    threads = [threading.Thread(target=read) for _ in range(4)] + [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.customer_count == 5_004
    assert all(5_000 <= count <= 5_004 for count in results)
