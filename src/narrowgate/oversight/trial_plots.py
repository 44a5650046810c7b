"""The plots of the report on a trial: weights, thresholds, groups."""

from __future__ import annotations

import altair as alt
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.docket import State
from narrowgate.matching.quality import wilson
from narrowgate.oversight.page import CONFIRMED, REFUSED
from narrowgate.oversight.trial import Trial

_BITS = 2  # width of a bar of the histogram
_HIGHEST = 60.0
_COUNTS = alt.Axis(values=[0, *(10**n for n in range(9))], format=",d", labelOverlap=True)
_LEGEND = alt.Legend(orient="top")


def weights_plot(trial: Trial, threshold: float) -> alt.VConcatChart:
    """Records by the identity weight of their best candidate: the subject, or somebody else."""
    weight = trial.weights["identity_weight"].to_numpy()
    same = trial.weights["same"].to_numpy()
    start = np.floor(weight.min(initial=0) / _BITS) * _BITS
    edges = np.arange(start, weight.max(initial=1) + _BITS, _BITS)
    x = alt.X(
        "bits:Q",
        title=None,
        scale=alt.Scale(domain=[edges[0], max(edges[-1], threshold)], nice=False),
    )
    panels = []
    for name, chosen, colour in (
        ("the subject", same, CONFIRMED),
        ("somebody else", ~same, REFUSED),
    ):
        counts = np.histogram(weight[chosen], edges)[0]
        bars = (
            alt.Chart(pa.table({"bits": edges[:-1], "to": edges[1:], "records": counts}))
            .mark_bar(color=colour)
            .encode(
                x=x,
                x2="to:Q",
                y=alt.Y("records:Q", scale=alt.Scale(type="symlog"), title=name, axis=_COUNTS),
                y2=alt.datum(0),
            )
            .properties(width=640, height=110)
        )
        panels.append(bars + _rule(threshold))
    chart: alt.VConcatChart = alt.vconcat(*panels, spacing=12).resolve_scale(x="shared")
    return chart


def threshold_plot(trial: Trial, threshold: float) -> alt.VConcatChart | None:
    """Recall, and how many would be confirmed falsely, against the identity threshold; None where
    nobody would be confirmed at any.
    """
    found = trial.at_any_weight
    if found is None:
        return None
    confirmed = found["decision"].to_numpy() == State.CONFIRMED
    if not confirmed.any() or not trial.figures.lives_there:
        return None
    weight, right, near = (
        found[name].to_numpy()[confirmed] for name in ("identity_weight", "right", "near_miss")
    )
    cuts = np.linspace(0, max(_HIGHEST, float(weight.max())), 121)
    hit = _above(weight[right & ~near], cuts) / trial.figures.lives_there
    false = _above(weight[~right], cuts)
    shown = pa.table({"bits": cuts, "recall": hit, "false": false})
    x = alt.X("bits:Q", title="identity threshold, bits")
    upper = (
        alt.Chart(shown)
        .mark_line(color=CONFIRMED)
        .encode(x=x.title(None), y=alt.Y("recall:Q", title="recall", axis=alt.Axis(format=".0%")))
    )
    lower = (
        alt.Chart(shown)
        .mark_area(color=REFUSED, interpolate="step-after", line={"color": REFUSED}, opacity=0.8)
        .encode(
            x=x,
            y=alt.Y(
                "false:Q",
                title="false confirmations",
                scale=alt.Scale(type="symlog", domain=[0, max(1, false[0])]),
                axis=_COUNTS,
            ),
        )
    )
    panels = [
        (plot.properties(width=640, height=130) + _rule(threshold)) for plot in (upper, lower)
    ]
    chart: alt.VConcatChart = alt.vconcat(*panels, spacing=12).resolve_scale(x="shared")
    return chart


def groups_plot(trial: Trial) -> alt.VConcatChart | None:
    """The share of true records that are confirmed, and with those for review, by group; None
    without a true record.
    """
    panels = []
    x = alt.X("share:Q", scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%"), title=None)
    told = ["confirmed", "with review"]
    colour = alt.Scale(domain=told, range=[CONFIRMED, REFUSED])
    mark = alt.Scale(domain=told, range=["circle", "square"])
    for grouping, groups in trial.groups.items():
        rows = [
            {"group": name, "records": what, "share": found / of.lives_there}
            | dict(zip(("low", "high"), wilson(found, of.lives_there), strict=True))
            for name, of in groups.items()
            if of.lives_there
            for what, found in (
                ("confirmed", of.rightly),
                ("with review", of.rightly + of.rightly_review),
            )
        ]
        if not rows:
            continue
        base = alt.Chart(pa.Table.from_pylist(rows)).encode(
            y=alt.Y("group:N", title=grouping, sort=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color("records:N", scale=colour, title=None, legend=_LEGEND),
        )
        points = base.mark_point(filled=True, size=60, opacity=1).encode(
            x=x, shape=alt.Shape("records:N", scale=mark, title=None, legend=_LEGEND)
        )
        spans = base.mark_rule().encode(x=alt.X("low:Q", title=None), x2="high:Q")
        panels.append((spans + points).properties(width=480, height={"step": 20}))
    if not panels:
        return None
    chart: alt.VConcatChart = alt.vconcat(*panels, spacing=14).resolve_scale(x="shared")
    return chart


def _above(
    weights: npt.NDArray[np.float64], cuts: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """How many weights are at each cut or above."""
    return len(weights) - np.searchsorted(np.sort(weights), cuts)


def _rule(threshold: float) -> alt.Chart:
    line = alt.Chart(pa.table({"bits": [threshold]})).mark_rule(strokeDash=[4, 4])
    rule: alt.Chart = line.encode(x=alt.X("bits:Q"))
    return rule
