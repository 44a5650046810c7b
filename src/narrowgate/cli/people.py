"""`init` and `people`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output, table

app = typer.Typer(no_args_is_help=True)


def init(
    context: typer.Context,
    test_parties: Annotated[
        bool, typer.Option("--test-parties", help="Also make keys for every role, for trying out.")
    ] = False,
    custodian: Annotated[str, typer.Option(help="The custodian's id in agreements.")] = "custodian",
    origin: Annotated[
        str, typer.Option(help="The log's name: a host and path of the custodian's.")
    ] = "custodian.example/narrowgate",
    database: Annotated[
        str, typer.Option(metavar="URL", help="Or postgresql://USER@HOST:PORT/NAME.")
    ] = "sqlite:///narrowgate.sqlite3",
    evidence: Annotated[
        str, typer.Option(metavar="PLACE", help="A folder, or s3://BUCKET/PREFIX.")
    ] = "evidence",
    log: Annotated[
        str, typer.Option(metavar="PLACE", help="A folder, or s3://BUCKET/PREFIX.")
    ] = "log",
    s3_endpoint: Annotated[
        str, typer.Option(metavar="URL", help="Of S3 that is not Amazon's; http:// is taken.")
    ] = "",
    s3_region: Annotated[str, typer.Option(help="The buckets' region.")] = "",
) -> None:
    """Make a site: narrowgate.toml, database, log and keys. docs/stores.md tells of the places."""
    from narrowgate import clock
    from narrowgate.gateway.enrol import create_site
    from narrowgate.gateway.places import places

    out: Output = context.obj
    site = create_site(
        out.home,
        custodian=custodian,
        origin=origin,
        test_parties=test_parties,
        clock=clock.now,
        places=places(database, evidence, log, s3_endpoint, s3_region),
    )
    out.result({"home": str(out.home), "origin": origin, "vkey": site.vkey})


@app.command("add")
def add(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="An id, as agreements name it.")],
    key: Annotated[Path, typer.Option(help="A JWK file; only its public part is kept.")],
    organisation: Annotated[str, typer.Option(help="The organisation's id in agreements.")],
    role: Annotated[list[str], typer.Option(help="May be given several times.")],
) -> None:
    """Make a person known, with a key and roles."""
    from narrowgate.gateway.enrol import add_person, roles_of
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    add_person(
        Site(out.home),
        person,
        organisation=organisation,
        roles=roles_of(role),
        key=signers([str(key)])[0],
    )
    out.result({"person": person, "organisation": organisation, "roles": [*sorted(role)]})


@app.command("list")
def list_people(context: typer.Context) -> None:
    """Everybody known to the site."""
    from narrowgate.gateway.site import Site
    from narrowgate.instants import stamp

    out: Output = context.obj
    people = sorted(Site(out.home).directory, key=lambda person: person.id)
    rows = [
        (
            p.id,
            p.organisation,
            ", ".join(sorted(p.roles)),
            p.key.thumbprint,
            stamp(p.revoked_at) if p.revoked_at else "",
        )
        for p in people
    ]
    names = ("person", "organisation", "roles", "key", "revoked_since")
    out.result(
        {"people": [dict(zip(names, row, strict=True)) for row in rows]}, [table(names, rows)]
    )


@app.command("revoke")
def revoke(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Whose key no longer speaks for them.")],
    key: Annotated[str, typer.Option(help="An agreement officer's key.")],
    since: Annotated[
        str | None, typer.Option(help="A time past, RFC 3339 with offset; else now.")
    ] = None,
) -> None:
    """Revoke a person's key at once, or since a time past where it was in wrong hands."""
    from narrowgate.gateway.powers import revoke as gateway
    from narrowgate.gateway.site import Site, signers
    from narrowgate.instants import stamp

    out: Output = context.obj
    from_when = _instant(since, "--since")
    revoked = gateway(Site(out.home), person, signers([key])[0], since=from_when)
    out.result({"person": person, "revoked_since": stamp(revoked)})


@app.command("delegate")
def delegate(
    context: typer.Context,
    delegate: Annotated[str, typer.Argument(help="Who may sign, as the agreement names them.")],
    agreement: Annotated[str, typer.Option(help="The agreement's id.")],
    until: Annotated[str, typer.Option(help="First second no longer in force, RFC 3339.")],
    instrument: Annotated[Path, typer.Option(help="The written delegation; kept sealed.")],
    key: Annotated[
        list[str],
        typer.Option(help="The delegating signatory's, and a custodian's agreement officer's."),
    ],
    begins: Annotated[str | None, typer.Option("--from", help="First second; else now.")] = None,
) -> None:
    """Put on record that a signatory delegates the power to sign, for a time."""
    from narrowgate.errors import BadInput
    from narrowgate.gateway import powers
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    ends = _instant(until, "--until")
    if ends is None or not instrument.is_file():
        raise BadInput("no such file", place="--instrument")
    index = powers.delegate(
        Site(out.home),
        agreement,
        delegate,
        signers(key),
        begins=_instant(begins, "--from"),
        ends=ends,
        instrument=instrument.read_bytes(),
    )
    out.result({"agreement": agreement, "delegate": delegate, "index": index})


@app.command("withdraw")
def withdraw(
    context: typer.Context,
    delegate: Annotated[str, typer.Argument(help="Whose delegation is over.")],
    agreement: Annotated[str, typer.Option(help="The agreement's id.")],
    key: Annotated[str, typer.Option(help="The delegator's, or an agreement officer's key.")],
) -> None:
    """Withdraw a delegation at once."""
    from narrowgate.gateway import powers
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    index = powers.withdraw(Site(out.home), agreement, delegate, signers([key])[0])
    out.result({"agreement": agreement, "delegate": delegate, "index": index})


def _instant(text: str | None, option: str) -> datetime | None:
    """A time with an offset, or a date for its first second in UTC; None for none."""
    from narrowgate.errors import BadInput
    from narrowgate.instants import read_instant

    if text is None:
        return None
    try:
        return read_instant(text)
    except ValueError:
        raise BadInput(
            "not a time", place=option, mend="Write 2026-12-01, or 2026-12-01T09:00:00-05:00."
        ) from None
