"""The command `kaksik`: subcommands, shared options, and how errors become exit codes."""

import sys
from collections.abc import Callable

import typer
from pydantic import ValidationError

from api.cli import energy, export, files, graph, holder, need, permit, service, stores, trust
from api.cli.output import Exit, print_problem, print_usage
from graph import GraphError
from ifc import IfcError, keep_compiled_code
from signatures import SignatureError
from twin.errors import TwinError

HELP = """Read an IFC model, question it, check its permit, compute its energy need, seal its state, watch it live.

Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 input refused. Data goes to standard output (--json for programs),
progress and errors to standard error. All data lies under the folder that KAKSIK_HOME names (default .kaksik).
"""


COMMANDS: tuple[Callable[..., None], ...] = (
    files.inspect,
    permit.check,
    permit.ids,
    need.energy,
    energy.city_energy,
    energy.gwp,
    files.diff,
    export.export,
    stores.load,
    stores.points,
    trust.seal,
    trust.status,
    trust.transition,
    trust.disclose,
    trust.verify,
    trust.witness,
    holder.revoke_seal,
    holder.rotate_key,
    stores.rebuild,
    graph.dump,
    stores.sweep,
    service.serve,
    service.demo,
    service.settings,
    service.doctor,
)


def build() -> typer.Typer:
    """Return the command line."""
    command = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for function in COMMANDS:
        command.command()(function)
    command.command("monitor")(trust.monitor_log)
    return command


def main() -> None:
    """Run the command line and leave with the documented exit code."""
    try:
        keep_compiled_code()
        build()()
    except ValidationError as error:
        print_usage(error)
        sys.exit(Exit.USAGE)
    except (TwinError, IfcError, GraphError, SignatureError) as error:
        print_problem(error)
        sys.exit(Exit.REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
