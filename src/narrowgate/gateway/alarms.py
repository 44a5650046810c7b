"""The alarms of a case, worked out from the sealed evidence of all cases in its window."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.agreement.terms import Terms
from narrowgate.case.evidence import SealedFile
from narrowgate.catalogue.address import AddressShared
from narrowgate.catalogue.reason import ReasonBoilerplate
from narrowgate.catalogue.request import OfficerOverload
from narrowgate.catalogue.subject import SubjectAttemptsExceeded
from narrowgate.engine.duck import connect
from narrowgate.errors import WrongState
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.site import Site
from narrowgate.screening.alarms import WORDS, Alarm, Bounds
from narrowgate.screening.alarms import alarms as counted
from narrowgate.store import reading

_WINDOW_DAYS = 365  # where the agreement counts no attempts
_OFTEN = 10  # so many times the bound of one request is looked at over many


def alarms(site: Site, case: str) -> tuple[Alarm, ...]:
    """Alarms that a case gives rise to. Raises WrongState where no record of it was screened."""
    desk = CaseDesk(site, reading.case(site.db, case), site.clock())
    if "screened" not in desk.case.files:
        raise WrongState(
            "no record of the case was screened: it was refused as a whole, or waits",
            place=f"case {case}",
        )
    con = connect()
    try:
        return counted(con, _attempts(site, desk), _records(desk), case, _bounds(desk.terms()))
    finally:
        con.close()


def words(alarm: Alarm) -> str:
    """What its count is of."""
    return WORDS[alarm.sort]


def _attempts(site: Site, desk: CaseDesk) -> pa.Table:
    """All attempts of all requesters up to this case's receipt and after, in its window."""
    days = desk.terms().attempts_window_days or _WINDOW_DAYS
    since = desk.case.received_at - timedelta(days=days)
    tables = []
    for case, file in reading.attempts_of_all(site.db, since):
        row = reading.case(site.db, case)
        found = site.evidence.get_table(case, SealedFile.of(file))
        sent = CaseDesk(site, row, desk.at).table("records").column("engaged_officer")
        officers = pc.utf8_upper(sent).combine_chunks()
        tables.append(
            found.append_column("case", pa.repeat(pa.scalar(case), found.num_rows))
            .append_column("requester", pa.repeat(pa.scalar(row.requester), found.num_rows))
            .append_column("officer", officers.take(found.column("row")))
        )
    return pa.concat_tables(tables)


def _records(desk: CaseDesk) -> pa.Table:
    standard = desk.table("screened")
    street = pc.binary_join_element_wise(
        standard["street"], standard["street_suffix"], standard["zip5"], " ",
        null_handling="replace",
    )  # fmt: skip
    plain = pc.match_substring_regex(standard["number"], r"^[0-9]{1,9}$")
    house = pc.if_else(plain, standard["number"], None).cast(pa.int64())
    known = pc.is_valid(standard["street"])
    return pa.table(
        {
            "tin": standard["tin"],
            "street": pc.if_else(known, street, None),
            "house": house,
            "reason": desk.table("records").column("reason"),
        }
    )


def _bounds(terms: Terms) -> Bounds:
    """The agreement's own figures where it has them."""
    figures: dict[str, int] = {}
    for rule in (bound.rule for bound in terms.rules):
        if isinstance(rule, SubjectAttemptsExceeded):
            figures["addresses"] = rule.most_addresses
        elif isinstance(rule, AddressShared):
            figures["persons"] = rule.most_persons
        elif isinstance(rule, OfficerOverload):
            figures["subjects"] = rule.most_subjects
        elif isinstance(rule, ReasonBoilerplate):
            figures["alike"] = rule.most_alike * _OFTEN
    return Bounds(**figures)
