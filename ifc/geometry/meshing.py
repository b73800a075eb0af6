"""From a file to its meshes: two kernels in killable children, budgets, and a finding for everything that is lost."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ifc.ahead import compile_ahead
from ifc.errors import IfcError, IfcGeometryError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.geometry.far import MAX_CELLS, Coarse, run_far
from ifc.geometry.gather import Gathered, Harvest, Reuse, gather, harvest
from ifc.geometry.hybrid import run_hybrid
from ifc.geometry.lite import run_ifclite
from ifc.geometry.mesh import MeshSet
from ifc.geometry.submitted import run_submitted, run_whole
from ifc.geometry.versions import KERNEL_VERSIONS
from ifc.model import Outline
from ifc.reader import read_keys
from ifc.worker import Call, Limits

Progress = Callable[[float, str], None]

# All budgets are seconds of computing, so that a busy machine chooses the same kernel as an idle one.
IFCLITE_BASE_S, IFCLITE_PER_MB_S = 10.0, 0.5  # slowest good runs measured: 5 s for 3.4 MB and for 27 MB
HYBRID_BASE_S, HYBRID_PER_MB_S = 30.0, 3.0  # slowest good run measured: 9 s for 3.4 MB
FEW_BASE_S, FEW_PER_MB_S = 4.0, 0.3  # opening the file again for the elements that are left
COARSE_TOTAL_S = 3.0  # finer meshes of coarse elements are worth this much; those that are done in time are kept
ELEMENT_S, COARSE_ELEMENT_S = 1.0, 0.1  # for an element without a mesh, and for one that has a coarse mesh already
UNSURE_ELEMENT_S, UNSURE_TOTAL_S = 0.3, 10.0  # a swept body of two sections takes up to 0.55 s, one of 382 70 s
CLOCK_FACTOR = 6.0  # clock seconds allowed for one of computing: a child that waits for ever is stopped too
PROBE_S = 4.0  # one probe of the search for the elements that hang a kernel
MAX_PROBES = 24  # isolates two bad elements among four thousand; 96 s and more at worst
PACKED_FACTOR = 12.0  # IFC text in an archive unpacks 4 to 12 times; the child knows better and lowers its limit
_STOPPED = frozenset({Reason.TIMEOUT, Reason.MEMORY, Reason.CRASH})  # what is said of a child, not of a file


@dataclass
class _Run:
    """One file on its way through the kernels."""

    source: Path
    out: Path
    openings: bool
    memory_bytes: int
    deadline: float
    on_progress: Progress | None
    reuse: Reuse = field(default_factory=Reuse)
    outline: Outline | None = None
    megabytes: float = 0.0
    probes: int = 0
    failures: list[IfcError] = field(default_factory=list)

    def left_s(self) -> float:
        return self.deadline - time.monotonic()

    def attempt(self, kernel: Callable[..., None], budget_s: float, *arguments: object) -> IfcError | None:
        """Run `kernel` in a child for `budget_s` of computing and return what stopped it, if anything did."""
        wall_s = min(budget_s * CLOCK_FACTOR, self.left_s())
        if wall_s <= 0.0:
            return IfcGeometryError("The time for the geometry of this file is over.", reason=Reason.TIMEOUT)
        limits = Limits(wall_s, self.memory_bytes, budget_s)
        try:
            Call(kernel).run(limits, self.on_progress, *arguments)
        except IfcError as error:
            self.failures.append(error)
            return error
        return None

    def submit(self, path: Path, *, uncut: bool) -> IfcError | None:
        """Let the file through the gate and the first kernel, and return what stopped the kernel, if anything did.

        Raises:
            IfcReadError: The gate refused the file.
            IfcGeometryError: The child was stopped or died before the gate had come to an end.
        """
        error = self.attempt(
            run_submitted,
            IFCLITE_BASE_S + IFCLITE_PER_MB_S * _megabytes_at_most(path),
            *(path, self.source, self.out, uncut, self.reuse.known(), self.outline, IFCLITE_BASE_S, IFCLITE_PER_MB_S),
        )
        if error is not None and not self.source.exists():
            raise _nothing(error) if error.reason in _STOPPED else error
        self.megabytes = self.source.stat().st_size / 1e6
        return error


def mesh_file(
    path: Path,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
    *,
    shape_keys: Mapping[str, str] | None = None,
    known: MeshSet | None = None,
    outline: Outline | None = None,
) -> tuple[MeshSet, tuple[ReadFinding, ...]]:
    """Return the meshes of an IFC file, openings cut, spaces included, and what could not be meshed.

    With `shape_keys`, an element whose key one of the `known` meshes carries is not meshed again: the result is the
    same as without, coordinates equal to a micrometre of the file's unit. A mesh with a finding is never used again.

    Args:
        path: IFC file (STEP) or ifcZIP.
        limits: Clock time of all kernels together, and address space of each.
        on_progress: Called with a fraction (0 to 1) and a label.
        shape_keys: `Model.shape_keys` of this file.
        known: Meshes of an earlier version, as this function returned them.
        outline: `Model.outline` of this file, so that its elements are not listed again; that of another is ignored.

    Raises:
        IfcReadError: The gate refuses the file.
        IfcGeometryError: No kernel could say anything of the file.
    """
    prefixed = {item: _versioned(key) for item, key in (shape_keys or {}).items()}
    reuse = Reuse.of(prefixed, known or MeshSet(()))
    return _mesh(path, limits or Limits(), on_progress, reuse, outline, uncut=False)


def mesh_uncut(
    path: Path, limits: Limits | None = None, on_progress: Progress | None = None
) -> tuple[MeshSet, tuple[ReadFinding, ...]]:
    """Return the meshes of an IFC file before openings are cut, with the solids of the openings themselves.

    Args:
        path: IFC file (STEP) or ifcZIP.
        limits: Clock time of all kernels together, and address space of each.
        on_progress: Called with a fraction (0 to 1) and a label.

    Raises:
        IfcReadError: The gate refuses the file.
        IfcGeometryError: No kernel could say anything of the file.
    """
    return _mesh(path, limits or Limits(), on_progress, Reuse(), None, uncut=True)


def _versioned(key: str) -> str:
    return hashlib.sha256(f"{KERNEL_VERSIONS} {key}".encode()).hexdigest()


def _mesh(
    path: Path,
    limits: Limits,
    on_progress: Progress | None,
    reuse: Reuse,
    outline: Outline | None,
    *,
    uncut: bool,
) -> tuple[MeshSet, tuple[ReadFinding, ...]]:
    with tempfile.TemporaryDirectory(prefix="kaksik-mesh-") as folder:
        run = _Run(
            source=Path(folder, "model.ifc"),
            out=Path(folder, "stream"),
            openings=uncut,
            memory_bytes=limits.memory_bytes,
            deadline=time.monotonic() + limits.wall_s,
            on_progress=on_progress,
            reuse=reuse,
            outline=outline,
        )
        gathered = _through_kernels(run, run.submit(path, uncut=uncut))
    return gathered.meshes, (*_kernel_findings(run), *gathered.findings)


def _megabytes_at_most(path: Path) -> float:
    """Return a size that the model in the file at `path` hardly exceeds, without unpacking it."""
    try:
        size = path.stat().st_size / 1e6
        with path.open("rb") as file:
            return size * (PACKED_FACTOR if file.read(2) == b"PK" else 1.0)
    except OSError:
        return 0.0  # the gate says why


def _through_kernels(run: _Run, first: IfcError | None) -> Gathered:
    found = _nearer(run, harvest(run.out))
    voided = frozenset[int]() if first else _voided(run, found)
    wanted = None if first else found.missing() - voided
    if wanted is None or wanted:
        second = run.attempt(
            run_hybrid, _hybrid_budget_s(run, found, wanted), run.source, run.out, wanted, run.openings
        )
        if first and second:
            _search(run, harvest(run.out).missing())
        found = harvest(run.out)
    if first:
        voided = _voided(run, found)
    gathered = gather(found, _ambiguous_keys(run, found), voided, run.reuse)
    if not gathered.products and run.failures:
        raise _nothing(run.failures[0])
    return gathered


def _nothing(why: IfcError) -> IfcGeometryError:
    return IfcGeometryError(
        f"No geometry could be made of this file: {why.message}", reason=why.reason, hint=why.hint
    )


def _nearer(run: _Run, found: Harvest) -> Harvest:
    """Return what there is after coarse meshes were made anew nearer to the origin."""
    coarse = [Coarse.of(found.raw[step_id]) for step_id in sorted(found.coarse())]
    if not coarse or found.sketch is None:
        return found
    budget_s = PROBE_S + MAX_CELLS * IFCLITE_PER_MB_S * run.megabytes
    run.attempt(run_far, budget_s, run.source, run.out, coarse, found.sketch.unit_m, run.openings)
    return harvest(run.out)


def _hybrid_budget_s(run: _Run, found: Harvest, wanted: frozenset[int] | None) -> float:
    whole = HYBRID_BASE_S + HYBRID_PER_MB_S * run.megabytes
    if wanted is None:
        return whole
    unsure = len(wanted & found.unsure())
    coarse = len(wanted & found.doubtful()) - unsure
    elements_s = (len(wanted) - coarse - unsure) * ELEMENT_S + min(coarse * COARSE_ELEMENT_S, COARSE_TOTAL_S)
    elements_s += min(unsure * UNSURE_ELEMENT_S, UNSURE_TOTAL_S)
    return min(whole, FEW_BASE_S + FEW_PER_MB_S * run.megabytes + elements_s)


def _ambiguous_keys(run: _Run, found: Harvest) -> dict[int, str]:
    """Return the keys that reading gives to elements without a GlobalId of their own; empty if there are none."""
    if not found.has_ambiguous_ids() or run.left_s() <= 0.0:
        return {}
    try:
        return Call(read_keys, compile_ahead).run(Limits(run.left_s(), run.memory_bytes), None, run.source)
    except IfcError as error:
        run.failures.append(error)
        return {}


def _voided(run: _Run, found: Harvest) -> frozenset[int]:
    """Return the STEP numbers of elements without a mesh that get one as soon as no opening is cut.

    The second kernel is not asked for these: where nothing is left of a body it may return the body uncut.
    """
    lost = found.missing() - found.doubtful()
    if not lost or run.openings:
        return frozenset()
    out = run.out.with_suffix(".whole")
    budget_s = PROBE_S + IFCLITE_PER_MB_S * run.megabytes
    replace(run, failures=[]).attempt(run_whole, budget_s, run.source, out, lost, run.openings)
    return lost & harvest(out).shaped()


def _search(run: _Run, ids: frozenset[int]) -> None:
    """Mesh `ids` with the first kernel in ever smaller parts, until only what hangs it is left."""
    pending = [sorted(ids)]
    while pending and run.probes < MAX_PROBES and run.left_s() > 0.0:
        part = pending.pop(0)
        run.probes += 1
        budget_s = PROBE_S + IFCLITE_PER_MB_S * run.megabytes
        arguments = (run.source, run.out, frozenset(part), run.openings)
        if part and run.attempt(run_ifclite, budget_s, *arguments) and len(part) > 1:
            middle = len(part) // 2
            pending += [part[:middle], part[middle:]]


def _kernel_findings(run: _Run) -> list[ReadFinding]:
    if not run.failures:
        return []
    reasons = ", ".join(sorted({failure.reason.value for failure in run.failures}))
    return [
        ReadFinding(
            "geometry.kernel",
            Severity.INFO,
            f"A geometry kernel was stopped on this file ({reasons}); the other one took over where it could.",
            "Look for cyclic, self-intersecting or extreme shapes among the elements without geometry.",
        )
    ]
