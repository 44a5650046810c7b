"""From a file's bytes to terms: every block of the document bound to the catalogue.

Every rule named exists, has exactly its parameters and stands under one clause; every fault of the
file is told at once, by line. Nothing of the file is passed over: a key that means nothing is a
fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, Field, PositiveInt, ValidationError

from narrowgate.agreement.clauses import Block, ClauseText, Document, Fault, fail, read_document
from narrowgate.agreement.privacy_act import CONTENTS, cited
from narrowgate.agreement.strict import Strict
from narrowgate.agreement.terms import (
    AnswerTerms,
    Attestation,
    Clause,
    Kind,
    Signatory,
    Term,
    Terms,
    UseTerms,
)
from narrowgate.agreement.worked import Lawful, Placed, WorkedCase
from narrowgate.canonical import sha256
from narrowgate.catalogue.index import REQUIRED, RULES
from narrowgate.catalogue.rule import Bound, Rule, Texts
from narrowgate.errors import Internal

_M = TypeVar("_M", bound=BaseModel)
_KINDS = ("rule", "answer", "use", "retention", "attestation", "performed", "informative")
_BESIDE = ("case", "privacy_act")
"""What may stand in a clause's block and keeps nothing by itself."""


class _AttestationModel(Strict):
    id: str
    text: str


class _Retention(Strict):
    days: PositiveInt


class _Performed(Strict):
    by: str
    record: str


