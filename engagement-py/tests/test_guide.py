"""Every command and example of the guide and of the project's README does what the page says."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for name, text in FENCE.findall(page.read_text()) if name == language]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "docs", tmp_path / "docs"))


def test_commands(docs: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1"}
    ran = 0
    for page in sorted(docs.glob("*.md")):
        for block in blocks(page, "console"):
            for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                done = subprocess.run(
                    command, shell=True, cwd=docs, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
                )
                assert done.stdout == said, f"{page.name}: {command}"
                ran += 1
    assert ran >= 5


def test_python(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(docs)
    ran = 0
    for page in sorted(docs.glob("*.md")):
        for block in blocks(page, "python"):
            exec(compile(block, page.name, "exec"), {})
            ran += 1
        result = doctest.testfile(str(page), module_relative=False)
        assert result.failed == 0, page.name
        ran += result.attempted
    assert ran > 15


def test_readme() -> None:
    """Its Python blocks are one program, and the first prints what the page says."""
    page = ROOT / "README.md"
    names: dict[str, object] = {}
    said = []
    for block in blocks(page, "python"):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(block, "README.md", "exec"), names)
        said.append(printed.getvalue())
    assert len(said) > 1 and said[0] == blocks(page, "text")[0]
    assert not any(said[1:])
