"""The clauses of an agreement: Markdown that lawyers sign, with TOML under each.

A document is a first fenced block `toml agreement` (who, what for, how long), then numbered
clauses as headings of the third level (`### 4.2 Days since finality`), under each its prose and at
most one fenced block `toml rules`. Nothing is lost: each clause knows its line, its prose and its
block. What would keep nothing, or what a reader of the page would not see (a block of another kind,
markup, a heading below a clause's), is a fault. Faults are gathered, not raised one by one; `fail`
raises them together, by line. What the blocks mean is the affair of document.py.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

from narrowgate.errors import BadInput

Toml: TypeAlias = "dict[str, object]"

_HEADING = re.compile(r"(?P<number>\d+(\.\d+)+)\.?\s+(?P<title>\S.*)")
_TOML_PLACE = re.compile(r"\s*\(at (line (?P<line>\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at a line (1-based) of the document."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of TOML: `line` is the file's line of its first line of TOML."""

    line: int
    source: str
    table: Toml

    def line_of(self, key: str, table: str = "", index: int = 0) -> int:
        """The file's line on which `key` is set in the `index`th table named `table` (`rule` for
        `[[rule]]`), or that table's own line if the key is nowhere; the block's if that is nowhere.
        """
        header = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?\s*(#.*)?$")
        wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else None
        found, seen, inside = self.line, -1, table == ""
        for offset, text in enumerate(self.source.splitlines()):
            if re.match(r"\s*\[", text) and header.match(text) and table:
                seen += 1
                inside = seen == index
                if inside:
                    found = self.line + offset
            elif re.match(r"\s*\[\[?[\w.\s\"'-]+\]\]?\s*(#.*)?$", text):
                # A table of another name; one nested in ours (`[[rule.offices]]`) is still ours.
                inside = inside and bool(table) and f"[{table}." in text
            elif inside and wanted is not None and wanted.match(text):
                return self.line + offset
        return found

    def tables(self, table: str) -> set[str]:
        """Names of the tables that are written out below `table` (`offices` below `rule`)."""
        headers = re.findall(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?", self.source, re.MULTILINE)
        below = f"{table}." if table else ""
        return {name[len(below) :] for name in headers if name.startswith(below)}


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A numbered clause as it stands: `line` of its heading, prose without the block."""

    number: str
    title: str
    line: int
    prose: str
    block: Block | None


@dataclass(frozen=True, slots=True)
class Document:
    """`name`: as errors say it. `header`: the agreement block. Clauses in order."""

    name: str
    header: Block
    clauses: tuple[ClauseText, ...]


def fail(name: str, faults: Sequence[Fault]) -> None:
    """Raise BadInput naming every fault by line, if there is one."""
    if not faults:
        return
    ordered = sorted(set(faults))
    first, *rest = ordered
    told = first.text + "".join(f"\n{name} line {fault.line}: {fault.text}" for fault in rest)
    raise BadInput(
        told, place=f"{name} line {first.line}", mend="`narrowgate agreement check` lists these."
    )


def read_document(data: bytes, name: str) -> tuple[Document | None, list[Fault]]:
    """The document and all faults of its form; no document where there is nothing to go on."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, [Fault(line, "the file is not UTF-8 text")]
    reader = _Reader(text)
    reader.read()
    if reader.header is None:
        reader.faults.append(Fault(1, "there is no block ```toml agreement"))
        return None, reader.faults
    return Document(name, reader.header, tuple(reader.clauses)), reader.faults


class _Reader:
    """Walks the tokens of the Markdown once."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._tokens = MarkdownIt("commonmark").parse(text)
        self.header: Block | None = None
        self.clauses: list[ClauseText] = []
        self.faults: list[Fault] = []

    def read(self) -> None:
        starts = [
            (index, token.map[0])
            for index, token in enumerate(self._tokens)
            if token.type == "heading_open" and token.map and token.level == 0
        ]
        stops = [*starts[1:], (len(self._tokens), len(self._lines))]
        self._preamble(self._tokens[: starts[0][0] if starts else None])
        for (start, line), (stop, end) in zip(starts, stops, strict=False):
            tokens = self._tokens[start:stop]
            if tokens[0].tag == "h3":
                self._clause(tokens, line, end)
            else:
                self._preamble(tokens)
        self._unseen()
        numbers = [clause.number for clause in self.clauses]
        for clause in self.clauses:
            if numbers.index(clause.number) != self.clauses.index(clause):
                self._fault(clause.line, f"clause {clause.number} stands twice")

    def _unseen(self) -> None:
        """What stands in the file and neither keeps anything nor is read as prose."""
        for token in self._tokens:
            if token.type == "fence" and not _fence_kind(token):
                self._fault(
                    _line(token),
                    "a fenced block that is not ```toml rules keeps nothing: say what kind it is, "
                    "or close the one before",
                )
            elif token.type == "html_block" or (
                token.type == "inline"
                and any(child.type == "html_inline" for child in token.children or ())
            ):
                self._fault(_line(token), "markup is not shown to whoever signs: write plain text")
            elif token.type == "heading_open" and token.tag in ("h4", "h5", "h6"):
                self._fault(
                    _line(token), "a clause is the lowest heading: number it, or make it prose"
                )

    def _preamble(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if not (kind := _fence_kind(token)):
                continue
            if kind == "toml rules":
                self._fault(_line(token), "a block of rules stands under a numbered clause only")
            elif self.header is not None:
                self._fault(_line(token), "there is more than one block ```toml agreement")
            else:
                self.header = self._toml(token)

    def _clause(self, tokens: Sequence[Token], line: int, end: int) -> None:
        heading = _HEADING.fullmatch(tokens[1].content.strip())
        if heading is None:
            self._fault(line + 1, "a heading of the third level is a clause, with a number")
            return
        prose = self._lines[line + 1 : end]
        block: Block | None = None
        for token in tokens:
            if not (kind := _fence_kind(token)) or token.map is None:
                continue
            if kind == "toml agreement":
                self._fault(_line(token), "the block ```toml agreement stands before all clauses")
                continue
            if block is not None:
                self._fault(_line(token), "a clause has one block of rules")
                continue
            block = self._toml(token)
            start, stop = (number - line - 1 for number in token.map)
            prose = prose[:start] + prose[stop:]
        self.clauses.append(
            ClauseText(
                heading["number"], heading["title"], line + 1, "\n".join(prose).strip(), block
            )
        )

    def _toml(self, token: Token) -> Block:
        line = _line(token) + 1
        try:
            return Block(line, token.content, tomllib.loads(token.content))
        except tomllib.TOMLDecodeError as error:
            place = _TOML_PLACE.search(str(error))
            at = int(place["line"]) - 1 if place and place["line"] else 0
            self._fault(line + at, f"TOML: {_TOML_PLACE.sub('', str(error))}")
            return Block(line, token.content, {})

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))


def _fence_kind(token: Token) -> str:
    if token.type != "fence" or token.level != 0:
        return ""
    kind = " ".join(token.info.split())
    return kind if kind in ("toml agreement", "toml rules") else ""


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
