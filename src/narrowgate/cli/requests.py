"""`request`: the requester's side."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.cli.cases import count_line, counts_of, reason_lines
from narrowgate.cli.output import Output, table

if TYPE_CHECKING:
    from narrowgate.requester.check import Checked

app = typer.Typer(no_args_is_help=True)
Agreement = Annotated[
    str, typer.Option(metavar="FILE_OR_ID", help="A file, or the id of a bundled agreement.")
]
Folder = Annotated[Path, typer.Argument(help="A request folder.")]


@app.command("pack")
def pack(
    context: typer.Context,
    records: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet.")],
    agreement: Agreement,
    purpose: Annotated[str, typer.Option(help="The agreement's purpose code.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder.")],
    attest: Annotated[list[str] | None, typer.Option(help="An attestation, by id.")] = None,
    attest_all: Annotated[
        bool, typer.Option("--attest-all", help="Print all attestations and make them all.")
    ] = False,
    document: Annotated[list[Path] | None, typer.Option(help="A document to send with it.")] = None,
) -> None:
    """Pack records into a request folder, to be signed."""
    from narrowgate import clock
    from narrowgate.requester.agreements import named_terms
    from narrowgate.requester.pack import pack as gateway

    out: Output = context.obj
    terms = named_terms(agreement)
    attestations = list(attest or [])
    if attest_all:
        for attestation in terms.attestations:
            out.note(
                f"attested [{attestation.id}], clause {attestation.clause}: {attestation.text}"
            )
        attestations = [attestation.id for attestation in terms.attestations]
    packed = gateway(
        records,
        terms,
        purpose=purpose,
        attestations=attestations,
        documents=document or [],
        out=out_folder,
        now=clock.now(),
    )
    out.result(
        {
            "request": str(packed.folder),
            "request_id": packed.request_id,
            "records": packed.records,
            "agreement": terms.id,
            "agreement_digest": terms.digest,
            "attestations": [*attestations],
        }
    )


@app.command("sign")
def sign(
    context: typer.Context,
    folder: Folder,
    key: Annotated[
        list[str], typer.Option(help="A signatory's JWK file; may be given several times.")
    ],
) -> None:
    """Sign a packed request."""
    from narrowgate.requester.sign import sign_with

    out: Output = context.obj
    signed = sign_with(folder, key)
    out.result({"request": str(folder), "signed_by": [*signed]})


@app.command("check")
def check(
    context: typer.Context,
    folder: Folder,
    agreement: Agreement,
    mends: Annotated[
        Path | None, typer.Option(help="Also write every fault and its mend to this CSV file.")
    ] = None,
) -> None:
    """Find, before sending, every fault that the gate would find without its own records."""
    from narrowgate import clock
    from narrowgate.requester.agreements import named_terms
    from narrowgate.requester.check import check as gateway

    out: Output = context.obj
    checked = gateway(folder, named_terms(agreement), clock.now())
    if mends is not None:
        _write_mends(checked, mends)
    counted = checked.docket.reason_counts()
    rows = [(r.code, r.clause, count, r.mend) for r, count in counted]
    out.result(
        {
            "passes": checked.passes,
            **counts_of(checked.docket.counts),
            "reasons": [dict(reason.as_json()) for reason in checked.reasons],
            "record_reasons": [{**reason.as_json(), "records": count} for reason, count in counted],
        },
        [
            "nothing found" if checked.passes else "faults found",
            count_line(checked.docket.counts),
            *reason_lines(checked.reasons),
            *([table(("code", "clause", "records", "mend"), rows)] if rows else []),
        ],
    )
    if not checked.passes:
        raise typer.Exit(1)


def _write_mends(checked: Checked, path: Path) -> None:
    """Every fault, those of the whole request (no row) first; the file is whole or not there."""
    docket = checked.docket
    part = path.with_name(f"{path.name}.part")
    with part.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("row", "record_id", "code", "clause", "fault", "mend"))
        writer.writerows(("", "", r.code, r.clause, r.fault, r.mend) for r in checked.reasons)
        for row, index in zip(docket.reason_rows, docket.reason_index, strict=True):
            if (reason := docket.palette[index]) in checked.reasons:
                continue  # told once; a request refused whole has it in every row
            ids = (int(row) + 1, checked.record_ids[row] or "")
            writer.writerow((*ids, reason.code, reason.clause, reason.fault, reason.mend))
    part.replace(path)
