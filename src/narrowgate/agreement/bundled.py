"""The agreements that come with the gate, by id (contract section 2)."""

from __future__ import annotations

from importlib.resources import files


def bundled_ids() -> tuple[str, ...]:
    """Ids of the bundled agreements, sorted."""
    folder = files("narrowgate") / "agreements"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def bundled(agreement_id: str) -> bytes | None:
    """The bytes of a bundled agreement, or None where there is none of that id."""
    if agreement_id not in bundled_ids():
        return None
    return (files("narrowgate") / "agreements" / f"{agreement_id}.md").read_bytes()
