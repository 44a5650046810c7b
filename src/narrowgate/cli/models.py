"""`model`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narrowgate.cli.output import Output, table

app = typer.Typer(no_args_is_help=True)
Out = Annotated[Path, typer.Option("--out", help="The model's file to write (JSON).")]
Agreed = Annotated[str, typer.Option("--agreement", help="A file, or an agreement's id.")]


@app.command("learn")
def learn(
    context: typer.Context,
    register: Annotated[list[Path], typer.Option(help="The register; more than once for parts.")],
    requests: Annotated[Path, typer.Option(help="Records as a request has them.")],
    agreement: Agreed,
    out_file: Out,
    truth: Annotated[
        Path | None, typer.Option(help="record_id and person_id of who is who, if known.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML: our column = the register's column.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Random pairs to draw.")] = 2_000_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample.")] = 1,
) -> None:
    """Learn match weights from a register and records; with --truth from known pairs."""
    from narrowgate.clock import now
    from narrowgate.gateway.learning import Sources, learn_model

    out: Output = context.obj
    out.progress("learning")
    sources = Sources(register, requests, truth, mapping)
    new = learn_model(
        sources, agreement, out.home, name=_name(out_file), pairs=pairs, seed=seed, now=now()
    )
    out_file.write_bytes(new.data)
    learned = new.learned
    out.result(
        {
            "model": new.model.digest,
            "method": learned.method,
            "pairs": learned.pairs,
            "random_pairs": learned.random_pairs,
            "true_pairs": round(learned.true_pairs),
            "steps": max(len(learned.heights) - 1, 0),
            "kept": ", ".join(learned.kept),
            "pooled": "; ".join(", ".join(block) for block in learned.pooled),
        }
    )


@app.command("import-splink")
def import_splink(
    context: typer.Context,
    settings: Annotated[Path, typer.Argument(help="What Splink's save_model_to_json wrote.")],
    out_file: Out,
    column: Annotated[
        list[str] | None, typer.Option(help="given=NAME: Splink's column for a comparison.")
    ] = None,
) -> None:
    """Take the weights of a Splink model over; what has no counterpart is listed."""
    from narrowgate.gateway.model_files import take_over

    out: Output = context.obj
    taken = take_over(settings, column or [], name=_name(out_file))
    out_file.write_bytes(taken.data)
    imported = taken.imported
    out.result(
        {
            "model": taken.model.digest,
            "taken": [*imported.taken],
            "notes": [*imported.notes],
        },
        [
            f"model: {taken.model.digest}",
            f"{len(imported.taken)} levels taken over: {', '.join(imported.taken)}",
            *imported.notes,
        ],
    )


@app.command("show")
def show(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="FILE_OR_NAME", help="A model.")],
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Draw the weights into this HTML file, too.")
    ] = None,
) -> None:
    """What every level weighs: m, u and bits."""
    from narrowgate.gateway.model_files import draw, named_model, rows

    out: Output = context.obj
    found = named_model(model)
    if out_file is not None:
        out_file.write_text(draw(found))
    names = ("comparison", "level", "m", "u", "bits")
    body = [(*row[:2], f"{row[2]:.9g}", f"{row[3]:.9g}", f"{row[4]:+.2f}") for row in rows(found)]
    out.result(
        {
            "model": found.name,
            "digest": found.digest,
            "levels": [dict(zip(names, row, strict=True)) for row in body],
        },
        [f"{found.name}  {found.digest}", table(names, body)],
    )


@app.command("install")
def install(
    context: typer.Context,
    model: Annotated[Path, typer.Argument(help="A model's JSON.")],
    evaluation: Annotated[Path, typer.Option(help="Its evaluation, by `evaluate`.")],
) -> None:
    """Put a model and its evaluation into the site: an agreement that names it can then be used."""
    from narrowgate.gateway.models import install_files
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    installed = install_files(Site(out.home), model, evaluation)
    out.result({"model": installed.name, "digest": installed.digest})


def _name(path: Path) -> str:
    return path.name.removesuffix(".json")
