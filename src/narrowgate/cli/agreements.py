"""`agreement`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.canonical import Json
from narrowgate.cli.output import Output, table

if TYPE_CHECKING:
    from narrowgate.gateway.agreements import Checked

app = typer.Typer(no_args_is_help=True)
Named = Annotated[str, typer.Argument(metavar="FILE_OR_ID", help="A file, or an agreement's id.")]


@app.command("list")
def list_agreements(context: typer.Context) -> None:
    """Bundled agreements, and those that this site has adopted."""
    from narrowgate.gateway.agreements import listed
    from narrowgate.instants import stamp

    out: Output = context.obj
    bundled, adopted = listed(out.home)
    names = ("agreement", "digest", "adopted_at", "suspended", "ended")
    rows = [(r.id, r.digest, stamp(r.adopted_at), r.suspended, r.ended) for r in adopted]
    out.result(
        {"bundled": [*bundled], "adopted": [dict(zip(names, row, strict=True)) for row in rows]},
        ["bundled: " + ", ".join(bundled), *([table(names, rows)] if rows else [])],
    )


@app.command("show")
def show(context: typer.Context, agreement: Named) -> None:
    """The agreement's text, as it is signed."""
    from narrowgate.gateway.agreements import check, source

    out: Output = context.obj
    text = source(agreement, out.home).decode()
    checked = check(agreement, out.home)
    out.result({**_facts(checked), "text": text}, [text.rstrip("\n")])


@app.command("check")
def check(context: typer.Context, agreement: Named) -> None:
    """What keeps each clause: a rule, an attestation, a person; gaps are shown and fail."""
    from narrowgate.gateway.agreements import check as gateway

    out: Output = context.obj
    checked = gateway(agreement, out.home)
    names = ("clause", "title", "kind", "by", "line")
    rows = [(r.number, r.title, r.kind, ", ".join(r.by), r.line) for r in checked.rows]
    out.result(
        {**_facts(checked), "clauses": [dict(zip(names, row, strict=True)) for row in rows]},
        [
            f"{checked.terms.id}  {checked.terms.digest}",
            table(names, rows),
            f"{len(rows)} clauses, {len(checked.gaps)} gaps",
        ],
    )
    if checked.gaps:
        raise typer.Exit(1)


@app.command("adopt")
def adopt(
    context: typer.Context,
    agreement: Named,
    key: Annotated[list[str], typer.Option(help="An agreement officer's key; one of each party.")],
    replaces: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="The text that this one is to amend.")
    ] = None,
) -> None:
    """Adopt an agreement, or a changed text of one that stands, signed by both parties."""
    from narrowgate.gateway.agreements import adopt_named
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    terms = adopt_named(Site(out.home), agreement, key, replaces)
    out.result({"agreement": terms.id, "digest": terms.digest})


def _facts(checked: Checked) -> dict[str, Json]:
    return {
        "agreement": checked.terms.id,
        "digest": checked.terms.digest,
        "gaps": [*checked.gaps],
    }
