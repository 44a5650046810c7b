"""`log`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.cli.output import Output
from narrowgate.errors import BadInput

if TYPE_CHECKING:
    from narrowgate.gateway.witnesses import Cosigned

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
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="A field of the record to be opened; by default all are."),
    ] = None,
) -> None:
    """A proof that a case, or the answer of one record, stands in the log."""
    from narrowgate.gateway.prove import prove as make
    from narrowgate.gateway.prove import write_proof
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    proof = make(Site(out.home), case, record, field)
    if out_file is None:
        out.result(proof, [json.dumps(proof, indent=1)])
        return
    write_proof(proof, out_file)
    out.result({"case": case, "record": record, "proof": str(out_file)})


@app.command("witnesses")
def witnesses(
    context: typer.Context,
    required: Annotated[int | None, typer.Option(help="How many a release needs.")] = None,
    witness: Annotated[
        list[str] | None, typer.Option("--witness", help="A verifier key, or VKEY=URL.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="Two agreement officers' keys.")
    ] = None,
) -> None:
    """Who cosigns the log and how many a release needs; with --required, name them anew."""
    from narrowgate.gateway.site import Site, signers
    from narrowgate.gateway.witnesses import Named, name_witnesses, named

    out: Output = context.obj
    site = Site(out.home)
    if required is not None:
        given = [each.partition("=http") for each in witness or ()]
        who = [Named(vkey, f"http{rest}" if mark else "") for vkey, mark, rest in given]
        name_witnesses(site, required, who, signers(key or ()))
    needed, known = named(site)
    out.result(
        {"required": needed, "witnesses": [{"vkey": w.vkey, "url": w.url} for w in known]},
        [f"a release needs {needed} of:", *(f"  {w.vkey} {w.url}".rstrip() for w in known)],
    )


@app.command("witness")
def witness_now(context: typer.Context) -> None:
    """Ask the witnesses that have an address to cosign the latest checkpoint."""
    from narrowgate.gateway.site import Site
    from narrowgate.gateway.witnesses import ask_witnesses

    out: Output = context.obj
    _cosigned(out, ask_witnesses(Site(out.home)))


@app.command("cosign")
def cosign(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Checkpoints that witnesses cosigned.")],
) -> None:
    """Take over the cosignatures that witnesses handed back as files."""
    from narrowgate.gateway.site import Site
    from narrowgate.gateway.witnesses import standing, take_cosigned

    out: Output = context.obj
    site = Site(out.home)
    for file in files:
        take_cosigned(site, _read(file), str(file))
    _cosigned(out, standing(site))


def _cosigned(out: Output, found: Cosigned) -> None:
    out.result(
        {
            "required": found.required,
            "size": found.size,
            "by": list(found.by),
            "said": dict(found.said),
        },
        [
            *(f"{name}: {word}" for name, word in found.said),
            f"{found.size} entries are cosigned by {', '.join(found.by) or 'nobody'}",
            f"a release needs {found.required}",
        ],
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("the file cannot be read", place=str(path)) from None


@app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Derive the database anew from the log; after an upgrade, or where it was lost."""
    from narrowgate.gateway.commit import rebuild_database
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    out.result({"applied": rebuild_database(Site(out.home))})


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Recompute the whole log; hold against it the database and every file that it names."""
    from narrowgate.gateway.integrity import faults_of
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    site = Site(out.home)
    faults = faults_of(site)
    out.result(
        {"verified": not faults, "size": site.log.size, "faults": list(faults)},
        [f"{site.log.size} entries, " + ("verified" if not faults else "NOT verified"), *faults],
    )
    if faults:
        raise typer.Exit(1)
