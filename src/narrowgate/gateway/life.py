"""What may happen to an adopted agreement: suspended, resumed, renewed, ended; and how it stands.

| act     | by                                              | only                                |
|---------|-------------------------------------------------|-------------------------------------|
| suspend | one agreement officer of the custodian          | where it is not suspended           |
| resume  | two agreement officers, one of each party       | where it is suspended               |
| renew   | two, one of each party                          | as the agreement's own term allows  |
| end     | two, one of each party                          | before it is ended or has run out   |

Amending is adopting another text (adopt.py). Suspension, resumption and end go by the agreement's
id and so to every text of it, with the cases that came under an older one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from narrowgate.agreement import life
from narrowgate.agreement.life import Safeguards, Stage
from narrowgate.canonical import Json
from narrowgate.case.history import Delegation
from narrowgate.errors import BadInput, Conflict, NotFound, WrongState
from narrowgate.events import Kind
from narrowgate.gateway.acts import act, both_parties, officer_of
from narrowgate.gateway.adopt import terms_of
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.papers import keep_words, read_words
from narrowgate.gateway.site import Site
from narrowgate.gateway.standing import delegations_of, is_alive, safeguards_of, standing, texts
from narrowgate.keys.jwk import Key
from narrowgate.store.reading import AgreementRow

# A docket number, in clear in the log: groups of digits, or of at most four letters, and more
# digits than letters, so that no name of a person fits (1:25-cv-00457-CKK, 25-5181, 2026-CH-01234).
_DOCKET = re.compile(r"(\d{1,10}|[A-Za-z]{1,4})([-:/.](\d{1,10}|[A-Za-z]{1,4})){0,7}")


@dataclass(frozen=True, slots=True)
class TextStanding:
    """One text of an agreement: its row, how it stands, its first second and its `until`."""

    row: AgreementRow
    stage: Stage
    begins: datetime
    until: date


@dataclass(frozen=True, slots=True)
class Life:
    """An agreement now: its texts in order, powers to sign, safeguards, and, where it is suspended,
    the ground, the order's number, and what was sealed with them.
    """

    texts: tuple[TextStanding, ...]
    delegations: tuple[Delegation, ...]
    requester: str
    safeguards: Safeguards
    suspension: dict[str, str]


def life_of(site: Site, agreement: str) -> Life:
    """How the agreement stands now. Raises NotFound."""
    catch_up(site)
    return as_recorded(site, agreement)


def as_recorded(site: Site, agreement: str) -> Life:
    """How the agreement stands by what the site's database holds. Raises NotFound."""
    rows, at = _texts(site, agreement), site.clock()
    found = []
    for row in rows:
        terms = terms_of(site, row.digest)
        stands = standing(site, row, terms.requester)
        found.append(
            TextStanding(
                row,
                life.stage(terms.term, stands, at),
                life.begins(terms.term, row.adopted_at),
                life.until(terms.term, stands),
            )
        )
    requester = terms_of(site, rows[-1].digest).requester
    return Life(
        tuple(found),
        delegations_of(site, agreement),
        requester,
        safeguards_of(site, requester),
        _suspension(site, rows[-1]),
    )


def suspend(
    site: Site, agreement: str, key: Key, *, order: str = "", court: str = "", reason: str = ""
) -> int:
    """Suspend at once: by a court's order, with its number, or because the custodian has reason to
    believe that the agreement is not kept (5 U.S.C. 552a(q); facts C6, B23).

    `court` and `reason` are sealed. Raises BadInput without order and reason, or for a number that
    is none; Denied for any but an agreement officer of the custodian; Conflict where it is
    suspended already.
    """
    if not order and not reason:
        raise BadInput(
            "a suspension has a ground",
            place="--order",
            mend="Give the number of the court's order, or a --reason.",
        )
    if order and not is_docket_number(order):
        raise BadInput(
            "not the number of an order",
            place="--order",
            mend="As the court's docket has it, such as 1:25-cv-00457; all else goes into "
            "--court and --reason, which are sealed.",
        )
    catch_up(site)
    rows, at = _texts(site, agreement), site.clock()
    signers = officer_of(site, [site.config.custodian], key, at)
    check = _still(site, agreement, rows, _not_suspended)
    ground = "court_order" if order else "not_kept"
    words: dict[str, Json] = {"order": order, "court": court, "reason": reason}
    fields: dict[str, Json] = {
        "agreement": agreement,
        "ground": ground,
        "order": order,
        "file": keep_words(site, "suspension", words),
    }
    return act(site, Kind.AGREEMENT_SUSPENDED, at, fields, signers, check=check)


