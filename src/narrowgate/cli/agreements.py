"""`agreement`."""

from __future__ import annotations

from pathlib import Path
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
def show(
    context: typer.Context,
    agreement: Named,
    page: Annotated[
        Path | None,
        typer.Option("--out", help="A page for lawyers: the text, and beside it what keeps it."),
    ] = None,
) -> None:
    """The agreement's text, as it is signed."""
    from narrowgate.gateway.agreements import check, source, standing_words

    out: Output = context.obj
    text = source(agreement, out.home).decode()
    checked = check(agreement, out.home)
    if page is not None:
        from narrowgate.oversight.agreement_page import agreement_page

        standing = standing_words(checked.terms, out.home)
        made = agreement_page(text, checked.terms, checked.findings, standing)
        page.write_text(made, encoding="utf-8")
        out.result({**_facts(checked), "page": str(page)})
        return
    out.result({**_facts(checked), "text": text}, [text.rstrip("\n")])


@app.command("check")
def check(
    context: typer.Context,
    agreement: Named,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on what is merely advised as well.")
    ] = False,
) -> None:
    """What keeps each clause, and whether the rules can do what they say.

    Fails on gaps, on rules that can never fail or never pass, on rules that contradict, and on
    worked cases that come out otherwise, each with its line.
    """
    from narrowgate.gateway.agreements import check as gateway

    out: Output = context.obj
    checked = gateway(agreement, out.home)
    names = ("clause", "title", "kind", "by", "line")
    rows = [(r.number, r.title, r.kind, ", ".join(r.by), r.line) for r in checked.rows]
    clauses = [
        {
            **dict(zip(names, row, strict=True)),
            "cites": [*each.cites],
            "privacy_act": [*each.contents],
            "cases": each.cases,
        }
        for row, each in zip(rows, checked.rows, strict=True)
    ]
    passes = checked.passes(strict=strict)
    out.result(
        {
            **_facts(checked),
            "clauses": clauses,
            "findings": [
                {
                    "line": each.line,
                    "sort": each.sort,
                    "clause": each.clause,
                    "code": each.code,
                    "text": each.text,
                }
                for each in checked.findings
            ],
            "cases": len(checked.outcomes),
            "passes": passes,
        },
        _check_lines(agreement, checked, strict=strict),
    )
    if not passes:
        raise typer.Exit(1)


def _check_lines(name: str, checked: Checked, *, strict: bool) -> list[str]:
    from narrowgate.gateway.agreements import KEPT

    rows = [
        (r.number, r.title, KEPT[r.kind], "; ".join(r.by), r.cases or "", r.line)
        for r in checked.rows
    ]
    shown = [f for f in checked.findings if strict or f.sort != "advice"]
    advice = sum(f.sort == "advice" for f in checked.findings)
    held = sum(outcome.holds for outcome in checked.outcomes)
    lines = [
        f"{checked.terms.id}  {checked.terms.digest}",
        table(("clause", "title", "how it is kept", "by", "cases", "line"), rows),
    ]
    lines += [
        f"{name} line {each.line}: {each.sort.replace('_', ' ')}"
        + (f", {each.code}" if each.code else "")
        + (f" (clause {each.clause})" if each.clause else "")
        + f": {each.text}"
        for each in shown
    ]
    lines.append(
        f"{len(rows)} clauses, {len(checked.gaps)} gaps, {len(checked.outcomes)} worked cases "
        f"({held} as expected), {len(checked.findings) - advice} faults, {advice} advised"
    )
    return lines


@app.command("diff")
def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="A", help="A file, an id, or an adopted digest.")],
    new: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    on: Annotated[
        list[str] | None, typer.Option(metavar="CASE", help="Screen a past case under both.")
    ] = None,
) -> None:
    """What changes from one text to another: words, rules, figures, and what that does.

    With --on, how past requests would have been screened under each, in counts.
    """
    from narrowgate.gateway.site import Site
    from narrowgate.gateway.whatif import compared, on_cases, prose

    out: Output = context.obj
    before, after, found = compared(old, new, out.home)
    cases = on_cases(Site(out.home), on, before, after) if on else []
    lines = [f"{before.id} {before.digest}", f"{after.id} {after.digest}"]
    for each in found:
        place = f"{each.clause} " if each.clause else ""
        words = each.effect.words
        if each.what == "prose":
            lines += [f"{place}prose: {change}" for change in prose(each.old, each.new)]
        else:
            change = f"{each.old or '(none)'} → {each.new or '(none)'}"
            lines.append(f"{place}{each.what}: {change}" + (f" ({words})" if words else ""))
    if not found:
        lines.append("nothing differs")
    for case in cases:
        lines.append(
            f"case {case.case}: {case.records:,} records; refused {case.refused[0]:,} under the "
            f"first, {case.refused[1]:,} under the second; {case.only_old:,} by the first alone, "
            f"{case.only_new:,} by the second alone"
        )
        lines += [table(("code", "first", "second"), case.codes)] if case.codes else []
    out.result(
        {
            "old": {"agreement": before.id, "digest": before.digest},
            "new": {"agreement": after.id, "digest": after.digest},
            "differences": [
                {
                    "clause": each.clause,
                    "what": each.what,
                    "old": each.old,
                    "new": each.new,
                    "effect": each.effect.words,
                }
                for each in found
            ],
            "cases": [
                {
                    "case": case.case,
                    "records": case.records,
                    "refused": [*case.refused],
                    "refused_by_old_alone": case.only_old,
                    "refused_by_new_alone": case.only_new,
                    "codes": {code: [first, second] for code, first, second in case.codes},
                }
                for case in cases
            ],
        },
        lines,
    )


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
