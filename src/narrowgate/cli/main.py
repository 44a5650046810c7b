"""`narrowgate`: the commands of the contract, their exit status, and nothing personal in any error.

Exit status: 0 done, 1 refused or not verified, 2 usage, 3 bad input, 4 conflict or wrong state,
5 internal. `--home` and `--json` may stand before or after the command.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from narrowgate import __version__
from narrowgate.cli import (
    agreements,
    cases,
    custody,
    evaluation,
    ledger,
    lifetimes,
    models,
    people,
    registers,
    replays,
    reports,
    requests,
    reviews,
    safeguards,
)
from narrowgate.cli.output import Output, fail
from narrowgate.errors import Internal, NarrowgateError

app = typer.Typer(
    name="narrowgate",
    help="The gate in front of a confidential register: confirm only, refuse by default.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="NARROWGATE_HOME", help="The site's folder.", show_default=True)
    ] = Path(),
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Options that every command takes."""
    context.obj = Output(home=home, json=json)


app.command("init")(people.init)
app.add_typer(people.app, name="people", help="Who is known to the site, with keys and roles.")
app.add_typer(registers.app, name="register", help="Load the register; show what is loaded.")
app.add_typer(agreements.app, name="agreement", help="Agreements, from draft to end.")
agreements.app.command("suspend")(lifetimes.suspend)
agreements.app.command("resume")(lifetimes.resume)
agreements.app.command("renew")(lifetimes.renew)
agreements.app.command("end")(lifetimes.end)
agreements.app.command("life")(lifetimes.life)
agreements.app.command("at")(lifetimes.law_at)
app.add_typer(safeguards.app, name="safeguards", help="A requester's safeguards, as dated facts.")
app.add_typer(requests.app, name="request", help="The requester's side: pack, sign, check.")
app.command("receive")(cases.receive)
app.command("process")(cases.process)
app.add_typer(reviews.app, name="review", help="Pairs that the weights left open.")
app.command("release")(cases.release)
app.command("answers")(cases.answers)
app.add_typer(cases.app, name="case", help="Cases: list, show, resume.")
app.add_typer(ledger.app, name="log", help="The log: checkpoint, entries, prove, verify.")
app.add_typer(custody.app, name="custody", help="The key that wraps the keys of all cases.")
app.command("replay")(replays.replay)
app.command("report")(reports.report)
app.command("evaluate")(evaluation.evaluate)
app.add_typer(models.app, name="model", help="Matching models: learn, take over, show, install.")


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"narrowgate {__version__}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; always leaves by SystemExit."""
    words = hoisted(list(sys.argv[1:] if arguments is None else arguments))
    try:
        app(words, prog_name="narrowgate")
    except NarrowgateError as error:
        fail(error, as_json="--json" in words)
    except BrokenPipeError:
        sys.exit(5)
    except Exception as error:  # the last line of defence: a traceback could show a record
        fail(internal(error), as_json="--json" in words)


def internal(error: Exception) -> NarrowgateError:
    """An unforeseen fault as an error that names where it arose, and no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return Internal(f"unforeseen {type(error).__name__}; nothing was answered", place=place)


def hoisted(words: list[str]) -> list[str]:
    """`words` with --home DIR and --json moved to the front, where the parser wants them."""
    front: list[str] = []
    rest: list[str] = []
    queue = iter(words)
    for word in queue:
        if word == "--":
            rest += [word, *queue]
        elif word == "--home":
            front += [word, *([value] if (value := next(queue, None)) is not None else [])]
        elif word == "--json" or word.startswith("--home="):
            front.append(word)
        else:
            rest.append(word)
    return front + rest
