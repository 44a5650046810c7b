"""Drafts of the bundled agreement with one thing changed, and the acts of its life on a site."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from narrowgate.agreement.bundled import bundled
from narrowgate.gateway import life, powers
from narrowgate.gateway.safeguards import record_fact
from narrowgate.gateway.site import Site
from narrowgate.store import database
from world import World

ID = "removal-order-address"
ORDER = "1:25-cv-00457-CKK"


def draft(
    note: str = "",
    *,
    not_before: str = "2026-01-01",
    months: int = 18,
    renewal: tuple[int, int, int] | None = None,
    delegated: bool = False,
    reviewed: bool = False,
) -> bytes:
    """The agreement's text; `note` alone makes another text, and so another digest, of it."""
    source = bundled(ID)
    assert source is not None
    # The worked cases are of the bundled term and powers, and so come out otherwise under others.
    text = re.sub(r"\[\[case]]\n.*?(?=\[\[case|```)", "", source.decode(), flags=re.DOTALL)
    text = text.replace("not_before = 2026-01-01", f"not_before = {not_before}")
    text = text.replace("months = 18", f"months = {months}", 1)
    if renewal is not None:
        times, length, last_days = renewal
        table = f"[term.renewal]\ntimes = {times}\nmonths = {length}\nlast_days = {last_days}\n\n"
        text = text.replace("[[signatory]]", table + "[[signatory]]", 1)
    if delegated:
        office = 'office = "Acting head'
        power = f'delegated_by = "signatory-1"\ndelegation_days = 60\n{office}'
        text = text.replace(office, power)
    if reviewed:
        name = 'name = "request.safeguards_not_met"'
        text = text.replace(name, name + "\nreviewed = true")
    return (text + f"\n{note}\n").encode()


def suspend(world: World, order: str = ORDER) -> int:
    """By one officer of the custodian."""
    return life.suspend(world.site, ID, world.key("agreement-officer-1"), order=order)


def both(world: World) -> list:  # type: ignore[type-arg]
    """The keys of an agreement officer of each party."""
    return [world.key("agreement-officer-1"), world.key("agreement-officer-2")]


def resume(world: World) -> int:
    """By both parties."""
    return life.resume(world.site, ID, both(world), reason="The order was vacated.")


def fact(world: World, name: str, on: date, due: date | None = None, finding: str = "") -> None:
    """A fact about the requester's safeguards, by the custodian's officer."""
    key = world.key("agreement-officer-1")
    record_fact(world.site, "requester", name, key, on=on, due=due, finding=finding)  # type: ignore[arg-type]


def delegate(world: World, ends: datetime, begins: datetime | None = None) -> int:
    """From signatory-1 to signatory-2."""
    keys = [world.key("signatory-1"), world.key("agreement-officer-1")]
    return powers.delegate(
        world.site,
        ID,
        "signatory-2",
        keys,
        begins=begins,
        ends=ends,
        instrument=b"I delegate. Signed: the head of the agency.",
    )


def later(world: World, **by: float) -> None:
    """Let time pass."""
    world.now += timedelta(**by)


def rebuilt(site: Site, target: Path) -> Site:
    """The site in `target`, with a database derived from its log alone."""
    keep = shutil.ignore_patterns("*.sqlite3*")
    shutil.copytree(site.home, target, ignore=keep)
    again = Site(target, clock=site.clock)
    database.migrate(again.db)
    return again
