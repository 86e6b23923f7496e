"""The ledger: one row or many, all or nothing, every row accounted for."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from conftest import content

import engagement
from engagement import Ledger


def test_a_ledger_starts_empty() -> None:
    ledger = Ledger()
    assert len(ledger) == 0
    assert not ledger
    assert ledger.latest is None
    assert ledger.customers() == []
    with pytest.raises(engagement.EngagementError, match="empty"):
        ledger.score(engagement.Rulebook.standard())


def test_recording_says_what_became_of_it() -> None:
    ledger = Ledger(currency="EUR", zone="Europe/Berlin")
    assert ledger.record("ann", "2026-03-01 10:00", "purchase", amount="19.90", id="till-1") == "recorded"
    assert ledger.record("ann", "2026-03-01 10:00", "purchase", amount="19.90", id="till-1") == "duplicate"
    with pytest.raises(engagement.IdConflictError):
        ledger.record("ann", "2026-03-01 10:00", "purchase", amount="20.00", id="till-1")
    assert len(ledger) == 1
    assert ledger.reconciliation.to_dict() == {"rows": 2, "recorded": 1, "duplicates": 1, "folded": 0, "rejected": 0, "reasons": {}}
    assert repr(ledger) == "Ledger(1 interactions, 1 customers, 2026-03-01 to 2026-03-01, zone Europe/Berlin, EUR)"


def test_every_field_can_be_recorded() -> None:
    ledger = Ledger()
    fields = {"order": "o1", "item": "chair", "channel": "web", "unit": "north", "campaign": "spring", "arm": "treated", "id": "x"}
    ledger.record(1, "2026-03-01", "purchase", amount=Decimal("10.5"), cost=1, rating=4, reach=10, other="ann", **fields)
    (row,) = ledger.history(1).to_dicts()
    assert row.pop("at").isoformat() == "2026-03-01T00:00:00+00:00"
    numbers = {"amount": Decimal("10.5"), "cost": Decimal(1), "rating": 4.0, "reach": 10.0}
    assert row == {"kind": "purchase", "other": "ann", **numbers, **fields}


@pytest.mark.parametrize("amount", [12, 12.0, "12", "12.00", Decimal("12"), np.float64(12), np.float32(12), np.int64(12)])
def test_money_in_any_form(amount: object) -> None:
    ledger = Ledger()
    ledger.record(1, "2026-01-01", "purchase", amount=amount)  # type: ignore[arg-type]
    assert ledger.history(1)["amount"] == [Decimal(12)]


@pytest.mark.parametrize("amount", [float("nan"), Decimal("nan"), None])
def test_missing_money(amount: object) -> None:
    ledger = Ledger()
    ledger.record(1, "2026-01-01", "purchase", amount=amount)  # type: ignore[arg-type]
    assert "amount" not in ledger.history(1).columns


@pytest.mark.parametrize(("amount", "error"), [("1,50", engagement.InvalidMoneyError), ("0.0000001", ValueError), (True, TypeError), (float("inf"), engagement.InvalidMoneyError)])
def test_what_is_no_money(amount: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        Ledger().record(1, "2026-01-01", "purchase", amount=amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "error"), [(1.5, TypeError), (True, TypeError), (None, TypeError), (2**64, engagement.InvalidArgumentError), ("", engagement.MissingFieldError)])
def test_what_is_no_customer(key: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        Ledger().record(key, "2026-01-01", "visit")  # type: ignore[arg-type]


def test_numpy_integers_are_customers() -> None:
    ledger = Ledger()
    ledger.record(np.int32(5), "2026-01-01", "visit")  # type: ignore[arg-type]
    assert ledger.customers() == [5]
    assert 5 in ledger
    assert "5" in ledger
    assert 6 not in ledger


def bad_rows() -> pa.Table:
    return pa.table({
        "customer_id": ["ann", None, "bob", "eve"],
        "at": ["2026-05-01", "2026-05-02", "soon", "2026-05-04"],
        "kind": ["purchase"] * 4,
        "amount": [1.0, 2.0, 3.0, -4.0],
    })


def test_a_strict_load_records_nothing_and_names_the_rows(ledger: Ledger) -> None:
    before, account = content(ledger), ledger.reconciliation
    with pytest.raises(engagement.EngagementError) as raised:
        ledger.append(bad_rows(), source="may.parquet")
    assert content(ledger) == before
    assert ledger.reconciliation == account
    assert {(reject.row, reject.field) for reject in raised.value.rejects} >= {(2, "customer_id"), (3, "at")}
    assert raised.value.rejects[0].source == "may.parquet"
    assert "may.parquet" in str(raised.value)


def test_a_lenient_load_keeps_the_good_rows(ledger: Ledger) -> None:
    account = ledger.append(bad_rows(), source="may.parquet", lenient=True)
    assert (account.rows, account.recorded, account.rejected) == (4, 1, 3)
    assert account.reasons == {"missing_customer": 1, "invalid_time": 1, "negative_purchase": 1}
    assert account.rows == account.recorded + account.duplicates + account.folded + account.rejected
    rejects = ledger.rejects
    assert rejects.columns == ["source", "row", "field", "reason", "value"]
    assert rejects.to_dicts()[1] == {"source": "may.parquet", "row": 3, "field": "at", "reason": "invalid_time", "value": "soon"}
    assert ledger.reconciliation.rows == 7 + 4


def test_loading_twice_records_once(ledger: Ledger, table: pa.Table) -> None:
    before = content(ledger)
    account = ledger.append(table)
    assert (account.recorded, account.duplicates) == (0, 7)
    assert content(ledger) == before


def test_lines_of_an_order_are_one_purchase() -> None:
    lines = pa.table({"customer_id": [1, 1, 1], "at": ["2026-01-01"] * 3, "kind": ["purchase"] * 3, "order": ["a", "a", "b"], "quantity": [2, 1, 1], "unit_price": [1.5, 4.0, 2.0]})
    ledger = Ledger(lines)
    assert ledger.reconciliation.folded == 1
    assert ledger.history(1)["amount"] == [Decimal("2"), Decimal("7")]


def test_a_ledger_has_one_currency(ledger: Ledger, table: pa.Table) -> None:
    euros = Ledger(table, currency="EUR")
    with pytest.raises(engagement.CurrencyMismatchError):
        euros.append(table, currency="USD")
    assert euros.currency == "EUR"
    assert ledger.currency is None


def test_forgetting_leaves_no_trace(ledger: Ledger, rulebook: engagement.Rulebook) -> None:
    ledger.record("eve", "2026-03-02", "referral", other="bob")
    assert ledger.forget(["bob", "nobody"]) == 2
    assert "bob" not in ledger
    assert "other" not in ledger.history("eve").columns
    assert "bob" not in ledger.score(rulebook)["customer"]


def test_unknown_customers_are_key_errors(ledger: Ledger, rulebook: engagement.Rulebook) -> None:
    with pytest.raises(KeyError) as raised:
        ledger.explain("zoe", rulebook)
    assert isinstance(raised.value, engagement.UnknownCustomerError)
    assert raised.value.kind == "UnknownCustomer"
    assert "zoe" in str(raised.value)
    assert not str(raised.value).startswith("'")


def test_kinds_are_counted(ledger: Ledger) -> None:
    assert ledger.kinds == {"purchase": 4, "complaint": 1, "review": 1, "visit": 1}


def test_every_error_kind_has_its_exception() -> None:
    from engagement import _errors

    assert all(issubclass(error, engagement.EngagementError) for error in _errors.BY_KIND.values())
    assert len(_errors.BY_KIND) == 20


def test_errors_pickle() -> None:
    import pickle

    with pytest.raises(engagement.EngagementError) as raised:
        Ledger(bad_rows())
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is type(raised.value)
    assert (str(again), again.kind, again.rejects) == (str(raised.value), raised.value.kind, raised.value.rejects)
