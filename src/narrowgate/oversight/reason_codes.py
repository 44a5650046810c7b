"""The reference page of the catalogue: every reason code, from the rules themselves.

`python -m narrowgate.oversight.reason_codes > docs/reason-codes.md`, or `make reference`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.catalogue.direction import RAISING
from narrowgate.catalogue.index import REQUIRED, RULES
from narrowgate.catalogue.rule import Example, RequestRule, Rule
from narrowgate.reasons import Code

_HEAD = """# Reason codes

Every code with which a request or a record is refused, generated from the catalogue of rules
(`make reference`). Fault and mend are what a requester reads, here with the figures of the first
agreement that has the rule. An example that fails gets the code; one that passes does not.
"""


def reference() -> str:
    """The page, as Markdown."""
    agreements = [_terms(each) for each in bundled_ids()]
    parts = [_HEAD, "## The whole request\n"]
    parts += ["\n".join(_code(code, agreements)) for code in Code if code.family == "request"]
    parts.append("## The record\n")
    parts += ["\n".join(_code(code, agreements)) for code in Code if code.family != "request"]
    return "\n".join(parts)


def _terms(agreement: str) -> Terms:
    source = bundled(agreement)
    assert source is not None  # noqa: S101 - it is listed
    return read_agreement(source, agreement)


def _code(code: Code, agreements: list[Terms]) -> Iterator[str]:
    rule = RULES[code]
    bounds = [(terms.id, bound) for terms in agreements if (bound := terms.bound(code))]
    yield f"### `{code.value}`\n"
    yield f"{_one_line(inspect.getdoc(rule) or '')}\n"
    if bounds:
        shown = bounds[0][1].rule
        yield f"- Fault: {shown.fault()}"
        yield f"- Mend: {shown.mend()}"
    yield f"- Rests on: {'; '.join(rule.cites)}"
    for name, field in rule.model_fields.items():
        does = RAISING[code, name].words
        default = "" if field.is_required() else f", {_default(field.default)} if not said"
        raised = f"; raised or added to, it {does}" if does else ""
        yield f"- Parameter `{name}` ({_type(str(field.annotation))}{default}){raised}"
    for word, examples in (("Passes", rule.passes), ("Fails", rule.fails)):
        yield f"- {word}: {' | '.join(_example(each) for each in examples)}"
    clauses = [f"{name} {bound.clause}" for name, bound in bounds if bound.clause]
    yield f"- In: {_where(code, rule, clauses)}\n"


def _where(code: Code, rule: type[Rule], clauses: list[str]) -> str:
    always = issubclass(rule, RequestRule) and rule.always
    told = ["every agreement, named by a clause or not"] if always else []
    told += ["every agreement, which must name it"] if code in REQUIRED else []
    return "; ".join([*told, *clauses]) or "no bundled agreement"


def _example(example: Example) -> str:
    if example.circumstance:
        return example.circumstance
    told = [
        ", ".join(f"`{name}` = `{value or ''}`" for name, value in changes.items()) or "as it is"
        for changes in example.records
    ]
    return " beside ".join(told)


def _type(annotation: str) -> str:
    if "tuple" in annotation:
        return "list"
    for word, name in (("bool", "switch"), ("float", "number"), ("int", "whole number")):
        if word in annotation:
            return name
    return "text"


def _default(value: object) -> str:
    return {None: "no bound", (): "empty", False: "off"}.get(value, f"{value}")  # type: ignore[call-overload, no-any-return]


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.stdout.write(reference())
