"""`log`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command("checkpoint")
def checkpoint(context: typer.Context) -> None:
    """The log's signed head."""
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    site = Site(out.home)
    text = site.log.checkpoint().decode()
    out.result(
        {
            "origin": site.config.origin,
            "size": site.log.size,
            "checkpoint": text,
            "vkey": site.vkey,
        },
        [text.rstrip("\n")],
    )


@app.command("entries")
def entries(
    context: typer.Context,
    start: Annotated[int, typer.Option(min=0, help="First index.")] = 0,
) -> None:
    """Every entry, one JSON object a line."""
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    log = Site(out.home).log
    found = [json.loads(entry) for entry in log.entries(start, log.size)]
    out.result({"start": start, "entries": found}, [json.dumps(entry) for entry in found])


@app.command("prove")
def prove(
    context: typer.Context,
    case: str,
    record: Annotated[
        str | None, typer.Argument(help="The record's id, or its row number.")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the proof goes.")] = None,
) -> None:
    """A proof that a case, or the answer of one record, stands in the log."""
    from narrowgate.gateway.prove import prove as make
    from narrowgate.gateway.prove import write_proof
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    proof = make(Site(out.home), case, record)
    if out_file is None:
        out.result(proof, [json.dumps(proof, indent=1)])
        return
    write_proof(proof, out_file)
    out.result({"case": case, "record": record, "proof": str(out_file)})


@app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Derive the database anew from the log; after an upgrade, or where it was lost."""
    from narrowgate.gateway.commit import rebuild_database
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    out.result({"applied": rebuild_database(Site(out.home))})


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Recompute the whole log and hold it against its checkpoint and the database."""
    from narrowgate.gateway.prove import verify_log
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    site = Site(out.home)
    faults = verify_log(site)
    out.result(
        {"verified": not faults, "size": site.log.size, "faults": list(faults)},
        [f"{site.log.size} entries, " + ("verified" if not faults else "NOT verified"), *faults],
    )
    if faults:
        raise typer.Exit(1)
