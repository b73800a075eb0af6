"""What `kaksik inspect` says of a model: a summary, its storeys, what is in it, what is odd, and what was lost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from api.cli.output import counts, print_table, say, text
from api.shapes import value_json
from ifc import ElementRecord, MeshSet, canonical_form, derive_quantities, storey_of, storeys_of
from twin.facts import facts_of
from twin.reading import Understood
from twin.snapshot import Stage

MAX_SHOWN = 40  # rows of a table for people; --json has them all
_TOP = 8  # materials and property sets that a person is shown


def inspection(read: Understood) -> dict[str, Any]:
    """Return everything that is shown, as plain JSON; measured values stand under ``derived``."""
    model, header = read.model, read.model.header
    records = model.by_id()
    derived = derive_quantities(read.meshes.only(_spaces(records)), records)
    return {
        "building_id": read.identity.building_id,
        "name": read.identity.name,
        "schema": header.declared_schema,
        "read_as": header.schema,
        "view": header.view,
        "originating_system": header.originating_system,
        "time_stamp": header.time_stamp,
        "length_unit_m": header.length_unit_m,
        "file_sha256": model.file_sha256,
        "elements": len(model.records),
        "classes": dict(sorted(Counter(record.ifc_class for record in model.records).items())),
        "storeys": _storeys(records, {i: item.floor_area_m2 or 0.0 for i, item in derived.items()}),
        "groups": _counted(r.ifc_class for r in model.records if r.ifc_class in _GROUPS),
        "materials": _counted(part.material for record in model.records for part in record.materials),
        "property_sets": _counted(name for record in model.records for name in record.property_sets),
        "stated_quantities": sum(bool(record.quantity_sets) for record in model.records),
        "meshes": len(read.meshes),
        "geometry": _geometry(read.meshes),
        "derived": {i: {k: value_json(m) for k, m in item.measures().items()} for i, item in derived.items()},
        "georeference": None if model.georeference is None else text(model.georeference),
        "facts": dict(facts_of(read.snapshot(Stage.AS_DESIGNED, 0))),
        "findings": [
            {"rule": f.rule, "severity": f.severity.value, "message": f.message, "hint": f.hint, "entity": f.entity,
             "line": f.line, "global_id": f.global_id}
            for f in read.findings
        ],
        "not_understood": dict(model.not_understood),
        "project": canonical_form(records[model.project_id]),
    }  # fmt: skip


def show(path: Path, read: Understood, found: Mapping[str, Any]) -> None:
    """Print an inspection for people."""
    print_table(path.name, ("", ""), _summary(read, found))
    storeys = [(s["name"], f"{s['elevation_m']:.3f}", s["spaces"], s["elements"], f"{s['floor_area_m2']:.1f}")
               for s in found["storeys"]]  # fmt: skip
    if storeys:
        print_table("Storeys", ("Name", "Elevation m", "Spaces", "Elements", "Floor m² (derived)"), storeys)
    by_count = sorted(found["classes"].items(), key=lambda item: (-item[1], item[0]))
    print_table("Classes", ("Class", "Count"), by_count[:MAX_SHOWN])
    _more(len(by_count), "classes")
    for title, key in (("Materials", "materials"), ("Property sets", "property_sets")):
        if found[key]:
            print_table(f"{title}: {len(found[key])}", ("Name", "Used"), list(found[key].items())[:_TOP])
    _show_findings(read)
    if found["not_understood"]:
        rows = list(found["not_understood"].items())
        print_table("Not understood", ("Class", "Count"), rows[:MAX_SHOWN])
    else:
        say("Not understood: nothing. Every statement of the file is in a record, or what a record is made of.")


_GROUPS = ("IfcZone", "IfcSystem", "IfcDistributionSystem", "IfcBuildingSystem", "IfcGroup", "IfcSpatialZone")


def _summary(read: Understood, found: Mapping[str, Any]) -> list[tuple[str, object]]:
    place = read.model.georeference
    stated = found["stated_quantities"]
    differing = sum(item.rule == "quantity.differs" for item in read.findings)
    return [
        ("Building", f"{found['name']} ({found['building_id']})"),
        ("Schema", f"{found['schema']}, read as {found['read_as']}"),
        ("View", found["view"] or "not stated"),
        ("Written by", f"{found['originating_system'] or 'not stated'}, {found['time_stamp'] or 'no time'}"),
        ("Length unit", f"{found['length_unit_m']:g} m"),
        ("Elements", found["elements"]),
        ("With geometry", f"{found['meshes']} ({counts(found['geometry'])})" if found["meshes"] else 0),
        ("Groups", counts(found["groups"]) or "none"),
        ("Height", f"{text(found['facts']['height_m'])} m"),
        ("Stated quantities", f"on {stated} elements, {differing} differ from the geometry" if stated else "none"),
        ("Place", "not given" if place is None else f"{place.crs or 'CRS not stated'}, by {place.source}"),
    ]


def _show_findings(read: Understood) -> None:
    if not read.findings:
        say("Findings: none.")
        return
    rows = [
        (f.severity.value, " ".join(filter(None, (f.entity, f.global_id))), f.line, f.message, f.hint)
        for f in read.findings[:MAX_SHOWN]
    ]
    print_table(f"Findings: {len(read.findings)}", ("", "Where", "Line", "What", "What to do"), rows)
    _more(len(read.findings), "findings")


def _more(count: int, what: str) -> None:
    if count > MAX_SHOWN:
        say(f"{count - MAX_SHOWN} more {what}: --json lists them all.")


def _spaces(records: Mapping[str, ElementRecord]) -> list[str]:
    return [i for i, record in records.items() if record.ifc_class == "IfcSpace"]


def _storeys(records: Mapping[str, ElementRecord], areas_m2: Mapping[str, float]) -> list[dict[str, Any]]:
    held: dict[str, list[ElementRecord]] = defaultdict(list)
    for i, record in records.items():
        storey = storey_of(i, records)
        if storey is not None and storey != i:
            held[storey].append(record)
    return [
        {
            "global_id": storey.global_id,
            "name": storey.name,
            "elevation_m": storey.elevation_m,
            "spaces": sum(record.ifc_class == "IfcSpace" for record in held[storey.global_id]),
            "elements": sum(record.ifc_class != "IfcSpace" for record in held[storey.global_id]),
            "floor_area_m2": round(sum(areas_m2.get(record.global_id, 0.0) for record in held[storey.global_id]), 3),
        }
        for storey in storeys_of(records)
    ]


def _geometry(meshes: MeshSet) -> dict[str, int]:
    return {**_counted(mesh.kernel.value for mesh in meshes), "triangles": sum(len(mesh.faces) for mesh in meshes)}


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(name for name in names if name).most_common())
