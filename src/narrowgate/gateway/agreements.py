"""Reading agreements for people: by file, by the id of a bundled one, or of an adopted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.contradictions import Finding
from narrowgate.agreement.coverage import KEPT, Row, coverage, gaps
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.errors import NotFound
from narrowgate.gateway.adopt import adopt, source_of
from narrowgate.gateway.life import life_of
from narrowgate.gateway.site import CONFIG, Site, signers
from narrowgate.instants import stamp
from narrowgate.screening.soundness import examine
from narrowgate.screening.worked import Outcome
from narrowgate.store import reading
from narrowgate.store.reading import AgreementRow

__all__ = ["KEPT", "Checked", "adopt_named", "check", "listed", "source", "standing_words"]


@dataclass(frozen=True, slots=True)
class Checked:
    """An agreement as checked: its terms, one row a clause, numbers of clauses that are gaps, what
    is amiss by line, and how each worked case came out.
    """

    terms: Terms
    rows: tuple[Row, ...]
    gaps: tuple[str, ...]
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]

    def passes(self, *, strict: bool = False) -> bool:
        """Whether nothing is amiss; `strict`: nor anything advised."""
        return not self.findings if strict else all(f.sort == "advice" for f in self.findings)


def source(name: str, home: Path) -> bytes:
    """The bytes of the agreement that a command names: a file, the id or digest of an adopted text,
    the id of a bundled one. Raises NotFound.
    """
    if Path(name).is_file():
        return Path(name).read_bytes()
    if (home / CONFIG).exists():
        rows = reading.agreements(Site(home).db)
        adopted = [row for row in rows if name in (row.id, row.digest)]
        if adopted:
            return source_of(Site(home), adopted[-1].digest)
    found = bundled(name)
    if found is None:
        raise NotFound(
            "neither a file nor the id of an agreement",
            place=name,
            mend="Bundled are: " + ", ".join(bundled_ids()) + ".",
        )
    return found


def check(name: str, home: Path) -> Checked:
    """Read an agreement, see what keeps each clause, and try it (screening/soundness.py).

    Raises BadInput naming every fault of form.
    """
    terms = read_agreement(source(name, home), name)
    found = examine(terms)
    missing = tuple(clause.number for clause in gaps(terms))
    return Checked(terms, coverage(terms), missing, found.findings, found.outcomes)


def standing_words(terms: Terms, home: Path) -> str:
    """How this very text stands at the site at `home`; empty where it was not adopted there."""
    if not (home / CONFIG).exists():
        return ""
    site = Site(home)
    if all(row.digest != terms.digest for row in reading.agreements(site.db)):
        return ""
    texts = {text.row.digest: text for text in life_of(site, terms.id).texts}
    found = texts[terms.digest]
    return f"{found.stage.replace('_', ' ')}, from {stamp(found.begins)} until {found.until}"


def adopt_named(site: Site, name: str, keys: Sequence[str], replaces: str | None) -> Terms:
    """Adopt the agreement that a command names under the keys it names."""
    return adopt(site, source(name, site.home), name, signers(keys), replaces=replaces)


def listed(home: Path) -> tuple[tuple[str, ...], list[AgreementRow]]:
    """Ids of bundled agreements, and what the site at `home`, if there is one, has adopted."""
    rows = reading.agreements(Site(home).db) if (home / CONFIG).exists() else []
    return bundled_ids(), rows
