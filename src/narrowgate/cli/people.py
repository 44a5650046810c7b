"""`init` and `people`."""

from __future__ import annotations

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
) -> None:
    """Make a site: narrowgate.toml, database, log and keys."""
    from narrowgate import clock
    from narrowgate.gateway.enrol import create_site

    out: Output = context.obj
    site = create_site(
        out.home, custodian=custodian, origin=origin, test_parties=test_parties, clock=clock.now
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

    out: Output = context.obj
    people = sorted(Site(out.home).directory, key=lambda person: person.id)
    rows = [(p.id, p.organisation, ", ".join(sorted(p.roles)), p.key.thumbprint) for p in people]
    names = ("person", "organisation", "roles", "key")
    out.result(
        {"people": [dict(zip(names, row, strict=True)) for row in rows]}, [table(names, rows)]
    )
