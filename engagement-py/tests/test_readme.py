"""The README's and the package's examples print what they say.

``python tests/test_readme.py`` writes what they print now into the README, to be read before it is committed.
"""

from __future__ import annotations

import contextlib
import doctest
import io
from pathlib import Path

import engagement

README = Path(__file__).parent.parent / "README.md"


def test_readme() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted > 15
    assert result.failed == 0


def test_docstrings() -> None:
    result = doctest.testmod(engagement)
    assert result.attempted > 2
    assert result.failed == 0


def rewrite() -> None:
    """Puts what every example prints now in the place of what it printed before."""
    text = README.read_text()
    lines = text.splitlines(keepends=True)
    names: dict[str, object] = {}
    for example in reversed(examples := doctest.DocTestParser().get_examples(text)):
        del lines[example.lineno + example.source.count("\n") : example.lineno + example.source.count("\n") + example.want.count("\n")]
    shift = 0
    for example in examples:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(example.source, "README.md", "single"), names)
        at = example.lineno + example.source.count("\n") - shift
        lines[at:at] = said.getvalue().splitlines(keepends=True)
        shift += example.want.count("\n") - said.getvalue().count("\n")
    README.write_text("".join(lines))


if __name__ == "__main__":
    rewrite()
