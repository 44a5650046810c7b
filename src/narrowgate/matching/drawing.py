"""Weights drawn as self-contained pages: inline SVG, no script, no outside resource, no value."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from narrowgate.matching.chart import Account
from narrowgate.matching.model import Model
from narrowgate.matching.words import COMPARISONS, LEVELS_IN_WORDS

# Told apart in grey print too, and 4.5:1 against white (WCAG 2.2, 1.4.3).
_FOR, _AGAINST, _SUM = "#005ea8", "#8a4b00", "#3d4551"
_STYLE = (
    "body{font:16px/1.4 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:2rem;"
    "max-width:60rem}svg{width:100%;height:auto}text{font:13px system-ui,sans-serif;fill:#1b1b1b}"
    "li.failed,li.unknown{font-weight:600}td,th{padding:.2rem .8rem .2rem 0;text-align:left}"
)
_ROW, _BAR, _WIDTH, _LABEL, _VALUE = 24, 16, 960, 440, 70
_HELD = {True: "held", False: "failed", None: "unknown"}


def draw_model(model: Model) -> str:
    """The page of a model: what every level weighs, bars from zero."""
    bars = [
        (f"{COMPARISONS[comparison]}: {_words(comparison, level)}", 0.0, share.bits)
        for part in (model.identity, model.residence)
        for comparison, levels in part.items()
        for level, share in levels.items()
    ]
    bars.append((COMPARISONS["former_name"], 0.0, model.former_name.bits))
    about = (
        f"{model.digest}. Bits are log2(m / u). The very same name or address weighs by how many "
        "people of the register have it; the bar shows the common case."
    )
    return _page(f"Match weights: {model.name}", [f"<p>{escape(about)}</p>", _svg(bars)])


def draw_account(account: Account, title: str) -> str:
    """The page of one pair: a waterfall from nothing to its weight, and every test in words."""
    bars, at = [], 0.0
    for part in account.parts:
        bars.append((f"{part.name}: {part.words}", at, at + part.bits))
        at += part.bits
    checks = "".join(
        f'<li class="{_HELD[check.held]}">{_HELD[check.held]}: {escape(check.words)} '
        f"({check.number})</li>"
        for check in account.checks
    )
    return _page(
        title,
        [
            f"<p>{escape(account.verdict)}</p>",
            _svg(bars, account.weight, account.threshold),
            f"<h2>What a confirmation needs</h2><ul>{checks}</ul>",
        ],
    )


def _svg(
    bars: Sequence[tuple[str, float, float]],
    total: float | None = None,
    threshold: float | None = None,
) -> str:
    """Rows of a label and a bar from one number of bits to another, on one scale."""
    rows = [*bars, *([("together", 0.0, total)] if total is not None else [])]
    ends = [0.0, *(end for _, *both in rows for end in both), *([threshold] if threshold else [])]
    low, high = min(ends), max(ends)
    room = _WIDTH - _LABEL - 2 * _VALUE

    def x(bits: float) -> float:
        return _LABEL + _VALUE + (bits - low) / ((high - low) or 1.0) * room

    height = _ROW * len(rows) + _ROW
    drawn = [_line(x(0.0), height, "#71767a")]
    if threshold is not None:
        drawn.append(_line(x(threshold), height, _SUM, dashed=True))
        drawn.append(_text(x(threshold), height - 4, f"needed: {threshold:.1f}", "middle"))
    for place, (label, start, end) in enumerate(rows):
        top = _ROW * place + (_ROW - _BAR) / 2
        colour = _SUM if place >= len(bars) else _FOR if end >= start else _AGAINST
        left, right = sorted((x(start), x(end)))
        base = top + _BAR - 3
        rectangle = f'x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 1):.1f}"'
        drawn += [
            _text(0, base, label, "start"),
            f'<rect {rectangle} height="{_BAR}" fill="{colour}"/>',
            _text(right + 5, base, f"{end - start:+.2f}", "start")
            if end >= start
            else _text(left - 5, base, f"{end - start:+.2f}", "end"),
        ]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Weights in bits">'
        f"{''.join(drawn)}</svg>"
    )


def _line(x: float, height: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{height - _ROW}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _words(comparison: str, level: str) -> str:
    return LEVELS_IN_WORDS[comparison][level]


def _page(title: str, body: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{''.join(body)}</body></html>\n"
    )
