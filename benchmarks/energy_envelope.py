"""The ways to the areas of an envelope beside each other: `python -m benchmarks.energy_envelope [FILE ...]`.

The generated buildings get second-level space boundaries from their truth first, so that all three ways can be asked,
and their truth is printed beside them. Of other files whatever they hold is compared: rays always, boundaries and
flags where the author gave any.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid
from ifcopenshell.util.unit import calculate_unit_scale

from ifc import IfcReadError, mesh_file, read_model
from samples import generate
from twin.energy import AreaSpread, build_envelope
from twin.snapshot import Snapshot, Stage

HOUSES = ("120900101_as-designed", "120900201_as-designed", "120900104_as-designed")
EDGES = {"W": (0, min), "E": (3, max), "S": (1, min), "N": (4, max)}  # of x0 y0 z0 x1 y1 z1
LEAST_M2 = 2.0  # smaller areas of a direction are reveals and corners
Truth = Mapping[str, Any]


def load(path: Path) -> Snapshot:
    """Return the version that a file holds."""
    model = read_model(path)
    meshes, _ = mesh_file(path)
    return Snapshot("112345678", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference)


def with_boundaries(source: Path, truth: Truth, target: Path) -> None:
    """Write a generated building once more, with the second-level boundaries that its truth says."""
    file = ifcopenshell.open(source)
    storeys: dict[str, list[Truth]] = {}
    for space in truth["spaces"]:
        storeys.setdefault(space["storey"], []).append(space)
    levels = sorted(storeys.values(), key=lambda spaces: spaces[0]["box"][2])
    slabs = {slab["kind"]: slab["global_id"] for slab in truth["slabs"]}
    for kind, spaces in (("ground", levels[0]), ("roof", levels[-1])):
        for space in spaces:
            x0, y0, _, x1, y1, _ = space["box"]
            _bound(file, space["global_id"], slabs[kind], x1 - x0, y1 - y0)
    for wall in truth["walls"]:
        if wall["side"] is not None:
            _bound_wall(file, wall, storeys[wall["storey"]])
    for opening in (*truth["windows"], *truth["doors"]):
        if opening["side"] is not None:
            room = opening.get("space") or opening.get("from")
            _bound(file, room, opening["global_id"], opening["width_m"], opening["height_m"])
    file.write(str(target))


def _bound_wall(file: ifcopenshell.file, wall: Truth, spaces: list[Truth]) -> None:
    place, extreme = EDGES[wall["side"]]
    edge = extreme(space["box"][place] for space in spaces)
    low, high = (1, 4) if place in (0, 3) else (0, 3)
    for space in spaces:
        box = space["box"]
        if abs(box[place] - edge) < 1e-3:
            _bound(file, space["global_id"], wall["global_id"], box[high] - box[low], box[5] - box[2])


def _bound(file: ifcopenshell.file, space: str, element: str, width: float, height: float) -> None:
    origin = file.createIfcAxis2Placement3D(file.createIfcCartesianPoint((0.0, 0.0, 0.0)))
    metres = calculate_unit_scale(file)
    x, y = width / metres, height / metres
    corners = ((0.0, 0.0), (x, 0.0), (x, y), (0.0, y), (0.0, 0.0))
    ring = file.createIfcPolyline([file.createIfcCartesianPoint(corner) for corner in corners])
    surface = file.createIfcCurveBoundedPlane(file.createIfcPlane(origin), ring, ())
    file.createIfcRelSpaceBoundary2ndLevel(
        ifcopenshell.guid.new(), None, "2ndLevel", "2a", file.by_guid(space), file.by_guid(element),
        file.createIfcConnectionSurfaceGeometry(surface), "PHYSICAL", "EXTERNAL",
    )  # fmt: skip


def widest(spreads: Iterable[AreaSpread]) -> float:
    """Return the largest spread of areas that are not mere reveals."""
    return max(
        (one.spread for one in spreads if one.spread is not None and _largest(one) >= LEAST_M2), default=0.0
    )  # fmt: skip


def _largest(one: AreaSpread) -> float:
    return max(one.rays_m2, one.boundaries_m2 or 0.0, one.flags_m2 or 0.0)


def _show(name: str, path: Path) -> None:
    start = time.process_time()
    try:
        envelope = build_envelope(load(path))
    except IfcReadError as error:
        print(f"{name}: not read ({error.reason})")
        return
    if not envelope.quality:
        print(f"{name}: no rooms, the hull was measured ({time.process_time() - start:.1f} CPU-s)")
        return
    print(f"{name}: widest spread {widest(envelope.quality):.1%} ({time.process_time() - start:.1f} CPU-s)")
    for one in envelope.quality:
        if _largest(one) >= LEAST_M2:
            known = (one.rays_m2, one.boundaries_m2, one.flags_m2)
            print(f"  {one.orientation:7s} {one.kind.value:7s} " + " ".join(map(_cell, known))
                  + ("        –" if one.spread is None else f" {one.spread:8.1%}"))  # fmt: skip


def _cell(value: float | None) -> str:
    return f"{'–':>9s}" if value is None else f"{value:9.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="further IFC files, or folders of them")
    options = parser.parse_args()
    print("m² by rays, by second-level space boundaries, by the author's flags and quantities; spread")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        generate(made)
        truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))["files"]
        for house in HOUSES:
            target = made / f"{house}-bounded.ifc"
            with_boundaries(made / "models" / f"{house}.ifc", truth[f"models/{house}.ifc"], target)
            _show(house, target)
    for path in (
        one for given in options.files for one in (sorted(given.glob("*.ifc")) if given.is_dir() else [given])
    ):
        _show(path.stem, path)


if __name__ == "__main__":
    main()
