"""Speed of the permit checks: all packs on a model of 50 MB against ifctester alone, and the ways out of 500 rooms.

The peer runs the same property rules as an IDS file over the opened model. Times are processor time of this process,
after both have loaded the model; ratios are within one run. Run it with ``python -m benchmarks.permit_speed``.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ifcopenshell
from ifctester import ids

from benchmarks.compose import compose
from benchmarks.permit_cases import read_case
from ifc import mesh_file, read_model
from samples.apartment import apartment
from samples.permit import permit_block, write_case
from twin.permit import CheckContext, Pack, Subject, bundled_packs, check
from twin.snapshot import Snapshot, Stage

TALL = 21  # storeys of 24 rooms: more than 500 rooms
TARGET_MB = 50
SECONDS_PER_HUNDRED_SPACES = 1.0
WAYS_TARGET_S = 2.0


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of some work in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def same_ids(packs: tuple[Pack, ...]) -> ids.Ids:
    """Return the property rules of the packs as an IDS."""
    made = ids.Ids(title="Property rules")
    for rule in (rule for pack in packs for rule in pack.rules):
        arguments = rule.parameters.arguments
        if not {"ifc_class", "properties"} <= set(arguments) or "." not in arguments["properties"][0]:
            continue
        set_name, _, name = arguments["properties"][0].partition(".")
        spec = ids.Specification(name=rule.rule_id, ifcVersion=["IFC2X3", "IFC4"], minOccurs=0, maxOccurs="unbounded")
        spec.applicability.append(ids.Entity(name=arguments["ifc_class"].upper()))
        pattern = arguments.get("pattern")
        value = ids.Restriction(options={"pattern": pattern}) if pattern and "(?" not in pattern else None
        spec.requirements.append(ids.Property(propertySet=set_name, baseName=name, value=value))
        made.specifications.append(spec)
    return made


def large(folder: Path) -> tuple[Path, CheckContext]:
    """Return a model of about 50 MB, the block many times side by side, and its context."""
    source = write_case(permit_block(), folder / "block")
    target = folder / "large.ifc"
    compose(source, max(1, round(TARGET_MB * 1e6 / source.stat().st_size)), target, 1.0)
    model = read_model(target)
    meshes, _findings = mesh_file(target)
    snapshot = Snapshot("tmp-1", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference)
    context = read_case(source)
    return target, CheckContext(snapshot, context.plan, context.parcels, context.neighbours)


def run_files(folder: Path, packs: tuple[Pack, ...]) -> None:
    """Run every IFC file of a folder through all packs, and print the counts."""
    for path in sorted(folder.glob("*.ifc")):
        model = read_model(path)
        meshes, _findings = mesh_file(path)
        stage = Stage.AS_DESIGNED
        snapshot = Snapshot("tmp-1", stage, 1, model.file_sha256, model.by_id(), meshes, model.georeference)
        start = time.process_time()
        counts = check(CheckContext(snapshot), packs).counts()
        print(f"{path.name}: {time.process_time() - start:.1f} s, {counts}")


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, help="a folder of IFC files to run through all packs besides")
    given = parser.parse_args()
    packs = bundled_packs()
    if given.files:
        run_files(given.files, packs)
    with tempfile.TemporaryDirectory() as name:
        tall = read_case(write_case(permit_block(apartment({}, TALL), places=1), Path(name) / "tall"))
        subject = Subject(tall)
        seconds = timed(lambda: subject.exits.ways)
        rooms = len(subject.exits.ways)
        print(f"Ways out of {rooms} rooms: {seconds:.2f} s, {seconds / WAYS_TARGET_S:.2f} of {WAYS_TARGET_S} s.")
        path, context = large(Path(name))
        spaces = sum(record.ifc_class == "IfcSpace" for record in context.snapshot.records.values())
        ours = timed(lambda: check(context, packs))
        opened, rules = ifcopenshell.open(str(path)), same_ids(packs)
        peer = timed(lambda: rules.validate(opened))
        allowed = peer + SECONDS_PER_HUNDRED_SPACES * spaces / 100
        size, number = path.stat().st_size / 1e6, len(rules.specifications)
        print(f"{size:.0f} MB, {spaces} spaces: all packs {ours:.1f} s; ifctester {peer:.1f} s for {number} rules;")
        print(f"{ours / allowed:.2f} of what is allowed ({allowed:.1f} s).")


if __name__ == "__main__":
    main()
