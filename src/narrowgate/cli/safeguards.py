"""`safeguards`: dated facts about a requester's safeguards."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.cli.output import Output, table

if TYPE_CHECKING:
    from narrowgate.gateway.safeguards import Fact, Safeguards

app = typer.Typer(no_args_is_help=True)
Requester = Annotated[str, typer.Argument(help="The organisation's id in agreements.")]
Finding = Annotated[str, typer.Argument(help="The finding's number, such as F-12.")]
Officer = Annotated[str, typer.Option("--key", help="A custodian's agreement officer's key.")]
On = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day it happened.")]
Due = Annotated[datetime, typer.Option("--due", formats=["%Y-%m-%d"], help="The last day.")]


@app.command("review")
def review(context: typer.Context, requester: Requester, on: On, due: Due, key: Officer) -> None:
    """A review was done; the next is due."""
    _record(context, requester, "review", key, on, due)


@app.command("finding")
def finding(
    context: typer.Context, requester: Requester, number: Finding, on: On, key: Officer
) -> None:
    """A finding was made: the gate is closed until a plan with a date is accepted."""
    _record(context, requester, "finding", key, on, finding=number)


@app.command("plan")
def plan(
    context: typer.Context, requester: Requester, number: Finding, on: On, due: Due, key: Officer
) -> None:
    """A plan to mend a finding was accepted, to be done by a day."""
    _record(context, requester, "plan", key, on, due, finding=number)


@app.command("close")
def close(
    context: typer.Context, requester: Requester, number: Finding, on: On, key: Officer
) -> None:
    """A finding was mended."""
    _record(context, requester, "closed", key, on, finding=number)


@app.command("show")
def show(context: typer.Context, requester: Requester) -> None:
    """What the facts on record come to."""
    from narrowgate.gateway.site import Site
    from narrowgate.gateway.standing import safeguards_of

    _told(context.obj, requester, safeguards_of(Site(context.obj.home), requester))


def _record(
    context: typer.Context,
    requester: str,
    fact: Fact,
    key: str,
    on: datetime,
    due: datetime | None = None,
    *,
    finding: str = "",
) -> None:
    from narrowgate.gateway.safeguards import record_fact
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    day: date | None = due.date() if due is not None else None
    stands = record_fact(
        Site(out.home),
        requester,
        fact,
        signers([key])[0],
        on=on.date(),
        due=day,
        finding=finding,
    )
    _told(out, requester, stands)


def _told(out: Output, requester: str, stands: Safeguards) -> None:
    due = f"{stands.due}" if stands.due else None
    open_findings = [(name, f"{day}" if day else "no plan") for name, day in stands.open]
    out.result(
        {
            "requester": requester,
            "due": due,
            "reviewed": stands.reviewed,
            "open": [{"finding": name, "plan_due": day} for name, day in open_findings],
        },
        [
            f"{requester}: nothing is overdue until the end of {due or 'time'} (UTC)",
            *([table(("finding", "plan due"), open_findings)] if open_findings else []),
        ],
    )