class _Header(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    title: str
    custodian: str
    requester: str
    purposes: Texts = Field(min_length=1)
    statutes: Texts = Field(min_length=1)
    attributes: Texts = Field(min_length=1)
    signatures_required: PositiveInt
    term: Term
    signatory: list[Signatory] = Field(min_length=1)
    privacy_act: bool = False
    example: Lawful = Field(default_factory=Lawful)


def read_agreement(data: bytes, name: str) -> Terms:
    """The terms in a file's bytes. Raises BadInput naming every fault by line of `name`."""
    document, faults = read_document(data, name)
    if document is None:
        fail(name, faults)
        raise Internal("a document that is none has faults")
    binder = _Binder(document, faults)
    binder.bind()
    fail(name, faults)
    return binder.terms(sha256(data))


@dataclass
class _Binder:
    """Binds a document's blocks, gathering faults."""

    document: Document
    faults: list[Fault]
    clauses: list[Clause] = field(default_factory=list)
    rules: list[Bound] = field(default_factory=list)
    attestations: list[Attestation] = field(default_factory=list)
    header: _Header | None = None
    answer: AnswerTerms | None = None
    use: UseTerms | None = None
    retention: _Retention | None = None
    cases: list[Placed] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def unread(self) -> bool:
        """Whether a block's TOML could not be read."""
        return any(fault.text.startswith("TOML: ") for fault in self.faults)

    def bind(self) -> None:
        header = self.document.header
        self.header = self._model(_Header, header.table, header)
        for clause in self.document.clauses:
            self._clause(clause)
        named = {bound.rule.code for bound in self.rules}
        for code in REQUIRED:
            if code not in named:
                self._fault(header.line, f"no clause has the rule {code}, which all must have")
        for word, found in (
            ("answer", self.answer),
            ("use", self.use),
            ("retention", self.retention),
        ):
            # What the table got wrong, or TOML that cannot be read, is told already.
            if found is None and word not in self.seen and not self.unread:
                self._fault(header.line, f"no clause has the table [{word}]")
        self._delegates()
        self._required_contents(header)
        ids = [attestation.id for attestation in self.attestations]
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            self._fault(header.line, f"two attestations have the id {twice}")
        if self.header and self.header.signatures_required > len(self.header.signatory):
            self._fault(
                header.line_of("signatures_required"),
                "more signatures are required than there are signatories",
            )

    def _delegates(self) -> None:
        """A delegate's power comes from a signatory who has it by office, not from a delegate."""
        signatories = self.header.signatory if self.header else []
        by_office = {each.person for each in signatories if each.delegated_by is None}
        for index, each in enumerate(signatories):
            if each.delegated_by is not None and each.delegated_by not in by_office:
                line = self.document.header.line_of("delegated_by", "signatory", index)
                self._fault(line, "delegated_by names no signatory who signs by office")

    def _required_contents(self, header: Block) -> None:
        """Where the Act applies, each of its contents is stated under a clause (facts C3)."""
        if not (self.header and self.header.privacy_act) or self.unread:
            return
        stated = {letter for clause in self.clauses for letter in clause.contents}
        for letter, words in CONTENTS.items():
            if letter not in stated:
                line = header.line_of("privacy_act")
                self._fault(line, f'no clause states {words}: {cited(letter)}, "{letter}"')

    def terms(self, digest: str) -> Terms:
        header = self.header
        if not (header and self.answer and self.use and self.retention):
            raise Internal("terms are made of a document without faults alone")
        return Terms(
            id=header.id,
            title=header.title,
            digest=digest,
            custodian=header.custodian,
            requester=header.requester,
            purposes=header.purposes,
            statutes=header.statutes,
            attributes=header.attributes,
            signatories=tuple(header.signatory),
            signatures_required=header.signatures_required,
            term=header.term,
            attestations=tuple(self.attestations),
            rules=tuple(self.rules),
            answer=self.answer,
            use=self.use,
            retention_days=self.retention.days,
            clauses=tuple(self.clauses),
            privacy_act=header.privacy_act,
            example=header.example,
            cases=tuple(self.cases),
        )

    def _clause(self, text: ClauseText) -> None:
        kind: Kind = "gap"
        by: tuple[str, ...] = ()
        contents: tuple[str, ...] = ()
        if text.block is not None:
            kind, by = self._block(text, text.block)
            contents = self._contents(text.block)
            self._cases(text, text.block)
        self.clauses.append(
            Clause(text.number, text.title, text.line, kind, text.prose, by, contents)
        )

    def _contents(self, block: Block) -> tuple[str, ...]:
        """Which contents of the Privacy Act the clause states."""
        given = block.table.get("privacy_act", [])
        if not isinstance(given, list) or not all(letter in CONTENTS for letter in given):
            self._fault(
                block.line_of("privacy_act"),
                "privacy_act is a list of letters of 5 U.S.C. 552a(o)(1), A to K",
            )
            return ()
        return tuple(str(letter) for letter in given)

    def _cases(self, clause: ClauseText, block: Block) -> None:
        entries = block.table.get("case", [])
        if not isinstance(entries, list):
            self._fault(block.line_of("", "case"), "worked cases are written as [[case]]")
            return
        for index, entry in enumerate(entries):
            case = self._model(WorkedCase, entry, block, "case", index)
            if case is not None:
                line = block.line_of("title", "case", index)
                self.cases.append(Placed(case, clause.number, line))

    def _block(self, clause: ClauseText, block: Block) -> tuple[Kind, tuple[str, ...]]:
        for key in block.table:
            if key not in (*_KINDS, *_BESIDE):
                self._fault(block.line_of(key), f"a block of rules has no {key}")
        by: dict[Kind, list[str]] = {}
        by["enforced"] = [*self._rules(clause, block), *self._kept(block)]
        by["attested"] = self._attested(clause, block)
        if "performed" in block.table:
            performed = self._model(_Performed, block.table["performed"], block, "performed")
            by["performed"] = [f"{performed.by}: {performed.record}"] if performed else ["?"]
        if "informative" in block.table:
            why = block.table["informative"]
            if not isinstance(why, str) or not why:
                self._fault(block.line_of("informative"), "informative is a text that says why")
            by["informative"] = [str(why)]
        kinds = [kind for kind, words in by.items() if words]
        if len(kinds) > 1:
            self._fault(block.line, f"a clause is one of {' and '.join(kinds)}; split it")
        return (kinds[0], tuple(by[kinds[0]])) if kinds else ("gap", ())

    def _rules(self, clause: ClauseText, block: Block) -> list[str]:
        entries = block.table.get("rule", [])
        if not isinstance(entries, list):
            self._fault(block.line_of("rule", "rule"), "rules are written as [[rule]]")
            return ["?"]
        for index, entry in enumerate(entries):
            bound = self._rule(clause, block, index, entry)
            if bound is None:
                continue
            if any(other.rule.code == bound.rule.code for other in self.rules):
                line = block.line_of("name", "rule", index)
                self._fault(line, f"the rule {bound.rule.code} stands under two clauses")
            self.rules.append(bound)
        return [str(entry.get("name", "?")) for entry in entries if isinstance(entry, dict)]

    def _rule(self, clause: ClauseText, block: Block, index: int, entry: object) -> Bound | None:
        line = block.line_of("name", "rule", index)
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            self._fault(line, "a rule has a name")
            return None
        name = entry["name"]
        known = {code.value: rule for code, rule in RULES.items()}
        if name not in known:
            self._fault(line, f"the catalogue has no rule {name}")
            return None
        given = {key: value for key, value in entry.items() if key != "name"}
        rule: Rule | None = self._model(known[name], given, block, "rule", index)
        return Bound(rule, clause.number, line) if rule is not None else None

    def _kept(self, block: Block) -> list[str]:
        kept: list[str] = [word for word in ("answer", "use", "retention") if word in block.table]
        for word in kept:
            if word in self.seen:
                self._fault(block.line_of("", word), f"there are two tables [{word}]")
        self.seen.update(kept)
        if "answer" in kept:
            self.answer = self._model(AnswerTerms, block.table["answer"], block, "answer")
        if "use" in kept:
            self.use = self._model(UseTerms, block.table["use"], block, "use")
        if "retention" in kept:
            self.retention = self._model(_Retention, block.table["retention"], block, "retention")
        return kept

    def _attested(self, clause: ClauseText, block: Block) -> list[str]:
        if "attestation" not in block.table:
            return []
        given = self._model(_AttestationModel, block.table["attestation"], block, "attestation")
        if given is None:
            return ["?"]
        self.attestations.append(Attestation(given.id, given.text, clause.number))
        return [given.id]

    def _model(
        self, model: type[_M], given: object, block: Block, table: str = "", index: int = 0
    ) -> _M | None:
        """`given` as `model`; each fault at the line of its key, or None."""
        if not isinstance(given, dict):
            self._fault(block.line_of(table), f"{table} is a table, written [{table}]")
            return None
        try:
            return model.model_validate(given)
        except ValidationError as error:
            # Neither input nor context: a message names the field and what was expected.
            for detail in error.errors(
                include_input=False, include_context=False, include_url=False
            ):
                path = ".".join(str(part) for part in detail["loc"]) or table
                line = _line(block, detail["loc"], table, index)
                self._fault(line, f"{path}: {detail['msg'].removeprefix('Value error, ')}")
            return None

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))


def _line(block: Block, path: tuple[int | str, ...], table: str, index: int) -> int:
    """The line of the key at `path` within the `index`th `table`; of its own table if nested."""
    if len(path) > 1 and f"{path[0]}" in block.tables(table):
        nested = f"{table}.{path[0]}" if table else str(path[0])
        place, key = (path[1], path[2:3]) if isinstance(path[1], int) else (0, path[1:2])
        return block.line_of(str(key[0]) if key else "", nested, int(place))
    return block.line_of(str(path[0]) if path else "", table, index)
