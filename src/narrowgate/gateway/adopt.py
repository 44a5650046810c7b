"""Adoption: an agreement is in force once an officer of each side has signed its digest.

A changed text of an agreement that stands is an amendment: both texts are kept, the entry names the
digest that is replaced, and requests name the new one from the second on which it begins.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from narrowgate.agreement import life
from narrowgate.agreement.contradictions import Finding
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.canonical import Json, canonical
from narrowgate.errors import BadInput, Conflict, Denied, Internal, NotFound, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.acts import act, both_parties
from narrowgate.gateway.commit import catch_up, commit
from narrowgate.gateway.models import model_for
from narrowgate.gateway.site import Site
from narrowgate.gateway.standing import is_alive, standing, text_at, texts
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.people.directory import Person
from narrowgate.screening.soundness import examine
from narrowgate.store.reading import AgreementRow


def adopt(
    site: Site, source: bytes, name: str, keys: Sequence[Key], *, replaces: str | None = None
) -> Terms:
    """Adopt the agreement in `source` (its file `name` for messages) under two signatures.

    Where another text of the same agreement stands, this one amends it; `replaces`, if given, is
    the digest that the caller means to replace. Raises BadInput for a document with faults, Denied
    unless one agreement officer of the custodian and one of the requester sign, Conflict where this
    very text is adopted already or another is to be replaced, WrongState where the agreement is
    suspended or the model's evaluation does not keep the agreement's ceilings.
    """
    catch_up(site)
    terms = read_agreement(source, name)
    _refuse_unsound(source, name)
    at = site.clock()
    signers = both_parties(site, terms, keys, at)
    if terms.custodian != site.config.custodian:
        raise Denied(
            f"the agreement is with the custodian {terms.custodian}, this site is that of "
            f"{site.config.custodian}",
            place=name,
        )
    model_for(site, terms.answer)
    rows = texts(site, terms.id)

    def new() -> None:
        if any(row.digest == terms.digest for row in texts(site, terms.id)):
            raise Conflict("this very text is adopted already", place=terms.id)
        if texts(site, terms.id) != rows:
            raise Conflict("the agreement was changed meanwhile", place=terms.id)

    new()
    if any(row.suspended for row in rows):
        raise WrongState(
            "the agreement is suspended",
            place=terms.id,
            mend="Have the suspension lifted first: `narrowgate agreement resume`.",
        )
    old = (
        rows[-1] if rows and is_alive(site, terms_of(site, rows[-1].digest), rows[-1], at) else None
    )
    if replaces is not None and (old is None or old.digest != replaces):
        raise Conflict(
            "the text to be replaced is not the one that stands",
            place=replaces,
            mend=f"It is {old.digest}." if old else "None stands.",
        )
    site.files.write(_path(terms.digest), source)
    if old is not None:
        _amend(site, terms, old, signers, at, new)
        return terms
    statement = canonical({"adopt": terms.id, "digest": terms.digest})
    commit(
        site,
        Event(
            Kind.AGREEMENT_ADOPTED,
            stamp(at),
            {
                "agreement": terms.id,
                "digest": terms.digest,
                "signatures": [
                    {
                        "person": officer.id,
                        "key": key.thumbprint,
                        "signature": base64.b64encode(key.sign(statement)).decode(),
                    }
                    for officer, key in signers
                ],
            },
        ),
        check=new,
    )
    return terms


def _amend(
    site: Site,
    terms: Terms,
    old: AgreementRow,
    signers: Sequence[tuple[Person, Key]],
    at: datetime,
    check: Callable[[], None],
) -> None:
    before = terms_of(site, old.digest)
    if (before.custodian, before.requester) != (terms.custodian, terms.requester):
        raise Denied(
            "an amendment is between the same parties",
            place=terms.id,
            mend="A new agreement has an id of its own.",
        )
    first, end = life.amended(before.term, standing(site, old, before.requester), terms.term, at)
    fields: dict[str, Json] = {
        "agreement": terms.id,
        "digest": terms.digest,
        "replaces": old.digest,
        "begins": stamp(first),
        "until": f"{end}",
    }
    act(site, Kind.AGREEMENT_AMENDED, at, fields, signers, check=check)


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
    """The adopted text with that digest; where there is none, the one asked under now."""
    rows = texts(site, agreement)
    if not rows:
        return None
    row = next((row for row in rows if row.digest == digest), None)
    row = row or text_at(rows, site.clock())
    return terms_of(site, row.digest), row


def terms_of(site: Site, digest: str) -> Terms:
    """The terms of an adopted agreement, read from its kept document and checked against it."""
    terms = _read(source_of(site, digest), digest)
    if terms.digest != digest:
        raise Internal("the kept document is not the one that was signed", place=digest)
    return terms


@lru_cache(maxsize=32)
def _read(source: bytes, name: str) -> Terms:
    """The bytes decide it alone, so that they are read once."""
    return read_agreement(source, name)


def source_of(site: Site, digest: str) -> bytes:
    """The adopted document, byte for byte."""
    source = site.files.read(_path(digest))
    if source is None:
        raise NotFound("no such agreement has been adopted", place=digest)
    return source


def _path(digest: str) -> str:
    return f"agreements/{digest.replace(':', '-')}.md"
