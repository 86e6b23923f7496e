"""Forked and spawned processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from engagement import Ledger, Rulebook

LEDGER: Ledger | None = None


def work(number: int) -> tuple[int, float]:
    """Uses and changes the ledger that the fork copied."""
    assert LEDGER is not None
    LEDGER.record("child", "2026-01-01", "purchase", amount=number)
    scores = LEDGER.score(Rulebook.standard(), as_of="2026-01-02")
    return len(scores), scores.customer("child")["points_spend"]


def frame(rows: int) -> pl.DataFrame:
    at = np.datetime64("2025-01-01T00:00:00", "us") + np.arange(rows) * np.timedelta64(10, "s")
    return pl.DataFrame({"customer_id": np.arange(rows) % (rows // 10), "at": at, "amount": np.ones(rows)})


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_fork() -> None:
    global LEDGER
    LEDGER = Ledger(frame(20_000))
    LEDGER.score(Rulebook.standard())
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        results = list(pool.map(work, [10, 20, 30, 40]))
    assert all(count == 2_001 for count, _ in results)
    assert "child" not in LEDGER


def score_with(rulebook: Rulebook, rows: int) -> bytes:
    return pickle.dumps(Ledger(frame(rows)).score(rulebook).to_dicts()[:50])


def test_spawn_with_a_pickled_rulebook() -> None:
    ledger = Ledger(frame(1_000))
    rulebook = Rulebook.calibrated(ledger)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        theirs = pool.submit(score_with, rulebook, 1_000).result()
    assert pickle.loads(theirs) == ledger.score(rulebook).to_dicts()[:50]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_in_the_middle_of_another_threads_load_fails_with_a_sentence() -> None:
    ledger = Ledger(frame(1_000))
    loading, forked = threading.Event(), threading.Event()

    def slow(done: int, total: Any) -> None:
        loading.set()
        forked.wait(30)

    table = pa.table({"customer_id": ["x"], "at": ["2026-01-01"], "kind": ["visit"]})
    thread = threading.Thread(target=ledger.append, args=(table,), kwargs={"progress": slow})
    thread.start()
    assert loading.wait(30)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            len(ledger)
            answer = "no error"
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(write, answer.encode())
        os._exit(0)
    forked.set()
    thread.join()
    os.waitpid(child, 0)
    answer = os.read(read, 1000).decode()
    os.close(read)
    os.close(write)
    assert answer.startswith("ForkedError: ")
    assert "forked" in answer
    assert len(ledger) == 1_001
