"""`register`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command("load")
def load(
    context: typer.Context,
    sources: Annotated[list[Path], typer.Argument(help="Parquet, CSV or JSON Lines files.")],
    mapping: Annotated[
        Path | None, typer.Option(help="TOML: our column = the source's column.")
    ] = None,
    partitions: Annotated[int | None, typer.Option(min=1, help="Parts to write.")] = None,
) -> None:
    """Load a register into an immutable, sealed snapshot; it is asked from then on."""
    from narrowgate.gateway.load import load_register
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    out.progress("loading")
    loaded = load_register(Site(out.home), sources, mapping=mapping, partitions=partitions)
    out.result(
        {
            "snapshot": loaded.digest,
            "people": loaded.people,
            "addresses": loaded.addresses,
            "rejected": loaded.rejected,
            "rejects": str(loaded.rejects) if loaded.rejected else None,
        }
    )


@app.command("show")
def show(context: typer.Context) -> None:
    """What is loaded: digest and counts, never content."""
    from narrowgate.gateway.load import loaded_register
    from narrowgate.gateway.site import Site
    from narrowgate.instants import stamp

    out: Output = context.obj
    row = loaded_register(Site(out.home))
    out.result(
        {
            "snapshot": row.digest,
            "people": row.people,
            "addresses": row.addresses,
            "rejected": row.rejected,
            "loaded_at": stamp(row.loaded_at),
        }
    )
