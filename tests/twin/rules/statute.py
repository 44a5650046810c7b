"""Clause 4.11: one designated criminal statute, down to its limb (6103(i)(2)(B)(iii))."""

from __future__ import annotations

from twin.forms.citations import Citation, citation, covers
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record


def missing(record: Record) -> bool:
    """None is cited."""
    return record.cell("offense_statute") is None


def not_specific(record: Record, figures: Figures) -> bool:
    """No single provision, or one above the limb that is designated."""
    text = _given(record)
    if text is None:
        return False
    cited = citation(text)
    if cited is None:
        return True
    return any(covers(cited, limb) and cited != limb for limb in _all(figures["designated"]))


def civil(record: Record, figures: Figures) -> bool:
    """A provision of one of the civil sections."""
    text = _given(record)
    cited = citation(text) if text is not None else None
    return cited is not None and any(covers(listed, cited) for listed in _all(figures["sections"]))


def not_listed(record: Record, figures: Figures) -> bool:
    """A provision that is not designated."""
    text = _given(record)
    return text is not None and citation(text) not in _all(figures["designated"])


def _given(record: Record) -> str | None:
    return record.cell("offense_statute") if record.sound("offense_statute") else None


def _all(texts: list[str]) -> list[Citation]:
    return [cited for cited in map(citation, texts) if cited is not None]
