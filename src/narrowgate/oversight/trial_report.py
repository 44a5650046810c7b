"""The report on a trial: one page for officers and inspectors. Counts and shares only, nobody."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pyarrow as pa

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import State
from narrowgate.instants import stamp
from narrowgate.matching.evaluation import Evaluation
from narrowgate.matching.model import Model
from narrowgate.matching.quality import FEWEST_COMPARED, gap, wilson
from narrowgate.oversight.page import CONFIRMED, REFUSED, figure, page, table, tiles
from narrowgate.oversight.trial import Trial

_COMPARED = (
    f"<p>Groups of fewer than {FEWEST_COMPARED:,} true records are shown and not compared. "
    "Intervals are Wilson's, 95 %.</p>"
)
_DECIDING = (
    *("addresses", "unit", "identity_threshold", "residence_threshold", "review_from", "margin"),
)
_BITS = 2  # width of a bar of the histogram


def trial_page(
    trial: Trial, evaluation: Evaluation, model: Model, terms: AnswerTerms, over: Sequence[str]
) -> str:
    """The page. `over`: ceilings that are not kept, in words."""
    figures = trial.figures
    verdict = "; ".join(over) if over else "every ceiling of the agreement is kept"
    body = [
        tiles(
            (
                ("records decided", figures.decided),
                ("refused before", figures.refused),
                ("confirmed", figures.confirmed),
                ("for review", figures.review),
                ("near misses besides", trial.with_near_misses.decided - figures.decided),
                ("false confirmations", trial.with_near_misses.false_confirmations),
                ("upper 95 % bound", f"{trial.with_near_misses.bound:.2g}"),
                ("recall", _share(figures.recall)),
                ("with review", _share(figures.recall_with_review)),
            )
        ),
        "<h2>Against the agreement</h2>",
        table(("what", "figure"), [("verdict", verdict), *_against(evaluation, terms)]),
        "<h2>Weights of true and of other pairs</h2>",
        figure(
            _weights(trial, terms),
            "Records by the identity weight, in bits, of their best candidate: where that is the "
            "very subject, and where it is somebody else. Dashed: the agreement's threshold.",
        ),
        "<h2>What another threshold would give</h2>",
        *_curve(trial, terms),
        "<h2>By group</h2>",
        _COMPARED,
        figure(_groups_plot(trial), "Share of true records that are confirmed, by group."),
        _groups_table(trial),
        "<h2>Gaps</h2>",
        table(("grouping", "lowest recall", "highest recall", "points"), _gaps(trial)),
        "<h2>Why records were refused</h2>",
        "<p>A record may bear several reasons. Refused records count in no figure above.</p>",
        table(("code", "records"), list(evaluation.refused_by_code.items())),
        "<h2>What was tried</h2>",
        table(
            ("what", "which"),
            [
                ("model", f"{model.name} {model.digest}"),
                ("software", evaluation.software),
                *((name, str(value)) for name, value in terms if name in _DECIDING),
                ("people in the register", f"{trial.people:,}"),
                *((name, digest) for name, digest in trial.data.items()),
            ],
        ),
    ]
    lead = (
        f"Made {stamp(trial.at)}. A false confirmation: answered confirmed, and the subject does "
        "not live there, is nobody of the register, or was taken for another person."
    )
    return page(f"Evaluation of the model {model.name}", lead, body)


def _against(evaluation: Evaluation, terms: AnswerTerms) -> list[tuple[str, str]]:
    gap = "not measured" if evaluation.group_gap is None else f"{evaluation.group_gap:.2f} points"
    return [
        (
            "bound on false confirmations",
            f"{evaluation.bound:.3g}, at most {terms.most_false_confirmations:.3g}",
        ),
        ("review", f"{evaluation.review_share:.4f}, at most {terms.most_review:.4f}"),
        (
            "gap between groups",
            f"{gap} ({' / '.join(evaluation.groups)}), at most {terms.most_group_gap:.2f}",
        ),
    ]


def _weights(trial: Trial, terms: AnswerTerms) -> alt.LayerChart:
    weight = trial.weights["identity_weight"].to_numpy()
    true = trial.weights["same"].to_numpy()
    edges = np.arange(np.floor(weight.min(initial=0)), weight.max(initial=1) + _BITS, _BITS)
    rows = [
        {"bits": float(edge), "to": float(edge + _BITS), "pairs": name, "records": int(count)}
        for name, chosen in (("the subject", true), ("somebody else", ~true))
        for edge, count in zip(edges, np.histogram(weight[chosen], edges)[0], strict=False)
        if count
    ]
    colour = alt.Scale(domain=["the subject", "somebody else"], range=[CONFIRMED, REFUSED])
    bars = (
        alt.Chart(pa.Table.from_pylist(rows))
        .mark_bar(opacity=0.6)
        .encode(
            x=alt.X("bits:Q", title="identity weight, bits"),
            x2="to:Q",
            y=alt.Y("records:Q", stack=None, scale=alt.Scale(type="symlog"), title="records"),
            y2=alt.datum(0),
            color=alt.Color("pairs:N", scale=colour, title=None, legend=alt.Legend(orient="top")),
        )
        .properties(width=640, height=220)
    )
    line = alt.Chart(pa.table({"bits": [terms.identity_threshold]})).mark_rule(strokeDash=[4, 4])
    chart: alt.LayerChart = bars + line.encode(x="bits:Q")
    return chart


def _curve(trial: Trial, terms: AnswerTerms) -> list[str]:
    """Precision and recall against the threshold, all else the same, as a figure."""
    found = trial.at_any_weight
    if found is None:
        return []
    confirmed = found["decision"].to_numpy() == State.CONFIRMED
    weight = found["identity_weight"].to_numpy()[confirmed]
    true = found["right"].to_numpy()[confirmed]
    every, right = np.sort(weight), np.sort(weight[true])
    cuts = np.linspace(0, max(60.0, weight.max(initial=0)), 121)
    said = len(every) - np.searchsorted(every, cuts)
    hit = len(right) - np.searchsorted(right, cuts)
    there = trial.figures.lives_there
    shares = [("precision", cut, h / s) for cut, h, s in zip(cuts, hit, said, strict=True) if s]
    shares += [("recall", cut, h / there) for cut, h in zip(cuts, hit, strict=True) if there]
    if not shares:
        return ["<p>Nobody would be confirmed at any threshold.</p>"]
    names, bits, values = zip(*shares, strict=True)
    colour = alt.Scale(domain=["precision", "recall"], range=[CONFIRMED, REFUSED])
    lines = (
        alt.Chart(pa.table({"figure": names, "bits": bits, "share": values}))
        .mark_line()
        .encode(
            x=alt.X("bits:Q", title="identity threshold, bits"),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format=".0%")),
            color=alt.Color("figure:N", scale=colour, title=None, legend=alt.Legend(orient="top")),
            strokeDash=alt.StrokeDash("figure:N", legend=None),
        )
        .properties(width=640, height=220)
    )
    rule = alt.Chart(pa.table({"bits": [terms.identity_threshold]})).mark_rule(strokeDash=[4, 4])
    return [
        figure(
            lines + rule.encode(x="bits:Q"),
            "Precision and recall if the identity threshold were another and all else the same "
            "(matched once more with every weight enough). Dashed: the agreement's threshold.",
        )
    ]


def _groups_plot(trial: Trial) -> alt.LayerChart:
    rows = []
    for grouping, groups in trial.groups.items():
        for name, figures in groups.items():
            if figures.lives_there:
                low, high = wilson(figures.rightly, figures.lives_there)
                share = figures.rightly / figures.lives_there
                rows.append(
                    {"group": f"{grouping}: {name}", "recall": share, "low": low, "high": high}
                )
    base = alt.Chart(
        pa.Table.from_pylist(rows or [{"group": "", "recall": 0.0, "low": 0.0, "high": 0.0}])
    )
    y = alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=320))
    x = alt.Scale(zero=False)
    points = base.mark_point(filled=True, color=CONFIRMED).encode(
        x=alt.X("recall:Q", scale=x, title="recall"), y=y
    )
    spans = base.mark_rule(color=CONFIRMED).encode(x=alt.X("low:Q", scale=x), x2="high:Q", y=y)
    chart: alt.LayerChart = (spans + points).properties(width=480, height={"step": 18})
    return chart


def _groups_table(trial: Trial) -> str:
    rows = [
        (
            grouping,
            name,
            figures.decided,
            figures.lives_there,
            figures.false_confirmations,
            f"{figures.bound:.2g}",
            _share(figures.recall),
            _share(figures.recall_with_review),
            f"{figures.review_share:.2%}",
        )
        for grouping, groups in trial.groups.items()
        for name, figures in groups.items()
    ]
    return table(
        (
            *("grouping", "group", "decided", "true", "false confirmations", "bound"),
            *("recall", "with review", "review"),
        ),
        rows,
    )


def _gaps(trial: Trial) -> list[tuple[str, str, str, str]]:
    found = {grouping: gap(groups) for grouping, groups in trial.groups.items()}
    return [
        (grouping, *((wide[1], wide[2], f"{wide[0]:.2f}") if wide else ("-", "-", "not compared")))
        for grouping, wide in found.items()
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
