"""The report: one self-contained page of counts that add up, for officers and inspectors.

No outside address, no script: plots are drawn at once into the page as SVG. No personal data: all
that stands here are counts, codes, case numbers, digests and times.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pyarrow as pa

from narrowgate.errors import BadInput
from narrowgate.gateway.cases import Progress, list_cases, show_case
from narrowgate.gateway.integrity import record_faults
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.oversight.page import (
    CONFIRMED,
    NOT_CONFIRMED,
    REFUSED,
    figure,
    page,
    table,
    tiles,
)
from narrowgate.reasons import Reason
from narrowgate.store.files import Files
from narrowgate.store.reading import CaseRow

ANSWERS = ("refused", "confirmed", "not_confirmed")
_COLOURS = {"refused": REFUSED, "confirmed": CONFIRMED, "not_confirmed": NOT_CONFIRMED}
_PERIOD = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the report."""

    case: CaseRow
    progress: Progress

    @property
    def counts(self) -> dict[str, int]:
        """asked, refused, confirmed, not_confirmed, undecided: they add up."""
        counts = self.progress.counts
        asked = counts["records"]
        answered = {name: counts[name] for name in ANSWERS}
        return {"asked": asked, **answered, "undecided": asked - sum(answered.values())}


def write_report(site: Site, out: Path, period: str | None) -> int:
    """Write the report on the cases received in `period` (2026, 2026-11, None: all) to `out`.

    Returns the number of cases in it. Raises BadInput for a period that is none.
    """
    if period is not None and not _PERIOD.fullmatch(period):
        raise BadInput("a year or a month is expected", place="--period", mend="Say 2026-11.")
    rows = [row for row in list_cases(site) if stamp(row.received_at).startswith(period or "")]
    lines = [Line(*show_case(site, row.id)) for row in rows]
    faults = record_faults(site)
    page = _page(site, lines, faults, period)
    Files(out.parent).write(out.name, page.encode())
    out.chmod(0o644)
    return len(lines)


def _page(site: Site, lines: Sequence[Line], faults: Sequence[str], period: str | None) -> str:
    totals: Counter[str] = Counter()
    for line in lines:
        totals.update(line.counts)
    reasons = _reasons(lines)
    names = ("asked", *ANSWERS, "undecided")
    cases = table(
        ("case", "received", "agreement", "state", *names),
        [
            (
                line.case.id,
                stamp(line.case.received_at),
                line.case.agreement or "(none)",
                line.case.state,
                *(line.counts[name] for name in names),
            )
            for line in lines
        ],
        foot=("all", "", "", "", *(totals[name] for name in names)),
    )
    whole = [
        (line.case.id, reason.code.value, reason.clause or "-", reason.fault)
        for line in lines
        for reason in line.progress.reasons
    ]
    body = [
        tiles((name.replace("_", " "), totals[name]) for name in names),
        "<h2>Cases</h2>",
        figure(_answers_plot(lines), "Answers by case: refused, confirmed, not confirmed.")
        if lines
        else "<p>No cases.</p>",
        cases,
        "<h2>Why records were refused</h2>",
        figure(_reasons_plot(reasons), "Records by reason of refusal, most frequent first.")
        if reasons
        else "<p>No record was refused by itself.</p>",
        table(
            ("code", "clause", "fault", "mend", "records"),
            [(r.code.value, r.clause, r.fault, r.mend, count) for r, count in reasons],
        ),
        "<h2>Requests refused as a whole</h2>",
        table(("case", "code", "clause", "fault"), whole) if whole else "<p>None.</p>",
        "<h2>The log</h2>",
        _log(site, faults),
    ]
    title = f"narrowgate: {site.config.custodian}, {period or 'all cases'}"
    lead = (
        f"Made {stamp(site.clock())}. "
        "Asked = refused + confirmed + not confirmed + undecided, in every row."
    )
    return page(title, lead, body)


def _reasons(lines: Iterable[Line]) -> list[tuple[Reason, int]]:
    """Reasons of records, over cases that were not refused as a whole."""
    tally: Counter[Reason] = Counter()
    for line in lines:
        if not line.progress.reasons:
            tally.update(dict(line.progress.docket.reason_counts()))
    return sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))


def _answers_plot(lines: Sequence[Line]) -> alt.Chart:
    rows = [
        {"case": line.case.id, "answer": name.replace("_", " "), "records": line.counts[name]}
        for line in lines
        for name in ANSWERS
    ]
    scale = alt.Scale(
        domain=[name.replace("_", " ") for name in ANSWERS], range=[*_COLOURS.values()]
    )
    chart: alt.Chart = (
        alt.Chart(pa.Table.from_pylist(rows))
        .mark_bar()
        .encode(
            x=alt.X("records:Q", title="records"),
            y=alt.Y("case:N", title=None, sort=None),
            color=alt.Color("answer:N", scale=scale, title=None, legend=alt.Legend(orient="top")),
        )
        .properties(width=640, height={"step": 28})
    )
    return chart


def _reasons_plot(reasons: Sequence[tuple[Reason, int]]) -> alt.Chart:
    rows = [{"code": reason.code.value, "records": count} for reason, count in reasons[:30]]
    chart: alt.Chart = (
        alt.Chart(pa.Table.from_pylist(rows))
        .mark_bar(color=_COLOURS["refused"])
        .encode(
            x=alt.X("records:Q", title="records"),
            y=alt.Y("code:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        )
        .properties(width=520, height={"step": 18})
    )
    return chart


def _log(site: Site, faults: Sequence[str]) -> str:
    verdict = "verified" if not faults else "NOT verified: " + "; ".join(faults)
    return (
        f"<p>{site.log.size:,} entries, recomputed for this page: "
        f"<strong>{html.escape(verdict)}</strong>. "
        f"The separate program narrowgate-verify checks the same without the gate's code.</p>"
        f"<pre>{html.escape(site.log.checkpoint().decode())}</pre>"
        f"<p>Verifier key: <code>{html.escape(site.vkey)}</code></p>"
    )
