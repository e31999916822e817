"""The command line: parses, calls, prints.  Imports inside commands: ``--help`` is instant."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__, cli_authoring, cli_receipts
from .benchmarks.board_site import board_command, seal_command
from .benchmarks.export.portion_options import Settings
from .benchmarks.language_models import query_command
from .benchmarks.probing import probe_command
from .benchmarks.replications import replicate_command
from .errors import UserError
from .printable import printable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes longer to import than all else of --help
    help="Does ability level off when the corpus is exhausted? Worlds in which all is known.",
)

Suite = Annotated[str, typer.Argument(help="Name of a suite, or a TOML file.")]
Out = Annotated[Path, typer.Option(help="Folder of results; finished cells in it are reused.")]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Print cells, cost and what is kept; no more.")
]
Only = Annotated[list[str] | None, typer.Option(help="key=value: only such; may be repeated.")]
Cells = Annotated[str, typer.Option(help="i/n: only the i-th of n shares of the cells.")]
Jobs = Annotated[int, typer.Option(help="Processes, each on its share of the cores; 2 suit 2.")]
LayoutName = Annotated[
    str, typer.Option(help="On several devices: single, replicas, data or sharded.")
]
Hosts = Annotated[str, typer.Option(help="Train each cell with others: auto, or ADDRESS:PORT,i/n.")]
Ray = Annotated[str, typer.Option(help="Address of a Ray cluster: its nodes train.")]
Log = Annotated[str, typer.Option(help="Loss and scores on the way: jsonl or tensorboard.")]


def main() -> None:
    """Entry point: what a user got wrong is one line and status 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):  # of an old terminal, or a name that is no text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # before JAX is imported: XLA calls it an error that a compilation takes minutes
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        _no_empty_value(sys.argv[1:])
        sys.exit(app(prog_name="zebroid", standalone_mode=False))
    except UserError as error:
        _leave(str(error), 2)
    except typer.Abort:
        _leave("interrupted", 1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        from .benchmarks.runner.atomic_write import reason

        _leave(reason(error), 2)
    except Exception as error:
        if not callable(getattr(error, "format_message", None)):
            raise
        _leave(*_misused(error))


def _misused(error: Any) -> tuple[str, int]:
    """(line, status) for words that are no command's; where there are none, the help instead."""
    line, command = error.format_message(), getattr(error, "ctx", None)
    if "\n" in line:
        sys.exit(error.show() or error.exit_code)
    path = "zebroid" if command is None else command.command_path
    return f"{line.rstrip('.')}; see {path} --help", error.exit_code


def _no_empty_value(words: list[str]) -> None:
    """An option that is given without a value: a variable of a script that is not set."""
    for word, after in zip(words, [*words[1:], None]):
        name, equals, value = word.partition("=")
        if name.startswith("--") and len(name) > 2 and (not value if equals else after == ""):
            raise UserError(f"{name} has an empty value; give one, or leave {name} out")


def _leave(line: str, status: int) -> None:
    print(f"zebroid: {printable(line)}", file=sys.stderr)
    sys.exit(status)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"zebroid {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What holds for all commands."""


@app.command()
def run(
    suite: Suite,
    world: Annotated[
        str, typer.Option(help="Run it on this world: id or file.py, of the cells' size; id/size.")
    ] = "",
    model: Annotated[
        str, typer.Option(help="Run the suite's grid with this model: a name or file.py.")
    ] = "",
    settings: Settings = None,
    out: Out = Path("runs"),
    dry_run: Dry = False,
    only: Only = None,
    cells: Cells = "",
    jobs: Jobs = 1,
    layout: LayoutName = "",
    hosts: Hosts = "",
    ray: Ray = "",
    log: Log = "",
) -> None:
    """Train the cells of a suite, then print its table and write its report."""
    from .benchmarks.job import Job, Where

    where = Where(jobs, layout, hosts, ray, log)
    job = Job.of(suite, world, out, only or (), cells, where, model=model, settings=settings or ())
    sys.exit(job.preview() if dry_run else job.run())


@app.command()
def scale(
    suite: Suite,
    out: Out = Path("runs"),
    dry_run: Dry = False,
    only: Only = None,
    cells: Cells = "",
    jobs: Jobs = 1,
    layout: LayoutName = "",
    hosts: Hosts = "",
    ray: Ray = "",
    log: Log = "",
) -> None:
    """Run a suite, then say what its grid shows: plateau or rise along data, size and compute."""
    from .benchmarks.job import Job, Where

    where = Where(jobs, layout, hosts, ray, log)
    job = Job.of(suite, world="", out=out, only=only or (), share=cells, where=where, sweep=True)
    sys.exit(job.preview() if dry_run else job.run())


app.command()(cli_receipts.plot)


@app.command()
def worlds() -> None:
    """List the worlds, a line each."""
    from .benchmarks.report import listing

    listing.show(listing.worlds())


@app.command()
def models() -> None:
    """List the models, a line each."""
    from .benchmarks.report import listing

    listing.show(listing.models())


@app.command()
def suites() -> None:
    """List the suites, a line each."""
    from .benchmarks.report import listing

    listing.show(listing.suites())


@app.command()
def plugins() -> None:
    """List the worlds and models of installed packages, a line each, with content and state."""
    from .benchmarks.report import listing

    listing.show(listing.plugins())


app.command()(cli_authoring.new)
app.command()(cli_authoring.pin)
app.command()(cli_authoring.check)
app.command()(cli_authoring.check_model)
app.command()(cli_authoring.floors)


@app.command()
def show(
    world: cli_authoring.OneWorld,
    settings: Settings = None,
) -> None:
    """Print a world: rules, statements, and a question of every rung with its proof."""
    from .benchmarks.config.settings import of_world
    from .benchmarks.explain.describe_world import describe
    from .benchmarks.report import listing

    found, size, exposure = of_world(world, settings or ())
    listing.read(describe(found, size, exposure))


app.command()(cli_receipts.forecast)
app.command()(cli_authoring.export)
app.command()(cli_authoring.score)
app.command("ask")(query_command.query)
app.command()(replicate_command.replicate)
app.command()(probe_command.probe)
app.command()(cli_receipts.verify)
app.command()(cli_receipts.compare)
app.command()(cli_receipts.cite)
app.command()(cli_receipts.query)
app.command()(board_command.board)
app.command()(seal_command.seal)


@app.command()
def clean(out: Out = Path("runs")) -> None:
    """Delete the cells kept in a folder of results; reports and receipts stay."""
    from .benchmarks.runner.result_store import Store

    print(Store(out).clean())


if __name__ == "__main__":
    main()
