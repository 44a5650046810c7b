"""`narrowgate evaluate`: a trial, the evaluation that stands beside the model, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import AnswerTerms
from narrowgate.clock import now
from narrowgate.errors import BadInput
from narrowgate.gateway.agreements import source
from narrowgate.gateway.site import SOFTWARE
from narrowgate.instants import stamp
from narrowgate.matching.evaluation import Evaluation, over_ceiling, shown
from narrowgate.matching.model import Model, bundled_model, read_model
from narrowgate.matching.quality import Figures
from narrowgate.oversight.trial import Trial, run_trial
from narrowgate.oversight.trial_report import trial_page
from narrowgate.store.files import Files


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What the command tells. `over`: the agreement's ceilings that are not kept, in words."""

    trial: Trial
    evaluation: Evaluation
    over: list[str]

    @property
    def result(self) -> dict[str, object]:
        """As one JSON object."""
        return result_of(self.trial, self.evaluation, self.over)


def evaluate(
    home: Path,
    register: Sequence[Path],
    requests: Sequence[Path],
    near_misses: Sequence[Path],
    truth: Path,
    agreement: str,
    *,
    model: Path | None,
    report: Path | None,
    evaluation: Path | None,
) -> Evaluated:
    """Try a model (the agreement's own, without one) and write what is asked for."""
    terms = read_agreement(source(agreement, home), agreement)
    chosen = _read(model) if model is not None else bundled_model(terms.answer.model)
    trial = run_trial(
        register, requests, near_misses, truth, terms, chosen, now(), curve=report is not None
    )
    made = evaluation_of(trial, chosen, terms.answer)
    over = over_ceiling(made, terms.answer)
    if evaluation is not None:
        _write(evaluation, made.to_bytes())
    if report is not None:
        _write(report, trial_page(trial, made, chosen, terms).encode())
    return Evaluated(trial, made, over)


def _read(path: Path) -> Model:
    try:
        return read_model(path.read_bytes(), path.name)
    except OSError:
        raise BadInput("the model cannot be read", place=str(path)) from None


def _write(path: Path, data: bytes) -> None:
    Files(path.parent).write(path.name, data)
    path.chmod(0o644)


def evaluation_of(trial: Trial, model: Model, terms: AnswerTerms) -> Evaluation:
    """The evaluation of `model` under `terms` that the trial makes."""
    return Evaluation(
        model=model.digest,
        software=SOFTWARE,
        made_at=stamp(trial.at),
        terms=terms,
        data=dict(trial.data),
        people=trial.people,
        refused_by_code=dict(trial.codes),
        **shown(trial.figures, trial.groups, trial.with_near_misses),
    )


def result_of(trial: Trial, evaluation: Evaluation, over: list[str]) -> dict[str, object]:
    """The command's JSON object."""
    groups: dict[str, object] = {
        grouping: {name: _figures(figures) for name, figures in of.items()}
        for grouping, of in trial.groups.items()
    }
    return {
        "records": len(trial.states),
        **_figures(trial.figures),
        "tried_for_false": trial.with_near_misses.decided,
        "false_confirmations": trial.with_near_misses.false_confirmations,
        "false_confirmation_bound": trial.with_near_misses.bound,
        "not_confirmed": trial.figures.decided - trial.figures.confirmed - trial.figures.review,
        "refused_by_code": evaluation.refused_by_code,
        "groups": groups,
        "group_gap": evaluation.group_gap,
        "model": evaluation.model,
        "ceilings_kept": not over,
        "over": list(over),
    }


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "refused": figures.refused,
        "decided": figures.decided,
        "confirmed": figures.confirmed,
        "review": figures.review,
        "lives_there": figures.lives_there,
        "false_confirmations": figures.false_confirmations,
        "false_confirmation_bound": figures.bound,
        "precision": figures.precision,
        "recall": figures.recall,
        "recall_with_review": figures.recall_with_review,
        "review_share": figures.review_share,
    }
