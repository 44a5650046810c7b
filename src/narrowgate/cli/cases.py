"""`receive`, `process`, `release`, `answers` and `case`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.canonical import Json
from narrowgate.cli.output import Output, table

if TYPE_CHECKING:
    from narrowgate.gateway.cases import Progress
    from narrowgate.reasons import Reason

app = typer.Typer(no_args_is_help=True)
Keys = Annotated[list[str], typer.Option("--key", help="A JWK file or a pkcs11: URI.")]


class Undecided(StrEnum):
    """What --undecided may say. There is no other word, and there will be none."""

    NOT_CONFIRMED = "not-confirmed"


def receive(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="A request folder.")]
) -> None:
    """Receive a signed request: it becomes a case, or is refused with all reasons."""
    from narrowgate.gateway import receive as gateway
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    receipt = gateway.receive(Site(out.home), folder)
    out.result(
        {
            "case": receipt.case,
            "state": receipt.state.value,
            "records": receipt.records,
            "reasons": _json(receipt.reasons),
        },
        [
            f"case {receipt.case}: {receipt.state}, {receipt.records:,} records",
            *reason_lines(receipt.reasons),
        ],
    )
    if receipt.reasons:
        raise typer.Exit(1)


def process(context: typer.Context, case: str) -> None:
    """Screen and match a case."""
    from narrowgate.gateway import process as gateway
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    _progress(out, gateway.process(Site(out.home), case, report=out.progress))


@app.command("resume")
def resume(context: typer.Context, case: str) -> None:
    """Walk on from wherever an interruption left a case."""
    from narrowgate.gateway import process as gateway
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    _progress(out, gateway.resume(Site(out.home), case, report=out.progress))


def release(
    context: typer.Context,
    case: str,
    key: Keys,
    undecided: Annotated[
        Undecided | None, typer.Option(help="What pairs still open for review become.")
    ] = None,
) -> None:
    """Two release officers let the answers of a case out."""
    from narrowgate.gateway import release as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    released = gateway.release(
        Site(out.home),
        case,
        signers(key),
        settle_undecided=undecided is Undecided.NOT_CONFIRMED,
    )
    counts = counts_of(released.docket.counts)
    out.result(
        {
            "case": case,
            "state": "released",
            **counts,
            "undecided": released.undecided,
            "index": released.index,
        },
        [
            f"case {case}: released, entry {released.index} of the log",
            count_line(released.docket.counts),
        ],
    )


def answers(
    context: typer.Context,
    case: str,
    out_file: Annotated[Path, typer.Option("--out", help="A .parquet, .csv or .jsonl file.")],
) -> None:
    """Write the answers of a released case, and the signed manifest beside them."""
    from narrowgate.gateway.answers import fetch_answers
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    fetched = fetch_answers(Site(out.home), case, out_file)
    out.result(
        {
            "case": case,
            "answers": str(fetched.answers),
            "manifest": str(fetched.manifest),
            **fetched.counts,
        }
    )


@app.command("list")
def list_all(context: typer.Context) -> None:
    """All cases, in the order in which they came."""
    from narrowgate.gateway.cases import list_cases
    from narrowgate.gateway.site import Site
    from narrowgate.instants import stamp

    out: Output = context.obj
    rows = list_cases(Site(out.home))
    names = ("case", "state", "records", "agreement", "received_at")
    body = [(r.id, r.state, r.records, r.agreement, stamp(r.received_at)) for r in rows]
    out.result(
        {"cases": [dict(zip(names, row, strict=True)) for row in body]}, [table(names, body)]
    )


@app.command("show")
def show(context: typer.Context, case: str) -> None:
    """One case: state, counts, reasons by frequency, and what it was decided under."""
    from narrowgate.gateway.cases import show_case
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    row, progress = show_case(Site(out.home), case)
    by_reason = [
        (reason.code.value, reason.clause, count)
        for reason, count in progress.docket.reason_counts()
    ]
    out.result(
        {
            "case": case,
            "state": row.state,
            "request_id": row.request_id,
            "requester": row.requester,
            "agreement": row.agreement,
            "agreement_digest": row.agreement_digest,
            "authority": dict(row.authority),
            **counts_of(progress.counts),
            "reasons": _json(progress.reasons),
            "held": _json(progress.held),
            "record_reasons": [
                {"code": code, "clause": clause, "records": count}
                for code, clause, count in by_reason
            ],
        },
        [f"case {case}: {row.state}, under {row.agreement}", count_line(progress.counts)]
        + reason_lines(progress.reasons)
        + (["held:", *reason_lines(progress.held)] if progress.held else [])
        + ([table(("code", "clause", "records"), by_reason)] if by_reason else []),
    )


@app.command("expire")
def expire(
    context: typer.Context,
    case: Annotated[
        str | None, typer.Argument(help="One case; by default every one that is due.")
    ] = None,
    list_only: Annotated[
        bool, typer.Option("--list", help="Only tell on which day each case is due.")
    ] = False,
) -> None:
    """Destroy the keys of cases whose retention has ended; the log stays and says so."""
    from narrowgate.gateway.expire import due_cases
    from narrowgate.gateway.expire import expire as gateway
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    site = Site(out.home)
    if list_only:
        rows = [(due.case, f"{due.on}", due.held) for due in due_cases(site, case)]
        names = ("case", "due", "held")
        out.result(
            {"cases": [dict(zip(names, row, strict=True)) for row in rows]},
            [table(names, [(row[0], row[1], "held" if row[2] else "") for row in rows])],
        )
        return
    expired = gateway(site, case)
    out.result(
        {"expired": expired},
        [f"{len(expired)} expired", *(f"  {each}: its key is destroyed" for each in expired)],
    )


@app.command("alarms")
def alarms(context: typer.Context, case: str) -> None:
    """What about a case looks like guessing or fishing; for the custodian only."""
    from narrowgate.gateway.alarms import alarms as gateway
    from narrowgate.gateway.alarms import words
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    names = ("alarm", "count", "of")
    rows = [
        (alarm.sort.value, alarm.count, words(alarm)) for alarm in gateway(Site(out.home), case)
    ]
    out.result(
        {"case": case, "alarms": [dict(zip(names, row, strict=True)) for row in rows]},
        [table(names, rows) if rows else f"case {case}: no alarm"],
    )


def counts_of(counts: Mapping[str, int]) -> dict[str, Json]:
    """The counts that every result carries."""
    wanted = ("records", "refused", "confirmed", "not_confirmed", "review")
    return {name: counts[name] for name in wanted}


def count_line(counts: Mapping[str, int]) -> str:
    """The counts as one sentence that adds up."""
    parts = [
        f"{counts[name]:,} {name.replace('_', ' ')}"
        for name in ("refused", "confirmed", "not_confirmed", "review", "open")
        if counts[name] or name not in ("review", "open")
    ]
    return f"{counts['records']:,} asked = " + " + ".join(parts)


def reason_lines(reasons: tuple[Reason, ...]) -> list[str]:
    """Each reason with its clause, fault and mend."""
    return [
        f"  {reason.code} (clause {reason.clause or '-'}): {reason.fault} Mend: {reason.mend}"
        for reason in reasons
    ]


def _json(reasons: tuple[Reason, ...]) -> list[Json]:
    return [dict(reason.as_json()) for reason in reasons]


def _progress(out: Output, progress: Progress) -> None:
    out.result(
        {
            "case": progress.case,
            "state": progress.state.value,
            **counts_of(progress.counts),
            "reasons": _json(progress.reasons),
            "seconds": {name: f"{value:.3f}" for name, value in progress.seconds.items()},
        },
        [f"case {progress.case}: {progress.state}", count_line(progress.counts)]
        + reason_lines(progress.reasons)
        + [f"  {name}: {value:.2f} s" for name, value in progress.seconds.items()],
    )
    if progress.reasons:
        raise typer.Exit(1)
