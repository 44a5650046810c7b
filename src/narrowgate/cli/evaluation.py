"""`evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowgate.cli.output import Output, table

if TYPE_CHECKING:
    from narrowgate.oversight.evaluate import Evaluated


def evaluate(
    context: typer.Context,
    register: Annotated[list[Path], typer.Option(help="The register, as it is loaded.")],
    requests: Annotated[list[Path], typer.Option(help="Records; each file is a request.")],
    truth: Annotated[Path, typer.Option(help="record_id, and person_id or confirm.")],
    agreement: Annotated[str, typer.Option(help="The agreement: a file or a bundled id.")],
    model: Annotated[Path | None, typer.Option(help="A model; else the agreement's.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the report, HTML.")] = None,
    evaluation: Annotated[Path | None, typer.Option(help="Write the evaluation, JSON.")] = None,
) -> None:
    """Try a model on records whose truth is known; exit 1 where a ceiling is not kept."""
    from narrowgate.oversight.evaluate import evaluate as run

    output: Output = context.obj
    output.progress("trying the model")
    done = run(
        output.home, register, requests, truth, agreement,
        model=model, report=out, evaluation=evaluation,
    )  # fmt: skip
    output.result(done.result, _lines(done))
    if done.over:
        raise typer.Exit(1)


def _lines(done: Evaluated) -> list[str]:
    trial, figures = done.trial, done.trial.figures
    counts = (
        f"records {len(trial.states):,}: refused {figures.refused:,}, confirmed "
        f"{figures.confirmed:,}, for review {figures.review:,}"
    )
    false = (
        f"false confirmations {figures.false_confirmations:,}; with 95 % confidence at most "
        f"{figures.bound:.3g} of records decided"
    )
    shares = (
        f"precision {_share(figures.precision)}, recall {_share(figures.recall)}, with review "
        f"{_share(figures.recall_with_review)}, review {figures.review_share:.2%}"
    )
    lines = [
        counts,
        false,
        shares,
        "",
        table(
            ("grouping", "group", "decided", "true", "false", "recall", "with review", "review"),
            [
                (
                    grouping, name, f"{of.decided:,}", f"{of.lives_there:,}",
                    of.false_confirmations, _share(of.recall), _share(of.recall_with_review),
                    f"{of.review_share:.2%}",
                )
                for grouping, groups in trial.groups.items()
                for name, of in groups.items()
            ],
        ),
        "",
    ]  # fmt: skip
    return [*lines, *(done.over or ["every ceiling of the agreement is kept"])]


def _share(value: float | None) -> str:
    return f"{value:.2%}" if value is not None else "-"
