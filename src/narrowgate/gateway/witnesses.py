"""Witnesses: second parties that cosign the log's checkpoints, and how many a release needs.

A witness signs a checkpoint only if it follows from the last one it saw. So a custodian, or who
holds its key, cannot show one log to a court and another to the requester without a witness that
helps. Who the witnesses are is an entry of the log, signed by two agreement officers, of whom one
is the custodian's; while more than none are required, answers and proofs go out only under a
checkpoint that as many have cosigned.
"""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from narrowgate.canonical import Json
from narrowgate.errors import BadInput, WrongState
from narrowgate.events import Kind
from narrowgate.gateway.acts import act, two_officers
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.ledger.cosignature import Witness, add_cosignatures, cosignatures
from narrowgate.ledger.note import split_note
from narrowgate.ledger.view import View
from narrowgate.store import reading

_ATTEMPTS = 3
_TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A witness of this site: its verifier key, and where it answers (empty: it brings files)."""

    vkey: str
    url: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Where the log stands with its witnesses: `size` and `by` (names) of the checkpoint that the
    most have cosigned since, and what each of those asked said.
    """

    required: int
    size: int
    by: tuple[str, ...]
    said: tuple[tuple[str, str], ...] = ()


def name_witnesses(
    site: Site, required: int, witnesses: Sequence[Named], keys: Sequence[Key]
) -> int:
    """Name the witnesses from now on, in place of those named before; the entry's index.

    Raises BadInput for what is no key of a witness or a URL, Denied unless two agreement officers
    sign, one of them the custodian's.
    """
    catch_up(site)
    _check(required, witnesses)
    at = site.clock()
    signers = two_officers(site, keys, at)
    listed: list[Json] = [{"vkey": each.vkey, "url": each.url} for each in witnesses]
    return act(
        site,
        Kind.WITNESSES_NAMED,
        at,
        {"required": required, "witnesses": listed},
        signers,
        check=lambda: None,
    )


def witnessed(site: Site, index: int) -> View:
    """The log under a checkpoint that covers entry `index` and that enough witnesses cosigned.

    Those that answer at a URL are asked where it is needed. Raises WrongState while too few have.
    """
    required, who = named(site)
    if not required:
        return site.log.view()
    view = _covering(site, index, required, who)
    if view is None:
        ask_witnesses(site)
        view = _covering(site, index, required, who)
    if view is None:
        raise WrongState(
            f"no checkpoint over entry {index} has the cosignatures of {required} witnesses yet",
            place="log",
            mend="Have them cosign: `narrowgate log witness`, or their files by `log cosign`.",
        )
    return view


def ask_witnesses(site: Site) -> Cosigned:
    """Ask each witness that has a URL to cosign the latest checkpoint (C2SP tlog-witness)."""
    catch_up(site)
    required, who = named(site)
    view, lines, said = site.log.view(), list[str](), []
    for each in who:
        if each.url:
            answer = _ask(each.url, view)
            lines += answer if isinstance(answer, list) else []
            word = "cosigned" if isinstance(answer, list) else answer
            said.append((Witness.parse(each.vkey).name, word))
    _take(site, view.note, lines, required, who)
    return _standing(site, tuple(said))


def take_cosigned(site: Site, note: bytes, place: str) -> Cosigned:
    """Take over the cosignatures of a checkpoint that a witness handed back; it may be an older one
    by now. Raises BadInput where it is no checkpoint of this log, or no witness has cosigned it.
    """
    catch_up(site)
    required, who = named(site)
    try:
        text, _ = split_note(note)
        site.log.open_at(note)
        lines = note.decode()[len(text) + 1 :].splitlines()
        found = cosignatures(note, [Witness.parse(each.vkey) for each in who])
    except (ValueError, IndexError):
        found = {}
    if not found:
        raise BadInput(
            "not a checkpoint of this log with the cosignature of a witness that is named",
            place=place,
            mend="`narrowgate log witnesses` names them; have one cosign `narrowgate log "
            "checkpoint`.",
        )
    _take(site, note, lines, required, who)
    return _standing(site)


def standing(site: Site) -> Cosigned:
    """How far the witnesses have come."""
    catch_up(site)
    return _standing(site)


def _take(
    site: Site, note: bytes, lines: Sequence[str], required: int, who: Sequence[Named]
) -> None:
    """Merge cosignatures with those that the same checkpoint has already, and publish."""
    known = [Witness.parse(each.vkey) for each in who]
    with site.locked():
        base = site.log.own_note(note)
        offered = site.log.offered()
        if offered is not None and split_note(offered)[0] == split_note(base)[0]:
            base = offered
        merged = add_cosignatures(base, lines, known)
        if len(cosignatures(merged, known)) >= max(required, 1):
            site.log.publish_cosigned(merged)
        else:
            site.log.offer(merged)


def _covering(site: Site, index: int, required: int, who: Sequence[Named]) -> View | None:
    view = site.log.cosigned()
    if view is None or view.size <= index:
        return None
    found = cosignatures(view.note, [Witness.parse(each.vkey) for each in who])
    return view if len(found) >= required else None


def named(site: Site) -> tuple[int, list[Named]]:
    """How many witnesses a release needs, and who they are."""
    row = reading.witnessing(site.db)
    if row is None:
        return 0, []
    return row.required, [Named(each["vkey"], each["url"]) for each in row.witnesses]


def _standing(site: Site, said: tuple[tuple[str, str], ...] = ()) -> Cosigned:
    required, who = named(site)
    known = [Witness.parse(each.vkey) for each in who]
    view = site.log.cosigned()
    if view is None:
        return Cosigned(required, 0, (), said)
    found = cosignatures(view.note, known)
    names = tuple(witness.name for witness in known if witness.vkey in found)
    return Cosigned(required, view.size, names, said)


def _ask(url: str, view: View) -> list[str] | str:
    """POST add-checkpoint; the lines of the answer, or in words why there are none."""
    old = 0
    for _ in range(_ATTEMPTS):
        proof = [base64.b64encode(node).decode() for node in view.consistency(old, view.size)]
        body = "\n".join([f"old {old}", *proof]).encode() + b"\n\n" + view.note
        request = urllib.request.Request(f"{url.rstrip('/')}/add-checkpoint", data=body)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                text: str = answer.read(1 << 16).decode()
                return [line for line in text.splitlines() if line]
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(100)
            if error.code != 409 or not said.strip().isdigit():
                return f"it answered with status {error.code}"
            old = int(said)
            if old > view.size:
                return f"it has seen {old} entries, more than the log holds: an incident"
        except (urllib.error.URLError, OSError, UnicodeDecodeError):
            return "it cannot be reached"
    return "it could not be brought up to date"


def _check(required: int, witnesses: Sequence[Named]) -> None:
    try:
        keys = [Witness.parse(each.vkey).vkey for each in witnesses]
    except ValueError as error:
        raise BadInput(f"{error}", place="--witness") from None
    if len(set(keys)) != len(keys):
        raise BadInput("a witness is named twice", place="--witness")
    if not 0 <= required <= len(keys):
        raise BadInput("more witnesses are required than are named", place="--required")
    for each in witnesses:
        if each.url and urlsplit(each.url).scheme not in ("http", "https"):
            raise BadInput("the address of a witness is http or https", place="--witness")
