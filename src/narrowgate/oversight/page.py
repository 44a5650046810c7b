"""A self-contained page: no outside address, no script; plots are drawn at once as SVG."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

import altair as alt
import vl_convert

Chart = alt.Chart | alt.LayerChart | alt.VConcatChart

# Told apart in grey print too, and 4.5:1 against white (WCAG 2.2, 1.4.3).
REFUSED, CONFIRMED, NOT_CONFIRMED = "#8a4b00", "#005ea8", "#5b6770"


_FIGURE = re.compile(r"[-+]?[\d,.]+(e-?\d+)?( ?%)?|-")
_TEXT = 12  # pixels
_RIGHT = ' class="number"'


def page(title: str, lead: str, body: Sequence[str], style: str = "") -> str:
    """The whole page. `lead`: one sentence under the title; `body`: HTML; `style`: CSS beside that
    of all pages.
    """
    return _PAGE.format(
        title=html.escape(title), lead=html.escape(lead), body="\n".join(body), style=style
    )


def tiles(values: Iterable[tuple[str, object]]) -> str:
    """Figures, large, with their names."""
    each = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{_shown(value)}</dd></div>" for name, value in values
    )
    return f'<dl class="tiles">{each}</dl>'


def figure(chart: Chart, caption: str) -> str:
    """The chart as SVG in the page, named for those who do not see it."""
    # Read without a glass: the library's own text is 10 pixels.
    shown = chart.configure_axis(labelFontSize=_TEXT, titleFontSize=_TEXT).configure_legend(
        labelFontSize=_TEXT, symbolStrokeWidth=2
    )
    svg = vl_convert.vegalite_to_svg(shown.configure_header(labelFontSize=_TEXT).to_dict())
    label = html.escape(caption)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return f"<figure>{svg}<figcaption>{label}</figcaption></figure>"


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    foot: Sequence[object] | None = None,
) -> str:
    """Columns that hold nothing but figures stand to the right."""
    cells = [[*map(_shown, row)] for row in rows]
    last = [[*map(_shown, foot)]] if foot else []
    right = [all(map(_FIGURE.fullmatch, column)) for column in zip(*cells, strict=True)]
    right += [False] * (len(headings) - len(right))
    named = [html.escape(heading.replace("_", " ")) for heading in headings]
    head, body, end = (
        "".join(f"<tr>{''.join(map(cell, row, right))}</tr>" for row in part)
        for cell, part in ((_heading, [named]), (_cell, cells), (_cell, last))
    )
    end = f"<tfoot>{end}</tfoot>" if foot else ""
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{body}</tbody>{end}</table></div>'


def _heading(name: str, right: bool) -> str:
    return f'<th scope="col"{_RIGHT if right else ""}>{name}</th>'


def _cell(shown: str, right: bool) -> str:
    return f"<td{_RIGHT if right else ''}>{shown}</td>"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else html.escape(str(value))


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff;
  max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.5rem; }}
.tiles {{ display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; }}
.tiles div {{ border: 1px solid #71767a; border-radius: 4px; padding: .5rem 1rem; }}
.tiles dt {{ color: #565c65; }} .tiles dd {{ margin: 0; font-size: 1.5rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .9rem; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dfe1e2;
  vertical-align: top; }}
tfoot td {{ font-weight: bold; border-top: 2px solid #1b1b1b; }}
th.number, td.number {{ text-align: right; }}
td.number {{ font-variant-numeric: tabular-nums; white-space: nowrap; }}
figure {{ margin: 1rem 0; overflow-x: auto; }} figcaption {{ color: #565c65; font-size: .9rem; }}
pre, code {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }}
@media print {{ body {{ margin: 0; max-width: none; }} h2 {{ break-after: avoid; }} }}
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
{body}
</main>
</body>
</html>
"""
