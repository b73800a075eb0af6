"""Every real model loads, and loads completely."""

import io
import math
import pickle
from collections import Counter
from pathlib import Path

import ifcopenshell
import ifcopenshell.util.element
import ifcopenshell.util.unit
import pytest

from ifc import Measure, RelationKind, digest, read_file, read_model, read_records, write_records
from ifc.gate import admit
from ifc.step import StepText

pytestmark = pytest.mark.models

SMALL = (
    "duplex_arch_2x3.ifc",
    "fzk_haus_ac20_ifc4.ifc",
    "three_rooms_sb_ifc4.ifc",
    "pcert_building_architecture_4x3.ifc",
    "revit_quantities_2x3.ifc",
    "georef_blank_mapconv_ifc4.ifc",
)


def models(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ifc"))


@pytest.mark.slow
def test_every_model_loads_and_counts_agree_with_the_text(models_dir: Path) -> None:
    for path in models(models_dir):
        model = read_model(path)
        family = {name.upper() for name in _objects(model.header.schema)}
        counts = StepText(admit(path).data).counts
        expected = {name: count for name, count in counts.items() if name in family}
        assert Counter(record.ifc_class.upper() for record in model.records) == expected, path.name
        assert len({record.global_id for record in model.records}) == len(model.records), path.name
        known = model.by_id()
        assert all(link.target in known for record in model.records for link in record.relations), path.name
        assert all(finding.hint for finding in model.findings), path.name


def _objects(schema: str) -> set[str]:
    found, queue = set[str](), [ifcopenshell.schema_by_name(schema).declaration_by_name("IfcObjectDefinition")]
    while queue:
        declaration = queue.pop()
        found.add(declaration.name())
        queue += declaration.subtypes()
    return found


@pytest.mark.parametrize("name", SMALL)
def test_every_property_is_there(models_dir: Path, name: str) -> None:
    file = ifcopenshell.open(models_dir / name)
    scale = ifcopenshell.util.unit.calculate_unit_scale(file)
    records, seen = read_model(models_dir / name).by_id(), 0
    for element in file.by_type("IfcObjectDefinition"):
        record = records[element.GlobalId]
        ours = {**record.property_sets, **record.quantity_sets}
        for set_name, content in ifcopenshell.util.element.get_psets(element, should_inherit=False).items():
            for key, value in content.items():
                if key != "id":
                    seen += 1
                    assert _agree(ours[set_name][key], value, scale), (record.global_id, set_name, key, value)
    assert seen > 10


def _agree(ours: object, theirs: object, scale: float) -> bool:
    if isinstance(ours, Measure):
        if not isinstance(theirs, int | float):
            return False
        return ours.unit != "m" or math.isclose(ours.value, theirs * scale, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(ours, tuple):
        return isinstance(theirs, list) and len(theirs) == len(ours)
    return isinstance(theirs, dict) if isinstance(ours, dict) else ours == theirs


@pytest.mark.parametrize("name", SMALL)
def test_structure_and_types_agree_with_the_parser(models_dir: Path, name: str) -> None:
    file = ifcopenshell.open(models_dir / name)
    records = read_model(models_dir / name).by_id()
    for element in file.by_type("IfcProduct"):
        record = records[element.GlobalId]
        kind = ifcopenshell.util.element.get_type(element)
        assert record.targets(RelationKind.TYPED_BY) == ((kind.GlobalId,) if kind and kind != element else ())
        above = ifcopenshell.util.element.get_aggregate(element)
        assert record.targets(RelationKind.AGGREGATED_IN) == ((above.GlobalId,) if above else ())
    for element in file.by_type("IfcElement"):
        holder = ifcopenshell.util.element.get_container(element, should_get_direct=True)
        assert records[element.GlobalId].targets(RelationKind.CONTAINED_IN) == ((holder.GlobalId,) if holder else ())


@pytest.mark.parametrize("name", SMALL)
def test_placements_agree_with_the_parser(models_dir: Path, name: str) -> None:
    placement = pytest.importorskip("ifcopenshell.util.placement")
    file = ifcopenshell.open(models_dir / name)
    scale = ifcopenshell.util.unit.calculate_unit_scale(file)
    records = read_model(models_dir / name).by_id()
    for element in file.by_type("IfcProduct"):
        if element.ObjectPlacement is None:
            continue
        matrix = placement.get_local_placement(element.ObjectPlacement)
        matrix[:3, 3] *= scale
        assert records[element.GlobalId].placement == pytest.approx(matrix.flatten().tolist(), abs=1e-6)


@pytest.mark.parametrize("name", SMALL[:3])
def test_export_and_process_border_lose_nothing(models_dir: Path, name: str) -> None:
    model, stream = read_model(models_dir / name), io.StringIO()
    write_records(model, stream)
    stream.seek(0)
    back = read_records(stream)

    assert [digest(record) for record in back.records] == [digest(record) for record in model.records]
    assert pickle.loads(pickle.dumps(model)) == model


def test_the_child_reads_what_the_process_reads(models_dir: Path) -> None:
    path = models_dir / SMALL[0]

    assert read_file(path) == read_model(path)


def test_known_contents(models_dir: Path) -> None:
    duplex = read_model(models_dir / "duplex_arch_2x3.ifc")
    assert sum(1 for _ in duplex.of_class("IfcSpace")) == 21
    assert sum(len(record.targets(RelationKind.BOUNDS)) for record in duplex.records) > 200

    twins = read_model(models_dir / "doubleguids_2x3.ifc")
    assert {"guid.duplicate", "guid.invalid"} <= {item.rule for item in twins.findings}
    assert all(item.line for item in twins.findings if item.rule == "guid.duplicate")

    japanese = read_model(models_dir / "jp_ac16_sjis_2x3.ifc")
    assert "encoding.shift-jis" in {item.rule for item in japanese.findings}
    assert any("階" in record.name or "壁" in str(record) for record in japanese.records)

    old = read_model(models_dir / "vogel_2xfinal.ifc")
    assert (old.header.schema, old.header.declared_schema) == ("IFC2X3", "IFC2X_FINAL")
    assert "schema.approximated" in {item.rule for item in old.findings}

    heating = read_model(models_dir / "b03_heating_with_building_ifc4.ifc")
    ports = list(heating.of_class("IfcDistributionPort"))
    assert len(ports) == 464
    assert all(record.targets(RelationKind.NESTED_IN) for record in ports)
