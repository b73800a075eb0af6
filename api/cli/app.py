"""The command `kaksik`: subcommands, and how errors become exit codes.

A command's module is loaded when that command runs, so that each pays for what it needs only.
"""

import sys
from collections.abc import Collection

import typer
from pydantic import ValidationError

from api.cli.commands import COMMANDS
from api.cli.output import Exit, print_problem, print_usage
from api.problems import is_known
from ifc import keep_compiled_code

HELP = """Read an IFC model, question it, check its permit, compute its energy need, seal its state, watch it live.

Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 input refused. Data goes to standard output (--json for programs),
progress and errors to standard error. All data lies under the folder that KAKSIK_HOME names (default .kaksik).
"""


def build(called: Collection[str] = COMMANDS.keys()) -> typer.Typer:
    """Return the command line.

    Args:
        called: Names of the commands that may be run; the others are listed, and their modules not loaded.
    """
    command = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for name, entry in COMMANDS.items():
        if name in called:
            command.command(name)(entry.load())
        else:
            command.command(name, help=entry.summary)(_listed)
    return command


def _listed() -> None:
    """Stand in the list for a command that is not called."""


def main() -> None:
    """Run the command line and leave with the documented exit code."""
    try:
        keep_compiled_code()
        build(sys.argv[1:2])()
    except ValidationError as error:
        print_usage(error)
        sys.exit(Exit.USAGE)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not is_known(error):
            raise
        print_problem(error)
        sys.exit(Exit.REFUSED)
