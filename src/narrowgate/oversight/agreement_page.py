"""An agreement as a page for lawyers: the text on the left, what keeps it on the right.

The left is the text as it is signed; the right follows from the rules that stand under it, in the
words that a requester reads when refused. One page, no script, nothing from outside.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from markdown_it import MarkdownIt

from narrowgate.agreement.contradictions import Finding
from narrowgate.agreement.coverage import KEPT, sources
from narrowgate.agreement.privacy_act import CONTENTS
from narrowgate.agreement.terms import AnswerTerms, Clause, Terms
from narrowgate.agreement.worked import WorkedCase
from narrowgate.catalogue.rule import Bound
from narrowgate.oversight.page import page, table, tiles

# A draft comes from the other side: nothing in it leads anywhere or is fetched.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["link", "image", "autolink"])

_STYLE = """
p { overflow-wrap: anywhere; }
.clause { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; border-top: 1px solid #dfe1e2;
  padding: .75rem 0; break-inside: avoid; }
.clause h3 { font-size: 1rem; margin: 0 0 .5rem; } .clause p { margin: .25rem 0; }
.kept { border-left: 4px solid #005ea8; padding-left: 1rem; font-size: .9rem; }
.kept.gap { border-color: #b50909; } .kept.informative { border-color: #71767a; }
.kept ul { margin: .25rem 0; padding-left: 1.2rem; } .kept summary { cursor: pointer; }
.sort { font-weight: bold; } .cites { color: #565c65; }
@media (max-width: 45rem) { .clause { grid-template-columns: 1fr; }
  .kept { margin-top: .75rem; } }
@media print { details > * { display: block; } }
"""


def agreement_page(
    source: str, terms: Terms, findings: Sequence[Finding], standing: str = ""
) -> str:
    """The page. `source`: the text; `standing`: how it stands at a site, where there is one."""
    lead = f"{terms.id}, {terms.digest}" + (f". At this site: {standing}." if standing else ".")
    preamble = _between(source.splitlines()[1:], "```")
    body = [_MARKDOWN.render(preamble), *_head(terms, findings), *_clauses(source, terms)]
    return page(terms.title, lead, body, style=_STYLE)


def _head(terms: Terms, findings: Sequence[Finding]) -> Iterator[str]:
    kinds = [clause.kind for clause in terms.clauses]
    yield tiles((KEPT[kind], kinds.count(kind)) for kind in KEPT if kinds.count(kind))
    term = terms.term
    renewal = f", renewed {term.renewal.times} times at most" if term.renewal else ", not renewed"
    rows = [
        ("custodian", terms.custodian),
        ("requester", terms.requester),
        ("purposes", ", ".join(terms.purposes)),
        ("statutes", "; ".join(terms.statutes)),
        ("confirmed are", ", ".join(terms.attributes)),
        ("term", f"{term.months} months, not before {term.not_before}{renewal}"),
        *(("signs", f"{who.person}: {who.office}") for who in terms.signatories),
        ("signatures required", f"{terms.signatures_required}"),
        ("Privacy Act", "applies" if terms.privacy_act else "does not apply"),
    ]
    yield table(("said in the first block", ""), rows)
    if findings:
        yield "<h2>What is amiss</h2>"
        told = [(f"line {each.line}", each.clause, each.text) for each in findings]
        yield table(("where", "clause", "what"), told)


def _clauses(source: str, terms: Terms) -> Iterator[str]:
    lines = source.splitlines()
    parts = [number for number, line in enumerate(lines, start=1) if line.startswith("## ")]
    for clause in terms.clauses:
        while parts and parts[0] < clause.line:
            number = parts.pop(0)
            yield f"<h2>{html.escape(lines[number - 1].removeprefix('## '))}</h2>"
            yield _MARKDOWN.render(_between(lines[number:], "#"))
        prose = _MARKDOWN.render(clause.text)
        title = html.escape(f"{clause.number} {clause.title}")
        yield (
            f'<section class="clause" id="c{clause.number}"><div><h3>{title}</h3>{prose}</div>'
            f'<div class="kept {clause.kind}">{"".join(_kept(terms, clause))}</div></section>'
        )


def _between(lines: Sequence[str], stop: str) -> str:
    """The lines before the first that begins with `stop`."""
    return "\n".join(takewhile(lambda line: not line.startswith(stop), lines))


def _kept(terms: Terms, clause: Clause) -> Iterator[str]:
    sort = KEPT[clause.kind][0].upper() + KEPT[clause.kind][1:]
    yield f'<p class="sort">{html.escape(sort)}</p>'
    if clause.contents:
        told = "; ".join(f"{CONTENTS[letter]} ({letter})" for letter in clause.contents)
        yield f'<p class="cites">5 U.S.C. 552a(o)(1): {html.escape(told)}</p>'
    if clause.kind in ("performed", "informative"):
        yield f"<p>{html.escape('; '.join(clause.by))}</p>"
    for attestation in terms.attestations:
        if attestation.clause == clause.number:
            yield f"<p>“{html.escape(attestation.text)}”</p>"
    bounds = [bound for bound in terms.rules if bound.clause == clause.number]
    if bounds:
        yield f"<ul>{''.join(f'<li>{_rule(bound)}</li>' for bound in bounds)}</ul>"
    if "answer" in clause.by:
        yield _fields(terms.answer)
    if "use" in clause.by:
        yield _fields(terms.use)
    if "retention" in clause.by:
        yield f"<p>{terms.retention_days:,} days</p>"
    cases = [placed.case for placed in terms.cases if placed.clause == clause.number]
    if cases:
        shown = "".join(f"<li>{_case(case)}</li>" for case in cases)
        yield f"<details open><summary>Worked cases</summary><ul>{shown}</ul></details>"


def _rule(bound: Bound) -> str:
    rule = bound.rule
    figures = ", ".join(
        f"{name.replace('_', ' ')}: {_plain(getattr(rule, name))}"
        for name in type(rule).model_fields
    )
    told = [
        f"<code>{html.escape(rule.code.value)}</code>",
        f"<p>{html.escape(rule.fault())} {html.escape(rule.mend())}</p>",
    ]
    if figures:
        told.append(f"<p>{html.escape(figures)}</p>")
    if cited := sources(rule.cites):
        told.append(f'<p class="cites">{html.escape("; ".join(cited))}</p>')
    return "".join(told)


def _case(case: WorkedCase) -> str:
    answer = ", ".join(case.expected) if case.expected else "passes"
    return (
        f"{html.escape(case.title)}: {'refused for ' if case.expected else ''}{html.escape(answer)}"
    )


def _fields(model: object) -> str:
    given = getattr(model, "__dict__", {})
    units = {"identity_threshold": "bits", "residence_threshold": "bits", "review_from": "bits",
             "margin": "bits"} if isinstance(model, AnswerTerms) else {}  # fmt: skip
    shown = "".join(
        f"<li>{html.escape(name.replace('_', ' '))}: {html.escape(_plain(value))} "
        f"{units.get(name, '')}</li>"
        for name, value in given.items()
        if value is not None
    )
    return f"<ul>{shown}</ul>"


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_plain(each) for each in value) or "none"
    if hasattr(value, "__dict__"):
        return re.sub(r"^\w+\(|\)$", "", ", ".join(f"{v}" for v in vars(value).values() if v))
    return "no bound" if value is None else f"{value}"
