"""The stubs say what the compiled module has, and the package type-checks for its users."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFIG = "[mypy]\nstrict = true\n[mypy-pandas.*]\nignore_missing_imports = true\n[mypy-pyarrow.*]\nignore_missing_imports = true\n"

USE = """
import engagement
from datetime import date
from decimal import Decimal
import polars as pl

ledger = engagement.Ledger(pl.DataFrame({"customer_id": [1]}), zone="Europe/Berlin")
account: engagement.Reconciliation = ledger.append(pl.LazyFrame(), lenient=True)
scores = ledger.score(engagement.Rulebook.standard(), as_of=date(2026, 6, 30))
frame: pl.DataFrame = scores.to_polars()
ratio: float | None = ledger.engagement_ratio().ratio
table: engagement.Table = ledger.engagement_ratio(by="unit")
for sentence in ledger.explain("ann", scores.rulebook).sentences:
    print(sentence.upper())
purchases = ledger.purchases("2026-06-30", holdout=date(2026, 9, 30))
fit = engagement.MbgNbd.fit(purchases, priors={"r": engagement.Prior.gamma(2, 3)})
low: float = fit.confidence_intervals()["r"][0]
expected: engagement.Column = engagement.MbgNbd(0.5, 6.2, 0.9, 1.6).expected_purchases(purchases, 39)
book = scores.rulebook.with_forecast(fit.model, spend=engagement.GammaGamma(6.2, 3.7, 15.4), margin=0.3)
change: Decimal = scores.value_bridge(scores)["stay"]
contract = engagement.ShiftedBetaGeometric(0.7, 3.8)
share: float = contract.survival(3, renewed=2) + contract.discounted_renewals(rate=0.1) + contract.log_likelihood(2, True)
shares: engagement.Column = contract.survival(3, renewed=[0, 2])
shares = contract.log_likelihood([0, 2], [True, False])
lows, highs = engagement.GammaGamma(6.2, 3.7, 15.4).value_interval(purchases)
curve: engagement.Table = engagement.KaplanMeier([1.0, 2.0], [True, False])
try:
    ledger.score_one("zoe")
except engagement.UnknownCustomerError as error:
    reveal_type(error.rejects)
"""


def mypy(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_stubs_match_the_module(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text(CONFIG)
    mypy("mypy.stubtest", "engagement", "--mypy-config-file", "mypy.ini", cwd=tmp_path)


def test_a_users_program_type_checks(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text(CONFIG)
    (tmp_path / "use.py").write_text(USE)
    said = mypy("mypy", "--config-file", "mypy.ini", "use.py", cwd=tmp_path)
    assert "engagement._errors.Reject" in said
