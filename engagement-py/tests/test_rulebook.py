"""Rulebooks: documents that travel."""

from __future__ import annotations

import json
import pickle
import tomllib
from pathlib import Path

import pytest

import engagement
from engagement import Ledger, Rulebook


def test_text_round_trips(rulebook: Rulebook) -> None:
    assert Rulebook.loads(rulebook.dumps()) == rulebook
    assert Rulebook.loads(rulebook.dumps("json")) == rulebook
    assert tomllib.loads(rulebook.dumps())["version"] == 1
    assert json.loads(rulebook.dumps("json"))["version"] == 1
    with pytest.raises(engagement.InvalidArgumentError, match="yaml"):
        rulebook.dumps("yaml")  # type: ignore[arg-type]


def test_files_round_trip(rulebook: Rulebook, tmp_path: Path) -> None:
    for name in ("rules.toml", "rules.json"):
        rulebook.dump(tmp_path / name)
        assert Rulebook.load(tmp_path / name) == rulebook
    with pytest.raises(FileNotFoundError) as raised:
        Rulebook.load(tmp_path / "none.toml")
    assert raised.value.filename == str(tmp_path / "none.toml")


def test_it_pickles(ledger: Ledger, rulebook: Rulebook) -> None:
    calibrated = Rulebook.calibrated(ledger)
    for book in (rulebook, calibrated):
        again = pickle.loads(pickle.dumps(book))
        assert again == book
        assert ledger.score(again).to_dicts() == ledger.score(book).to_dicts()


def test_a_newer_pickle_is_refused(rulebook: Rulebook) -> None:
    with pytest.raises(engagement.UnsupportedVersionError, match="format 9"):
        Rulebook._from_bytes(b"\x09rules")
    with pytest.raises(engagement.CorruptDataError):
        Rulebook._from_bytes(b"")


def test_it_compares_and_shows_itself(rulebook: Rulebook) -> None:
    assert rulebook == Rulebook.standard()
    assert rulebook != "rulebook"
    assert rulebook.rules[0] in repr(rulebook)
    assert len(rulebook.rules) == len(tomllib.loads(rulebook.dumps())["rule"])


def test_errors_say_where_and_what(tmp_path: Path, rulebook: Rulebook) -> None:
    with pytest.raises(engagement.InvalidRulebookError):
        Rulebook.loads("version = 1\ncolour = 'red'\n")
    with pytest.raises(engagement.UnsupportedVersionError):
        Rulebook.loads(rulebook.dumps().replace("version = 1", "version = 2"))
    path = tmp_path / "broken.toml"
    path.write_text("version = ")
    with pytest.raises(engagement.InvalidRulebookError, match="broken.toml"):
        Rulebook.load(path)


def test_calibration_says_what_it_did(ledger: Ledger) -> None:
    book = Rulebook.calibrated(ledger, as_of="2026-03-31")
    assert book.notes
    assert all(isinstance(note, str) for note in book.notes)
