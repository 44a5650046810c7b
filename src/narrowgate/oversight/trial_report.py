"""The report on a trial: one page for officers and inspectors. Counts and shares only, nobody."""

from __future__ import annotations

from narrowgate.agreement.terms import Terms
from narrowgate.instants import stamp
from narrowgate.matching.evaluation import Ceiling, Evaluation, ceilings
from narrowgate.matching.model import Model
from narrowgate.matching.quality import FEWEST_COMPARED, gap
from narrowgate.oversight.page import Chart, figure, page, table, tiles
from narrowgate.oversight.trial import Trial
from narrowgate.oversight.trial_plots import groups_plot, threshold_plot, weights_plot

_FALSE = (
    "<p>A false confirmation: answered confirmed, and the subject does not live there, is nobody "
    "of the register, or was taken for another person. Near misses, made to mislead, count for "
    "false confirmations and for nothing else. With review: if officers decide every open pair "
    "rightly.</p>"
)
_COMPARED = (
    f"<p>Of records that are no near misses. Groups of fewer than {FEWEST_COMPARED:,} true records "
    "are shown and not compared. Intervals are Wilson's, 95 %.</p>"
)
_DECIDING = (
    *("addresses", "unit", "identity_threshold", "residence_threshold", "review_from", "margin"),
)


def trial_page(trial: Trial, evaluation: Evaluation, model: Model, agreement: Terms) -> str:
    """The page: the agreement's ceilings first, what was tried last."""
    terms = agreement.answer
    held = ceilings(evaluation, terms)
    body = [
        _FALSE,
        *_tiles(trial),
        "<h2>Against the agreement</h2>",
        table(("what", "measured", "at most", ""), map(_against, held)),
        "<h2>Weights of true and of other pairs</h2>",
        figure(
            weights_plot(trial, terms.identity_threshold),
            "Records, near misses with them, by the identity weight, in bits, of their best "
            "candidate: above where that is the very subject, below where it is somebody else. "
            "Dashed: the agreement's threshold. Weight alone confirms nobody.",
        ),
        "<h2>What another threshold would give</h2>",
        _drawn(
            threshold_plot(trial, terms.identity_threshold),
            "Recall, and false confirmations among records and near misses, if the identity "
            "threshold were another and all else the same (matched once more with every weight "
            "enough). Dashed: the agreement's threshold.",
        ),
        "<h2>By group</h2>",
        _COMPARED,
        _drawn(
            groups_plot(trial),
            "Share of true records that are confirmed, and with those for review.",
        ),
        _groups_table(trial),
        "<h2>Gaps</h2>",
        "<p>The widest difference of recall with review between two groups that are compared.</p>",
        table(("grouping", "lowest", "highest", "points"), _gaps(trial)),
        "<h2>Why records were refused</h2>",
        "<p>A record may bear several reasons. Refused records count in no other figure.</p>",
        table(("code", "records"), list(evaluation.refused_by_code.items())),
        "<h2>What was tried</h2>",
        table(
            ("what", "which"),
            [
                ("model", f"{model.name} {model.digest}"),
                ("agreement", f"{agreement.id} {agreement.digest}"),
                *(
                    (name.replace("_", " "), str(value))
                    for name, value in terms
                    if name in _DECIDING
                ),
                ("software", evaluation.software),
                ("people in the register", f"{trial.people:,}"),
                *((name.replace("_", " "), digest) for name, digest in trial.data.items()),
            ],
        ),
    ]
    return page(f"Evaluation of the model {model.name}", _lead(trial, held, agreement), body)


def _lead(trial: Trial, held: list[Ceiling], agreement: Terms) -> str:
    broken = sum(not ceiling.kept for ceiling in held)
    verdict = (
        f"Not kept: {broken} of the {len(held)} ceilings of {agreement.id}. By this evaluation the "
        "model cannot be used under it."
        if broken
        else f"Every ceiling of {agreement.id} is kept."
    )
    return f"{verdict} Made {stamp(trial.at)}."


def _tiles(trial: Trial) -> list[str]:
    figures, every = trial.figures, trial.with_near_misses
    return [
        tiles(
            (
                ("records decided", figures.decided),
                ("confirmed", figures.confirmed),
                ("for review", figures.review),
                ("refused before", figures.refused),
                ("recall", _share(figures.recall)),
                ("with review", _share(figures.recall_with_review)),
            )
        ),
        tiles(
            (
                ("decided, with near misses", every.decided),
                ("false confirmations", every.false_confirmations),
                ("at most, with 95 % confidence", f"one in {int(1 / every.bound):,}"),
            )
        ),
    ]


def _against(ceiling: Ceiling) -> tuple[str, str, str, str]:
    verdict = "kept" if ceiling.kept else f"NOT KEPT: {ceiling.excess or ceiling.shown}"
    return ceiling.name, ceiling.shown, ceiling.allowed, verdict


def _drawn(plot: Chart | None, caption: str) -> str:
    return "<p>There is nothing to draw.</p>" if plot is None else figure(plot, caption)


def _groups_table(trial: Trial) -> str:
    rows = [
        (
            grouping,
            name,
            figures.decided,
            figures.lives_there,
            figures.false_confirmations,
            f"{figures.bound:.1e}",
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
        (grouping, *((wide[1], wide[2], f"{wide[0]:.2f}") if wide else ("not compared", "", "-")))
        for grouping, wide in found.items()
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
