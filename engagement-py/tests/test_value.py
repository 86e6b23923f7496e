"""Forecasts in a rulebook: what customers are worth, by way, in exact money."""

from __future__ import annotations

import json
import pickle
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from summaries import cdnow_sample, cdnow_sample_ledger

import engagement
from engagement import GammaGamma, Ledger, MbgNbd, Rulebook, Scores

MODEL, SPEND = MbgNbd(0.5248432, 6.1830853, 0.8913594, 1.6140022), GammaGamma(6.25, 3.74, 15.44)


def rulebook(**how: Any) -> Rulebook:
    return Rulebook.standard().with_forecast(MODEL, spend=SPEND, **how)


def scores(as_of: str = "1997-09-30", **how: Any) -> Scores:
    return cdnow_sample_ledger().score(rulebook(**how), as_of=as_of)


@pytest.fixture
def friends() -> Ledger:
    ledger = Ledger()
    ledger.record("ann", "2026-01-05", "purchase", amount=40)
    ledger.record("ann", "2026-02-02", "purchase", amount=55)
    ledger.record("bob", "2026-02-03", "referral", other="ann")
    ledger.record("bob", "2026-02-09", "purchase", amount=20)
    ledger.record("eve", "2026-02-10", "visit")
    return ledger


def test_a_published_customer() -> None:
    """Customer 1 of the sample: x = 2, t_x = 30.43, T = 38.86, m = 22.35 (Fader & Hardie 2005, 2013)."""
    card = cdnow_sample_ledger().score_one(1, rulebook(horizon=39.0, discount_rate=0.0), as_of="1997-09-30")
    forecast, value = card.forecast, card.value
    assert forecast is not None and value is not None
    assert forecast["expected_purchases"] == pytest.approx(1.2627, abs=2e-4) == forecast["discounted_purchases"]
    assert forecast["expected_order_value"] == pytest.approx(24.66, abs=0.01)
    assert forecast["lifetime_value"] == forecast["stay"] + forecast["spend"] == value["total"]
    assert isinstance(value["total"], Decimal) and value["say"] == 0
    document = card.to_dict()
    assert document["forecast"]["probability_alive"] == forecast["probability_alive"]
    assert Decimal(str(document["value"]["stay"])) == value["stay"]
    assert json.loads(card.to_json()) == document


def test_scores_carry_the_forecast() -> None:
    table = scores(margin=0.3)
    new = ["probability_alive", "expected_purchases", "discounted_purchases", "expected_order_value"]
    new += ["lifetime_value", "value_say", "value_stay", "value_spend"]
    assert [name for name in table.columns if name in new] == new
    row = table.customer(1)
    card = cdnow_sample_ledger().score_one(1, rulebook(margin=0.3), as_of="1997-09-30")
    assert card.forecast is not None and card.value is not None
    for name in ("probability_alive", "expected_purchases", "discounted_purchases", "expected_order_value", "lifetime_value"):
        assert row[name] == card.forecast[name], name
    assert [row[f"value_{way}"] for way in ("say", "stay", "spend")] == [card.value[way] for way in ("say", "stay", "spend")]
    # The same numbers as from the models themselves.
    alive = MODEL.probability_alive(cdnow_sample())
    assert list(table["probability_alive"]) == pytest.approx(list(alive), rel=1e-12)
    assert "probability_alive" not in cdnow_sample_ledger().score(Rulebook.standard()).columns


def test_ways_add_up_to_the_last_millionth(friends: Ledger) -> None:
    for table in (scores(), friends.score(rulebook(), as_of="2026-03-31")):
        total = table.value
        assert total is not None
        assert total["say"] == 0 and total["stay"] + total["spend"] == total["lifetime_value"]
        assert total["lifetime_value"] == sum(amount for amount in table["lifetime_value"] if amount is not None)
        levels = table.value_by_level.values()
        for name in ("customers", "lifetime_value", "say", "stay", "spend"):
            assert sum(level[name] for level in levels) == total[name]


