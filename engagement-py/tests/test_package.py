"""What is in the wheel."""

from __future__ import annotations

import gzip
from importlib import metadata, resources
from pathlib import Path

import engagement


def test_every_public_name_exists_and_says_what_it_is() -> None:
    for name in engagement.__all__:
        value = getattr(engagement, name)
        if isinstance(value, type) or callable(value):
            assert value.__doc__, name


def test_every_method_says_what_it_does() -> None:
    undocumented = [
        f"{kind.__name__}.{name}"
        for kind in (engagement.Ledger, engagement.Rulebook, engagement.Scores, engagement.Table, engagement.Scorecard, engagement.Explanation, engagement.EngagementRatio, engagement.Reconciliation, engagement.Contribution)
        for name, value in vars(kind).items()
        if not name.startswith("_") and not value.__doc__
    ]
    assert not undocumented


def test_classes_know_where_they_live() -> None:
    assert engagement.Ledger.__module__ == "engagement"
    assert repr(engagement.Ledger) == "<class 'engagement.Ledger'>"


def test_the_version_is_the_wheels() -> None:
    assert engagement.__version__ == metadata.version("engagement")
    assert not [need for need in metadata.requires("engagement") or [] if "extra" not in need]


def test_the_data_come_with_citation_and_licence() -> None:
    assert isinstance(engagement.datasets.cdnow(), Path)
    lines = gzip.decompress(engagement.datasets.cdnow().read_bytes()).decode().splitlines()
    assert lines[0] == "customer_id,date,cds,value"
    assert len(lines) == 1 + 69_659
    assert len({line.split(",")[0] for line in lines[1:]}) == 23_570
    said = resources.files("engagement").joinpath("data/README.md").read_text()
    assert "Fader" in said
    assert "MIT License" in said
    assert resources.files("engagement").joinpath("py.typed").is_file()
