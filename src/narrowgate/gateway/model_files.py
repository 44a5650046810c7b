"""Models for people: read by file or bundled name, and taken over from Splink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from narrowgate.canonical import sha256
from narrowgate.errors import BadInput
from narrowgate.matching.drawing import draw_model
from narrowgate.matching.model import LEVELS, Model, bundled_model, read_model
from narrowgate.matching.model_file import check_name, model_file
from narrowgate.matching.splink import Imported, import_splink

_BASE = "strict"
_ABOUT = (
    "Match weights in bits are log2(m / u) (Fellegi and Sunter 1969), as Splink trained them where "
    "a level of its settings corresponds; for the rest see the notes."
)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A model from Splink's settings: its file, read, and what was taken over and what was not."""

    data: bytes
    model: Model
    imported: Imported


def named_model(name: str) -> Model:
    """The model in a file, or the bundled one of that name. Raises BadInput."""
    path = Path(name)
    return read_model(path.read_bytes(), path.name) if path.is_file() else bundled_model(name)


def rows(model: Model) -> list[tuple[str, str, float, float, float]]:
    """Comparison, level, m, u and bits of everything that the model weighs."""
    found = {**model.identity, **model.residence, "former_name": {"former": model.former_name}}
    return [
        (comparison, level, share.m, share.u, share.bits)
        for comparison, levels in found.items()
        for level, share in levels.items()
    ]


def draw(model: Model) -> str:
    """The same as a page (HTML)."""
    return draw_model(model)


def take_over(settings: Path, columns: list[str], *, name: str) -> TakenOver:
    """Splink's settings as a model. `columns`: `ours=theirs`, for names that are not the usual."""
    check_name(name, name)
    if not settings.is_file():
        raise BadInput("no such file", place=str(settings))
    base, data = bundled_model(_BASE), settings.read_bytes()
    imported = import_splink(data, base, _columns(columns), settings.name)
    told = {
        "from": "Splink",
        "settings": sha256(data),
        "base": base.digest,
        "taken": list(imported.taken),
        "notes": list(imported.notes),
    }
    written = model_file(name, _ABOUT, base, imported.identity, {"imported": told})
    return TakenOver(written, read_model(written, name), imported)


def _columns(columns: list[str]) -> Mapping[str, str]:
    pairs = dict(column.partition("=")[::2] for column in columns)
    for ours, theirs in pairs.items():
        if ours not in LEVELS or not theirs:
            raise BadInput(
                "not a comparison here and a column of Splink's",
                place="--column",
                mend=f"Write one of {', '.join(LEVELS)}, =, and the column.",
            )
    return pairs
