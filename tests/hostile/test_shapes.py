"""Every hostile record of facts/law.md section 7 gets exactly its codes; its neighbours pass."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from world import NOW, World, person, record

SHAPES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "shapes.toml").read_text(encoding="utf-8")
)["shape"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), people=[person(n) for n in range(20)])


def test_every_shape_gets_exactly_its_codes(world: World) -> None:
    """All shapes travel in one request, as they would in life, beside lawful records."""
    records, expected = [], []
    for shape in SHAPES:
        for changes in shape["records"]:
            number = 1000 + len(records)
            records.append(record(number, **_dated(changes)))
            expected.append((shape["id"], sorted(shape["codes"])))
    lawful = len(records)
    # Enough lawful ones that the request is not refused whole for its quality (B57).
    for number in range(lawful * 3):
        records.append(record(4000 + number))
        expected.append(("lawful", []))
    world.now += timedelta(days=1)
    progress = world.process(records)
    assert progress.reasons == ()
    found = [
        (shape, sorted(reason.code.value for reason in progress.docket.reasons_of(row)))
        for row, (shape, _) in enumerate(expected)
    ]
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []


def _dated(changes: dict[str, str]) -> dict[str, str]:
    return {
        name: f"{(NOW + timedelta(days=1) - timedelta(days=int(value[5:]))).date()}"
        if value.startswith("days:")
        else value
        for name, value in changes.items()
    }
