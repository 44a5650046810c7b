"""Whether a site is whole: log, database, and every file that the log names, held against it.

The verifier of strangers (its own distribution) sees the log and what is shown of it. The custodian
has more to check: that the database says what the log says, row by row, and that sealed files,
agreements, models and snapshots are those that the entries name. All faults are told, not the
first; none of them quotes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from narrowgate.canonical import sha256
from narrowgate.case.evidence import SealedFile
from narrowgate.errors import NarrowgateError
from narrowgate.events import Event, Kind
from narrowgate.gateway import papers
from narrowgate.gateway.expire import unfinished
from narrowgate.gateway.load import snapshot
from narrowgate.gateway.models import kept
from narrowgate.gateway.past import past_of
from narrowgate.gateway.site import Site
from narrowgate.ledger.view import View
from narrowgate.matching.model import is_bundled, read_model
from narrowgate.store import dump

_PAPERS = (
    Kind.AGREEMENT_SUSPENDED,
    Kind.AGREEMENT_RESUMED,
    Kind.DELEGATION_GIVEN,
)


def faults_of(site: Site) -> list[str]:
    """Every fault found, in words that name the place. Empty: whole."""
    faults = record_faults(site)
    if faults:
        return [*faults, "what the log names was not looked at: mend these first"]
    return file_faults(site)


def file_faults(site: Site) -> list[str]:
    """The faults of what the log names: sealed files, papers, agreements, models, the register."""
    view = site.log.view()
    return list(_files(site, [Event.read(each, site.veil) for each in view.entries(0, view.size)]))


def record_faults(site: Site) -> list[str]:
    """The faults of log and database alone: nothing that is sealed is opened."""
    faults = list(site.log.verify())
    if faults:
        return faults
    try:
        return list(_database(site, site.log.view()))
    except NarrowgateError as error:
        return [f"{error}"]


def _database(site: Site, view: View) -> Iterator[str]:
    """Rows that are not those which the log makes, by table and key."""
    with past_of(site, view) as past:
        expected = dump.tables(past.advance(view.size).db)
    standing = dump.tables(site.db)
    for table, rows in expected.items():
        there = standing[table]
        for key in sorted(rows.keys() | there.keys()):
            if rows.get(key) != there.get(key):
                fields = _differing(rows.get(key), there.get(key))
                yield f"database, {table} {key}: {fields}, against the log"


def _differing(expected: Mapping[str, Any] | None, there: Mapping[str, Any] | None) -> str:
    if expected is None:
        return "a row too many"
    if there is None:
        return "the row is missing"
    names = [name for name in expected if expected[name] != there.get(name)]
    return ", ".join(names) + " changed"


def _files(site: Site, events: Sequence[Event]) -> Iterator[str]:
    """Files that are missing, or are not those which the entries name."""
    expired = {str(e.fields["case"]) for e in events if e.kind is Kind.CASE_EXPIRED}
    for index, event in enumerate(events):
        fields: Mapping[str, Any] = event.fields
        case = fields.get("case")
        if event.kind in _PAPERS:
            yield from _sealed(site, papers.FOLDER, {"paper": fields["file"]}, index)
        elif case is not None and case not in expired:
            named = fields.get("files") or {"vote": fields["file"]}
            yield from _sealed(site, str(case), named, index)
        elif event.kind in (Kind.AGREEMENT_ADOPTED, Kind.AGREEMENT_AMENDED):
            data = site.files.read(f"agreements/{fields['digest'].replace(':', '-')}.md")
            if data is None or sha256(data) != fields["digest"]:
                yield f"entry {index}: the agreement it names is missing or another"
    for case in unfinished(site):
        yield f"case {case}: it is expired, and its key is still here; run `case expire` again"
    yield from _models(site, events)
    yield from _snapshots(site, events)


def _sealed(
    site: Site, case: str, named: Mapping[str, Mapping[str, str]], index: int
) -> Iterator[str]:
    for label, ref in named.items():
        try:
            site.evidence.get(case, SealedFile.of(ref))
        except NarrowgateError as error:
            yield f"entry {index}, {case}, {label}: {error.fault}"


def _models(site: Site, events: Sequence[Event]) -> Iterator[str]:
    """The evaluation installed last, and the model of that name, for a name means one model."""
    latest = {str(e.fields["model"]): e for e in events if e.kind is Kind.MODEL_INSTALLED}
    for name, event in latest.items():
        model, evaluation = kept(site, name)
        if evaluation is None or sha256(evaluation) != event.fields["evaluation"]:
            yield f"model {name}: its evaluation is missing or another"
        try:
            whole = (model is None and is_bundled(name)) or (
                model is not None and read_model(model, name).digest == event.fields["digest"]
            )
        except NarrowgateError:
            whole = False
        if not whole:
            yield f"model {name}: it is missing or another"


def _snapshots(site: Site, events: Sequence[Event]) -> Iterator[str]:
    """Only the snapshot loaded last must be there; an older one may have been taken away."""
    loaded = [str(e.fields["snapshot"]) for e in events if e.kind is Kind.SNAPSHOT_LOADED]
    for digest in loaded[-1:]:
        try:
            snapshot(site, digest).verify()
        except NarrowgateError as error:
            yield f"snapshot {digest}: {error.fault}"
