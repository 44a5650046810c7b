"""Under what all was decided: four digests and a clock reading that travel as one value.

Every entry, answer and finding carries it, so that `replay` can name what it must load and a
court can ask for exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrowgate.canonical import Json


@dataclass(frozen=True, slots=True)
class Authority:
    """`agreement`, `snapshot` and `model` are `sha256:` digests; empty where not yet drawn on."""

    agreement: str
    software: str
    at: str
    snapshot: str = ""
    model: str = ""

    def as_json(self) -> dict[str, Json]:
        """The authority as entries and manifests carry it."""
        return {
            "agreement": self.agreement,
            "at": self.at,
            "model": self.model,
            "snapshot": self.snapshot,
            "software": self.software,
        }
