"""Run the shell blocks of a page for real, and compare what they print with what the page shows.

A ``sh`` block is run. The ``text`` block after it shows lines of its output, ``…`` standing for anything. A block
after ``<!-- not run: why -->`` is left alone. One after ``<!-- file: name -->`` is written into the folder first.
"""

import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"(?:<!-- (?P<note>not run|file): (?P<what>[^>]*) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)```", re.S)
USUAL_PORT = "8321"


@dataclass(frozen=True)
class Step:
    """One shell block with the lines that it must print."""

    command: str
    shown: tuple[str, ...]


def steps_of(page: str, folder: Path) -> list[Step]:
    """Return the steps of a page; write the files that it shows into `folder`."""
    steps: list[Step] = []
    last_ran = False
    for block in BLOCK.finditer(page):
        if block["note"] == "file":
            (folder / block["what"]).write_text(block["body"], encoding="utf-8")
        runs = block["kind"] == "sh" and block["note"] != "not run"
        if runs:
            steps.append(Step(block["body"], ()))
        elif block["kind"] == "text" and last_ran:
            steps[-1] = Step(steps[-1].command, tuple(filter(None, map(str.strip, block["body"].splitlines()))))
        last_ran = runs
    return steps


def run(steps: list[Step], folder: Path, home: Path) -> list[str]:
    """Run the steps in one shell and return what each printed."""
    port = str(_free_port())
    script = "\n".join(f"echo '@@ {n}'\n{{\n{step.command}}} 2>&1\n" for n, step in enumerate(steps))
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = os.environ | {"PATH": places, "KAKSIK_HOME": str(home), "COLUMNS": "110", "KAKSIK_PORT": port}
    script = script.replace(f":{USUAL_PORT}", f":{port}")
    shell = ["bash", "-c", script]
    done = subprocess.run(
        shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    printed = re.split(r"^@@ \d+\n", done.stdout.replace(port, USUAL_PORT), flags=re.M)[1:]
    assert len(printed) == len(steps), done.stdout + done.stderr
    return printed


def missing(step: Step, printed: str) -> list[str]:
    """Return the lines that a step should have printed and did not."""
    return [line for line in step.shown if not re.search(_pattern(line), printed, re.M)]


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part.strip()) for part in line.split("…"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
