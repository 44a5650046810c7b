"""Which agreement a request is made under: a file, or a bundled one by its id."""

from __future__ import annotations

from pathlib import Path

from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.errors import NotFound


def named_terms(name: str) -> Terms:
    """The terms of the agreement that a command names. Raises NotFound, BadInput."""
    path = Path(name)
    source = path.read_bytes() if path.is_file() else bundled(name)
    if source is None:
        raise NotFound(
            "neither a file nor the id of a bundled agreement",
            place=name,
            mend="Bundled are: " + ", ".join(bundled_ids()) + ".",
        )
    return read_agreement(source, name)
