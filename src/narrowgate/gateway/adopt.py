"""Adoption: an agreement is in force once an officer of each side has signed its digest."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from narrowgate.agreement.contradictions import Finding
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.canonical import canonical
from narrowgate.errors import BadInput, Conflict, Denied, Internal, NotFound
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.models import model_for
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.people.roles import Role
from narrowgate.screening.soundness import examine
from narrowgate.store import reading
from narrowgate.store.reading import AgreementRow


def adopt(site: Site, source: bytes, name: str, keys: Sequence[Key]) -> Terms:
    """Adopt the agreement in `source` (its file `name` for messages) under two signatures.

    Raises BadInput for a document with faults, Denied unless one agreement officer of the
    custodian and one of the requester sign, Conflict where this very text is adopted already,
    WrongState where the model's evaluation does not keep the agreement's ceilings.
    """
    terms = read_agreement(source, name)
    _refuse_unsound(source, name)
    officers = site.directory.officers(keys, Role.AGREEMENT_OFFICER, site.clock())
    if {officer.organisation for officer in officers} != {terms.custodian, terms.requester}:
        raise Denied(
            "an agreement is adopted by two signatures, one of each party",
            place="--key",
            mend=f"One agreement officer of {terms.custodian} and one of {terms.requester}.",
        )
    if terms.custodian != site.config.custodian:
        raise Denied(
            f"the agreement is with the custodian {terms.custodian}, this site is that of "
            f"{site.config.custodian}",
            place=name,
        )
    model_for(site, terms.answer)
    statement = canonical({"adopt": terms.id, "digest": terms.digest})

    def new() -> None:
        if any(row.digest == terms.digest for row in reading.agreements(site.db)):
            raise Conflict("this very text is adopted already", place=terms.id)

    site.files.write(_path(terms.digest), source)
    commit(
        site,
        Event(
            Kind.AGREEMENT_ADOPTED,
            stamp(site.clock()),
            {
                "agreement": terms.id,
                "digest": terms.digest,
                "signatures": [
                    {
                        "person": officer.id,
                        "key": key.thumbprint,
                        "signature": base64.b64encode(key.sign(statement)).decode(),
                    }
                    for officer, key in zip(officers, keys, strict=True)
                ],
            },
        ),
        check=new,
    )
    return terms


def _refuse_unsound(source: bytes, name: str) -> None:
    """Raise BadInput for gaps, rules that cannot fail or pass, contradictions, worked cases that
    come out otherwise: what both signed is what the gate does.
    """
    faults = _faults(source)
    if faults:
        told = [f"line {each.line}, {each.sort}: {each.text}" for each in faults]
        raise BadInput("; ".join(told), place=name, mend="`narrowgate agreement check` shows all.")


@lru_cache(maxsize=32)
def _faults(source: bytes) -> tuple[Finding, ...]:
    """What makes a text unsound. The text decides it alone, so that it is examined once."""
    return examine(read_agreement(source, "agreement")).faults


def adopted(site: Site, agreement: str, digest: str) -> tuple[Terms, AgreementRow] | None:
    """The adopted version with that digest; where there is none of it, the latest of that id."""
    rows = [row for row in reading.agreements(site.db) if row.id == agreement]
    if not rows:
        return None
    row = next((row for row in rows if row.digest == digest), rows[-1])
    return terms_of(site, row.digest), row


def terms_of(site: Site, digest: str) -> Terms:
    """The terms of an adopted agreement, read from its kept document and checked against it."""
    source = source_of(site, digest)
    terms = read_agreement(source, digest)
    if terms.digest != digest:
        raise Internal("the kept document is not the one that was signed", place=digest)
    return terms


def source_of(site: Site, digest: str) -> bytes:
    """The adopted document, byte for byte."""
    source = site.files.read(_path(digest))
    if source is None:
        raise NotFound("no such agreement has been adopted", place=digest)
    return source


def _path(digest: str) -> str:
    return f"agreements/{digest.replace(':', '-')}.md"
