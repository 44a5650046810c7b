"""Each hostile request of facts/law.md section 7 is tried somewhere, and it is said where."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TRIED: dict[str, list[str]] = tomllib.loads((HERE / "coverage.toml").read_text(encoding="utf-8"))


def test_all_sixty_are_listed() -> None:
    assert list(TRIED) == [f"B{number}" for number in range(1, 61)]
    assert all(TRIED.values())


@pytest.mark.parametrize(("shape", "place"), [(b, p) for b in TRIED for p in TRIED[b]])
def test_what_is_listed_is_there(shape: str, place: str) -> None:
    name, _, sought = place.partition("::")
    text = (HERE / name).read_text(encoding="utf-8")
    if name.endswith(".py"):
        assert re.search(rf"^def {sought}\(", text, re.MULTILINE)
    else:
        assert re.search(rf"\b{sought}[a-z]?\b", text)
    if name in ("shapes.toml", "test_programmes.py"):
        assert shape.lower() in sought.lower() or shape == "B60"