def resume(site: Site, agreement: str, keys: Sequence[Key], *, reason: str) -> int:
    """Lift the suspension. Raises Denied unless both parties sign, WrongState where it stands."""
    catch_up(site)
    rows, at = _texts(site, agreement), site.clock()
    signers = both_parties(site, terms_of(site, rows[-1].digest), keys, at)
    check = _still(site, agreement, rows, _suspended)
    fields: dict[str, Json] = {
        "agreement": agreement,
        "file": keep_words(site, "resumption", {"reason": reason}),
    }
    return act(site, Kind.AGREEMENT_RESUMED, at, fields, signers, check=check)


def renew(site: Site, agreement: str, keys: Sequence[Key]) -> date:
    """Renew the term as the agreement's own words allow; returns the first day no longer in force.

    By signing, both parties certify that the agreement was kept and goes on unchanged (5 U.S.C.
    552a(o)(2)(D); facts C4). Raises Denied, WrongState.
    """
    catch_up(site)
    rows, at = _texts(site, agreement), site.clock()
    row = rows[-1]
    terms = terms_of(site, row.digest)
    signers = both_parties(site, terms, keys, at)
    end = life.renewed(terms.term, standing(site, row, terms.requester), row.renewals, at)
    fields: dict[str, Json] = {"agreement": agreement, "digest": row.digest, "until": f"{end}"}
    act(site, Kind.AGREEMENT_RENEWED, at, fields, signers, check=_still(site, agreement, rows))
    return end


def end(site: Site, agreement: str, keys: Sequence[Key]) -> int:
    """End the agreement at once and for good. Raises Denied, WrongState."""
    catch_up(site)
    rows, at = _texts(site, agreement), site.clock()
    terms = terms_of(site, rows[-1].digest)
    signers = both_parties(site, terms, keys, at)
    if not is_alive(site, terms, rows[-1], at):
        raise WrongState("the agreement is over already", place=agreement)
    check = _still(site, agreement, rows)
    return act(site, Kind.AGREEMENT_ENDED, at, {"agreement": agreement}, signers, check=check)


def is_docket_number(text: str) -> bool:
    """Whether a text can be the number of a court's order, and cannot be a name."""
    digits = sum(character.isdigit() for character in text)
    letters = sum(character.isalpha() for character in text)
    return text.isascii() and _DOCKET.fullmatch(text) is not None and digits > letters


def _texts(site: Site, agreement: str) -> list[AgreementRow]:
    rows = texts(site, agreement)
    if not rows:
        raise NotFound(
            "no such agreement has been adopted",
            place=agreement,
            mend="`narrowgate agreement list` names all there are.",
        )
    return rows


def _still(
    site: Site,
    agreement: str,
    rows: Sequence[AgreementRow],
    allowed: Callable[[AgreementRow], None] = lambda row: None,
) -> Callable[[], None]:
    """`allowed` now, and nothing else done to the agreement until the commit."""
    allowed(rows[-1])

    def check() -> None:
        if texts(site, agreement) != rows:
            raise Conflict("the agreement was changed meanwhile", place=agreement)

    return check


def _not_suspended(row: AgreementRow) -> None:
    if row.suspended:
        raise Conflict("the agreement is suspended already", place=row.id)


def _suspended(row: AgreementRow) -> None:
    if not row.suspended:
        raise WrongState("the agreement is not suspended", place=row.id)


def _suspension(site: Site, row: AgreementRow) -> dict[str, str]:
    if not row.suspended:
        return {}
    said = row.suspension
    sealed = read_words(site, said["file"])
    return {**sealed, "ground": said["ground"], "order": said["order"], "at": said["at"]}
