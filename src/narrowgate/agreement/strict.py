"""The closed, frozen model that everything out of a document's TOML is read by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """What stands in a document: no other key, no other type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
