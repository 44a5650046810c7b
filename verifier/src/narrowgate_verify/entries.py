"""What a stranger can check of the entries: their form, their order, counts, and signatures.

Written from docs/log.md. The walk keeps what the entries said before: who has which key and role,
which agreements and registers there are, and how far each case has come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from narrowgate_verify.findings import Findings, NotVerified
from narrowgate_verify.keys import PublicKey
from narrowgate_verify.notes import strict_base64

VERSION = 1
_REQUEST = "case request request_id requester agreement agreement_digest records records_root files"
_STAGE = "case authority files"
FIELDS = {
    "site.created": "custodian origin software answers_key",
    "person.added": "person organisation roles key",
    "person.revoked": "person key since signatures",
    "agreement.adopted": "agreement digest signatures",
    "agreement.amended": "agreement digest replaces begins until signatures",
    "agreement.renewed": "agreement digest until signatures",
    "agreement.suspended": "agreement ground order file signatures",
    "agreement.resumed": "agreement file signatures",
    "agreement.ended": "agreement signatures",
    "safeguards.recorded": "requester fact finding on due signatures",
    "delegation.given": "agreement delegator delegate begins ends file signatures",
    "delegation.withdrawn": "agreement delegate given signatures",
    "snapshot.loaded": "snapshot people addresses rejected",
    "model.installed": "model digest evaluation",
    "request.received": _REQUEST,
    "request.refused": f"{_REQUEST} reasons",
    "case.screened": f"{_STAGE} counts",
    "case.refused": f"{_STAGE} counts reasons",
    "case.matched": f"{_STAGE} veiled",
    "pair.decided": "officer file veiled",
    "case.released": f"{_STAGE} counts officers answers_root answers_size veiled",
    "case.expired": "case due files",
    "witnesses.named": "required witnesses signatures",
    "custody.rotated": "old new signatures",
}
_AFTER = {
    "request.received": (None,),
    "request.refused": (None,),
    "case.screened": ("request.received",),
    "case.refused": ("request.received",),
    "case.matched": ("case.screened",),
    "case.released": ("case.matched",),
    "case.expired": (
        "request.received", "request.refused", "case.screened", "case.refused", "case.matched",
        "case.released",
    ),
}  # fmt: skip
_TIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ")
_RELEASERS = 2


@dataclass
class Said:
    """What the entries so far have said."""

    custodian: str = ""
    answers_key: PublicKey | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    agreements: dict[str, set[str]] = field(default_factory=dict)
    snapshots: set[str] = field(default_factory=set)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    witnesses: list[dict[str, str]] = field(default_factory=list)
    required: int = 0

    def key_of(self, person: str, thumbprint: str) -> PublicKey | None:
        """The public key of a person known so far, if the thumbprint is that key's."""
        known = self.people.get(person)
        key = None if known is None else known["public"]
        return key if key is not None and key.thumbprint == thumbprint else None


def walk(entries: Iterable[tuple[int, bytes | None]], findings: Findings) -> Said:
    """Check entries in their order, each with its index; None where one is missing."""
    said = Said()
    for index, entry in entries:
        if entry is None:
            continue
        try:
            value = parse(entry)
            if value is None:
                findings.cannot_tell(f"entry {index}", "a kind of entry this verifier knows not")
                continue
            _follow(said, index, value)
        except NotVerified as fault:
            findings.failed(f"entry {index}", str(fault))
        except (KeyError, TypeError, ValueError, AttributeError):
            findings.failed(f"entry {index}", "a field has not the form it must have")
    return said


def parse(entry: bytes) -> dict[str, Any] | None:
    """The fields of an entry in its one canonical form. None for a kind that is not known.

    Raises NotVerified.
    """
    try:
        value = json.loads(entry)
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except (ValueError, RecursionError):
        raise NotVerified("it is not JSON") from None
    if not isinstance(value, dict) or written.encode(errors="replace") != entry:
        raise NotVerified("it is not in canonical form (RFC 8785)")
    if value.get("v") != VERSION or not isinstance(value.get("event"), str):
        raise NotVerified(f"it is no entry of version {VERSION}")
    if not _TIME.fullmatch(str(value.get("at"))):
        raise NotVerified("it does not say when")
    fields = FIELDS.get(value["event"])
    if fields is None:
        return None
    wrong = sorted({"v", "event", "at", *fields.split()} ^ set(value))
    if wrong:
        raise NotVerified("it has other fields than its kind: " + ", ".join(wrong))
    return value


def _follow(said: Said, index: int, value: dict[str, Any]) -> None:
    """Check an entry against those before it, then remember it."""
    kind = value["event"]
    if kind in _AFTER:
        _case(said, kind, value)
    if "signatures" in value:
        _acted(said, value)
    if kind in _REMEMBER:
        _REMEMBER[kind](said, value)
    if kind == "case.released":
        said.released[value["case"]] = index


