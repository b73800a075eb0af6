"""The first step with a submitted file, in a killable child: gate, then first kernel, in one process."""

import math
import re
import resource
from pathlib import Path

from ifc.gate import admit
from ifc.geometry.lite import mesh_all, run_ifclite
from ifc.geometry.stream import Known, Unsure, append
from ifc.geometry.unsure import unsure_ids
from ifc.model import Outline

_VOIDS = re.compile(rb"#\d+\s*=\s*IFCRELVOIDSELEMENT\s*\((?:[^';]|'(?:[^']|'')*')*\)\s*;", re.IGNORECASE)


def run_submitted(
    path: Path,
    source: Path,
    out: Path,
    uncut: bool,
    known: Known | None,
    outline: Outline | None,
    base_s: float,
    per_mb_s: float,
) -> None:
    """Let a submitted file through the gate, write it to `source` for later steps, and mesh it with the first kernel.

    The time for computing follows from the size of what came through the gate, which the caller cannot know.

    Args:
        path: IFC file (STEP) or ifcZIP.
        source: Where the plain STEP file goes; that it exists says that the gate let the file through.
        out: Stream file.
        uncut: Whether openings are not to be cut and are meshed themselves.
        known: What need not be meshed.
        outline: What reading said of a file; used if it is this one.
        base_s: Seconds of computing for any file.
        per_mb_s: Seconds of computing for each megabyte.

    Raises:
        IfcReadError: The gate refuses the file.
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    admitted = admit(path)
    data = admitted.data
    if uncut:
        data = _VOIDS.sub(b"", data)
    written = source.with_suffix(".part")
    written.write_bytes(data)
    written.rename(source)
    _limit_cpu(base_s + per_mb_s * len(data) / 1e6)
    append(out, [Unsure(unsure_ids(data))])
    same = outline is not None and outline.file_sha256 == admitted.sha256
    mesh_all(data, out, uncut, known, outline=outline if same else None)


def run_whole(source: Path, out: Path, ids: frozenset[int], openings: bool) -> None:
    """Mesh elements with the first kernel as if no opening cut them; does nothing if the file has no openings.

    Args:
        source: Plain STEP file.
        out: Stream file.
        ids: STEP numbers of the elements.
        openings: Whether opening solids are wanted too.

    Raises:
        IfcGeometryError: (syntax) the kernel refuses the file.
    """
    data = source.read_bytes()
    uncut = _VOIDS.sub(b"", data)
    if len(uncut) != len(data):
        whole = source.with_suffix(".whole.ifc")
        whole.write_bytes(uncut)
        run_ifclite(whole, out, ids, openings)


def _limit_cpu(seconds: float) -> None:
    """Let this process compute for `seconds` from now on, never for longer than it was allowed before."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(used + seconds)
    if soft == resource.RLIM_INFINITY or wanted < soft:
        resource.setrlimit(resource.RLIMIT_CPU, (wanted, hard))