def test_say_is_credit_for_referred_customers(friends: Ledger) -> None:
    ann, bob, eve = (friends.score_one(name, rulebook(), as_of="2026-03-31") for name in ("ann", "bob", "eve"))
    assert ann.value is not None and bob.value is not None and bob.forecast is not None
    assert ann.value["say"] == bob.forecast["lifetime_value"] == -bob.value["say"] and bob.value["total"] == 0
    assert eve.value is None and eve.forecast is None and eve.to_dict()["value"] is None
    half = friends.score_one("ann", rulebook(referral_share=0.5), as_of="2026-03-31").value
    assert half is not None and abs(half["say"] * 2 - ann.value["say"]) <= Decimal("0.000001")
    late = friends.score_one("ann", rulebook(referral_window=0.1), as_of="2026-03-31").value
    assert late is not None and late["say"] == 0


def test_the_bridge_adds_up(friends: Ledger) -> None:
    before, after = (friends.score(rulebook(), as_of=day) for day in ("2026-02-06", "2026-03-31"))
    bridge = after.value_bridge(before)
    lines = ("acquired", "lost", "stay", "spend", "say", "margin")
    assert list(bridge) == ["before", *lines, "after"]
    assert bridge["before"] + sum(bridge[line] for line in lines) == bridge["after"]
    assert before.value is not None and after.value is not None
    assert bridge["after"] == after.value["lifetime_value"]
    wide = scores("1997-12-31", margin=0.4).value_bridge(scores("1997-09-30", margin=0.3))
    assert wide["before"] + sum(wide[line] for line in lines) == wide["after"] and wide["margin"] > 0
    without = friends.score(Rulebook.standard().with_forecast(MODEL), as_of="2026-02-06")
    assert without.value is None and without.value_by_level == {}
    with pytest.raises(ValueError, match="before: a table of scores without a forecast in money"):
        after.value_bridge(without)


def test_a_forecast_is_part_of_the_rulebook(tmp_path: Path) -> None:
    book = rulebook(horizon=None, discount_rate=0.12, margin=0.25, base_value=30.0, unit="week", grain="week")
    assert Rulebook.loads(book.dumps()) == Rulebook.loads(book.dumps("json")) == pickle.loads(pickle.dumps(book)) == book
    book.dump(tmp_path / "book.toml")
    assert Rulebook.load(tmp_path / "book.toml").forecast == book.forecast
    assert book.forecast is not None
    assert book.forecast["purchases"] == {"model": "mbg-nbd", **MODEL.parameters}
    assert (book.forecast["grain"], book.forecast["base_value"], "horizon" in book.forecast) == ("week", 30.0, False)
    assert Rulebook.standard().forecast is None
    table = cdnow_sample_ledger().score(book, as_of="1997-09-30")
    assert set(table["expected_purchases"]) == {None} and None not in table["discounted_purchases"]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"margin": 0.0}, "margin: 0 is not above 0 and at most 1"),
        ({"horizon": -1.0}, "horizon: -1 is not a positive finite number"),
        ({"horizon": None, "discount_rate": 0.0}, "discount_rate: 0 is not above 0, which a forecast without a horizon needs"),
        ({"referral_share": 1.5}, "referral_share: 1.5"),
        ({"unit": "fortnight"}, "fortnight"),
        ({"spend": GammaGamma(1.0, 0.9, 1.0)}, "base_value"),
    ],
)
def test_errors_name_field_value_and_domain(how: dict[str, Any], message: str) -> None:
    with pytest.raises(engagement.EngagementError, match=message) as caught:
        Rulebook.standard().with_forecast(MODEL, **{"spend": SPEND, **how})
    assert isinstance(caught.value, ValueError)


def test_scoring_later_moves_the_forecast() -> None:
    as_of = datetime(1998, 6, 30)
    now, later = scores().value, cdnow_sample_ledger().score(rulebook(), as_of=as_of).value
    assert now is not None and later is not None and later["lifetime_value"] != now["lifetime_value"]
