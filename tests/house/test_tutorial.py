"""The tutorial does what it says: its commands are run, its files written, its changes made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/write-an-agreement.md"


def blocks() -> Iterator[tuple[int, str, str]]:
    """Line, kind and content of each fenced block."""
    for token in MarkdownIt("commonmark").parse(PAGE.read_text(encoding="utf-8")):
        if token.type == "fence":
            assert token.map is not None
            yield token.map[0] + 1, token.info, token.content


def test_everything_on_the_page_is_so(tmp_path: Path) -> None:
    kinds = set()
    for line, info, content in blocks():
        kind, _, name = info.partition(" ")
        kinds.add(kind)
        place = f"{PAGE.name} line {line}"
        if kind == "sh":
            for command, expected in commands(content):
                run(command, expected, tmp_path, place)
        elif kind == "diff":
            change(tmp_path, content, place)
        else:
            assert name, f"{place}: nobody tries this block"
            (tmp_path / name).write_text(content, encoding="utf-8")
    assert {"sh", "diff", "markdown"} <= kinds


def commands(content: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines that follow it."""
    found: list[tuple[str, list[str]]] = []
    for line in content.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def run(command: str, expected: list[str], folder: Path, place: str) -> None:
    """Run it; the lines expected come in their order, `...` stands for any."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "400"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    status = 0
    if expected and expected[-1].startswith("exit status "):
        status = int(expected[-1].rpartition(" ")[2])
        expected = expected[:-1]
    told = done.stdout + done.stderr
    assert done.returncode == status, f"{place}: {command}\n{told}"
    at = 0
    for line in expected:
        if line != "...":
            found = told.find(line.strip(), at)
            assert found >= 0, f"{place}: {command}\nwanted: {line}\n{told}"
            at = found + len(line.strip())


def change(folder: Path, content: str, place: str) -> None:
    """Make the change that a block of lines with -, + or a space shows; it fits in one place."""
    head, *lines = content.splitlines()
    path = folder / head.removeprefix("--- ")
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{place}: found {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "expected"),
    [("echo one", ["two"]), ("exit 3", []), ("echo one", ["exit status 1"]),
     ("printf 'b\\na\\n'", ["a", "b"])],
)  # fmt: skip
def test_a_page_that_is_not_so_is_noticed(
    command: str, expected: list[str], tmp_path: Path
) -> None:
    with pytest.raises(AssertionError):
        run(command, expected, tmp_path, "here")
