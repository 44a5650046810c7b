"""`report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output


def report(
    context: typer.Context,
    out_file: Annotated[Path, typer.Option("--out", help="An HTML file.")],
    period: Annotated[
        str | None, typer.Option(help="A year or month, 2026 or 2026-11; by default all.")
    ] = None,
) -> None:
    """One page on what was asked and answered: counts, reasons, the log. No personal data."""
    from narrowgate.gateway.site import Site
    from narrowgate.oversight.report import write_report

    out: Output = context.obj
    cases = write_report(Site(out.home), out_file, period)
    out.result({"report": str(out_file), "cases": cases})