def _case(said: Said, kind: str, value: dict[str, Any]) -> None:
    case = value["case"]
    if said.states.get(case) not in _AFTER[kind]:
        raise NotVerified(f"case {case} was {said.states.get(case)} before: it cannot follow")
    said.states[case] = kind
    if kind.startswith("request."):
        said.cases[case] = value
        if kind == "request.received":
            known = said.agreements.get(value["agreement"], set())
            if value["agreement_digest"] not in known:
                raise NotVerified("it names an agreement that was not adopted before")
        return
    asked = said.cases[case]
    if "authority" in value:
        _authority(said, value, asked)
    if kind == "case.released":
        _released(said, value, asked)
    elif "counts" in value:
        _screened(value["counts"], asked["records"])
        asked["refused"] = value["counts"]["refused"]


def _authority(said: Said, value: dict[str, Any], asked: dict[str, Any]) -> None:
    authority = value["authority"]
    if authority["agreement"] != asked["agreement_digest"]:
        raise NotVerified("it was decided under another agreement than was asked under")
    if authority["snapshot"] and authority["snapshot"] not in said.snapshots:
        raise NotVerified("it was matched against a register that no entry loaded")


def _screened(counts: dict[str, int], records: int) -> None:
    parts = ("refused", "confirmed", "not_confirmed", "review", "open")
    if counts["records"] != records or not _adds_up(counts, parts):
        raise NotVerified("the counts of the screening do not add up")
    if counts["refused"] + counts["open"] != records:
        raise NotVerified("something was answered before anything was looked up")


def _released(said: Said, value: dict[str, Any], asked: dict[str, Any]) -> None:
    counts = value["counts"]
    sizes = {counts["records"], value["answers_size"], asked["records"]}
    if len(sizes) != 1 or not _adds_up(counts, ("refused", "confirmed", "not_confirmed")):
        raise NotVerified("the counts of the release do not add up")
    if counts["refused"] != asked["refused"]:
        raise NotVerified("more or fewer are refused than screening refused")
    statement = {
        "release": value["case"],
        "answers_root": value["answers_root"],
        "answers_size": value["answers_size"],
        "counts": counts,
    }
    signed = _signers(said, value["officers"], canonical(statement))
    if len(set(signed)) != _RELEASERS:
        raise NotVerified("it is not signed by two different officers")
    for person in signed:
        if "release-officer" not in said.people[person]["roles"]:
            raise NotVerified(f"{person} is no release officer")
        if said.people[person]["organisation"] != said.custodian:
            raise NotVerified(f"{person} is not of the custodian")


def _acted(said: Said, value: dict[str, Any]) -> None:
    """Acts are signed over their entry without its signatures; an adoption over what it adopts."""
    statement = {name: value[name] for name in value if name != "signatures"}
    if value["event"] == "agreement.adopted":
        statement = {"adopt": value["agreement"], "digest": value["digest"]}
    if not _signers(said, value["signatures"], canonical(statement)):
        raise NotVerified("nobody has signed it")


def _signers(said: Said, signatures: list[dict[str, str]], statement: bytes) -> list[str]:
    for each in signatures:
        person = said.people.get(each["person"])
        key = said.key_of(each["person"], each["key"])
        if person is None or key is None:
            raise NotVerified(f"{each['person']} has no such key in the log")
        if person["revoked"]:
            raise NotVerified(f"{each['person']} was revoked before")
        if not key.verifies(strict_base64(each["signature"], "a signature"), statement):
            raise NotVerified(f"the signature of {each['person']} is not over this")
    return [each["person"] for each in signatures]


def canonical(value: object) -> bytes:
    """RFC 8785, for the ASCII names and whole numbers that entries have."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def _adds_up(counts: dict[str, int], parts: tuple[str, ...]) -> bool:
    figures = [counts[name] for name in parts]
    whole = all(isinstance(figure, int) and figure >= 0 for figure in figures)
    return whole and counts["records"] == sum(figures)


def _site(said: Said, value: dict[str, Any]) -> None:
    if said.custodian:
        raise NotVerified("a site is made once")
    said.custodian = value["custodian"]
    said.answers_key = PublicKey.of(value["answers_key"])


def _person(said: Said, value: dict[str, Any]) -> None:
    if value["person"] in said.people:
        raise NotVerified("the person was added before")
    said.people[value["person"]] = {
        "public": PublicKey.of(value["key"]),
        "organisation": value["organisation"],
        "roles": set(value["roles"]),
        "revoked": False,
    }


def _revoked(said: Said, value: dict[str, Any]) -> None:
    said.people[value["person"]]["revoked"] = True


def _agreed(said: Said, value: dict[str, Any]) -> None:
    said.agreements.setdefault(value["agreement"], set()).add(value["digest"])


def _loaded(said: Said, value: dict[str, Any]) -> None:
    said.snapshots.add(value["snapshot"])


def _named(said: Said, value: dict[str, Any]) -> None:
    said.required, said.witnesses = int(value["required"]), list(value["witnesses"])


_REMEMBER: dict[str, Callable[[Said, dict[str, Any]], None]] = {
    "site.created": _site,
    "person.added": _person,
    "person.revoked": _revoked,
    "agreement.adopted": _agreed,
    "agreement.amended": _agreed,
    "snapshot.loaded": _loaded,
    "witnesses.named": _named,
}
