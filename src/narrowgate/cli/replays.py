"""`replay`: derive a case again and compare; or see it under another agreement."""

from __future__ import annotations

from typing import Annotated

import typer

from narrowgate.cli.output import Output, table


def replay(
    context: typer.Context,
    case: str,
    agreement: Annotated[
        str | None,
        typer.Option(help="What if: counts under this agreement (a file or an id)."),
    ] = None,
) -> None:
    """Derive screening, matching and answers anew from what was sealed; exit 1 if they differ."""
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    if agreement is not None:
        _what_if(out, case, agreement)
        return
    from narrowgate.oversight.replay import replay as again

    found = again(Site(out.home), case)
    then, now = found.software
    out.result(
        {
            "case": case,
            "same": found.same,
            "records": found.records,
            "stages": list(found.stages),
            "differences": list(found.differences),
            "software": {"then": then, "now": now},
        },
        [
            f"case {case}: {', '.join(found.stages)} walked again, {found.records:,} records",
            *([f"note: decided by {then}, replayed by {now}"] if then != now else []),
            *(found.differences or ("the same, to the bit",)),
        ],
    )
    if not found.same:
        raise typer.Exit(1)


def _what_if(out: Output, case: str, agreement: str) -> None:
    from narrowgate.gateway.site import Site
    from narrowgate.oversight.what_if import COUNTED, what_if

    found = what_if(Site(out.home), case, agreement)
    out.result(
        {"case": case, "records": found.records, "was": found.was, "would_be": found.would_be},
        [
            table(
                ("records", "was", "would be"),
                [(name, found.was[name], found.would_be[name]) for name in COUNTED],
            )
        ],
    )
