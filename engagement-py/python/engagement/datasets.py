"""The data that come with the package."""

from __future__ import annotations

from pathlib import Path


def cdnow() -> Path:
    """The path of the CDNOW log: 69,659 purchases of 23,570 customers, 1997-01-01 to 1998-06-30, as gzipped CSV.

    Columns: ``customer_id``, ``date``, ``cds``, ``value`` (US dollars). Source: Fader & Hardie (2001); see
    ``data/README.md`` beside the file for the citation and licence.
    """
    return Path(__file__).parent / "data" / "cdnow.csv.gz"
