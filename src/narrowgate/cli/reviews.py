"""`review`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output, table

app = typer.Typer(no_args_is_help=True)


class Word(StrEnum):
    """What an officer may say of a pair."""

    CONFIRM = "confirm"
    NOT_CONFIRM = "not-confirm"


Record = Annotated[str, typer.Argument(help="The record's id, or its row number.")]


@app.command("list")
def list_pairs(context: typer.Context, case: str) -> None:
    """The pairs of a case that are still open."""
    from narrowgate.gateway import review
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    pairs = review.list_pairs(Site(out.home), case)
    names = ("record", "row", "votes")
    rows = [(pair.record_id, pair.row, pair.votes) for pair in pairs]
    out.result(
        {"case": case, "open": [dict(zip(names, row, strict=True)) for row in rows]},
        [table(names, rows), f"{len(rows)} open"],
    )


@app.command("show")
def show(
    context: typer.Context,
    case: str,
    record: Record,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Draw the weights into this HTML file, too.")
    ] = None,
) -> None:
    """One open pair, masked: what was asked beside what is on file, and why it was left open."""
    from narrowgate.gateway import review
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    shown = review.show_pair(Site(out.home), case, record)
    pair, account = shown.pair, shown.account
    if out_file is not None:
        out_file.write_text(review.chart_pair(shown, case))
    fields = sorted({*pair.subject, *pair.candidate})
    body = [(name, pair.subject.get(name, ""), pair.candidate.get(name, "")) for name in fields]
    parts = [(part.name, part.words, f"{part.bits:+.2f}") for part in account.parts]
    parts.append(("together", "", f"{account.weight:+.2f}"))
    checks = [(_HELD[check.held], check.number, check.words) for check in account.checks]
    out.result(
        {
            "case": case,
            "row": pair.row,
            "identity_weight": f"{pair.identity_weight:.2f}",
            "margin": None if pair.margin is None else f"{pair.margin:.2f}",
            "comparison": dict(pair.comparison),
            "subject": dict(pair.subject),
            "candidate": dict(pair.candidate),
            "verdict": account.verdict,
            "weights": [dict(zip(_PART, part, strict=True)) for part in parts],
            "checks": [dict(zip(_CHECK, check, strict=True)) for check in checks],
        },
        [
            table(("field", "asked", "on file"), body),
            table(_PART, parts),
            table(_CHECK, checks),
            account.verdict,
        ],
    )


_PART = ("comparison", "level", "bits")
_CHECK = ("check", "number", "words")
_HELD = {True: "held", False: "failed", None: "unknown"}


@app.command("decide")
def decide(
    context: typer.Context,
    case: str,
    record: Record,
    verdict: Word,
    reason: Annotated[str, typer.Option(help="In your words; sealed with the case.")],
    key: Annotated[str, typer.Option(help="Your JWK file or pkcs11: URI.")],
) -> None:
    """Cast your vote on a pair. Two who agree, blind to each other, decide it."""
    from narrowgate.gateway import review
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    officer = signers([key])[0]
    docket = review.decide(Site(out.home), case, record, verdict.value, reason, officer)
    out.result(
        {"case": case, "record": record, "vote": verdict.value, "open": docket.counts["review"]}
    )
