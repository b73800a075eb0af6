"""Whatever the parser's own utilities report of a file is in the records, numbers in SI."""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.util.element
import ifcopenshell.util.unit
import pytest

from ifc import ElementRecord, Measure, read_model
from ifc.gate import admit

pytestmark = pytest.mark.models

NAMES = (
    "acca_telecom_4x3.ifc",
    "advanced_brep_8_ifc4.ifc",
    "b03_heating_with_building_ifc4.ifc",
    "bimwhale_tall_building_2x3.ifc",
    "doubleguids_2x3.ifc",
    "duplex_arch_2x3.ifc",
    "duplex_electrical_2x3.ifc",
    "example_hom_ifc4.ifc",
    "fzk_haus_ac20_ifc4.ifc",
    "georef_blank_mapconv_ifc4.ifc",
    "jp_ac16_sjis_2x3.ifc",
    "jp_revit2013_unicode_2x3.ifc",
    "openhouse_ifc4.ifc",
    "pcert_building_architecture_4x3.ifc",
    "pcert_building_hvac_4x3.ifc",
    "pcert_building_landscaping_4x3.ifc",
    "pcert_building_structural_4x3.ifc",
    "revit_quantities_2x3.ifc",
    "rotated_studs_ifc4.ifc",
    "three_rooms_sb_ifc4.ifc",
    "vogel_2xfinal.ifc",
    "schependomlaan/schep_breedplaatvloeren_2x3.ifc",
    "schependomlaan/schep_kalkzandsteen_2x3.ifc",
    "schependomlaan/schep_kanaalplaatvloer_2x3.ifc",
    "schependomlaan/schep_kapconstructie_2x3.ifc",
    "schependomlaan/schep_lateien_2x3.ifc",
    "schependomlaan/schep_linden_kozijnen_2x3.ifc",
    "schependomlaan/schep_prefab_balkons_2x3.ifc",
    "schependomlaan/schep_prefab_trappen_2x3.ifc",
    "schependomlaan/schep_staal_2x3.ifc",
    "schependomlaan/schep_traphekken_2x3.ifc",
    "schependomlaan/schep_vebo_prefab_2x3.ifc",
)
LARGE = (
    "great_court_roof_2x3.ifc",
    "janesville_restaurant_2x3.ifc",
    "schependomlaan/schep_houten_kozijnen_2x3.ifc",
)
IDS_STEP = 6  # every sixth file of the corpus: all kinds of facets, a few seconds
KELVIN = -273.15


def opened(path: Path) -> Any:
    """Return the file as the parser reads it, its schema token replaced by one that the parser knows."""
    return ifcopenshell.file.from_string(admit(path).data.decode())


class Scales:
    """Factors to SI of the units of a file, by the parser's utilities."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._known: dict[str, float | None] = {}

    def of(self, kind: str) -> float | None:
        """Return the factor of an IFC measure; None where the utilities know none."""
        if kind not in self._known:
            name = ifcopenshell.util.unit.get_measure_unit_type(kind)
            unit = ifcopenshell.util.unit.get_project_unit(self._file, name) if name else None
            simple = unit is not None and unit.is_a() in ("IfcSIUnit", "IfcConversionBasedUnit")
            wanted = simple and name != "THERMODYNAMICTEMPERATUREUNIT" and name != "MASSUNIT"
            self._known[kind] = ifcopenshell.util.unit.calculate_unit_scale(self._file, name) if wanted else None
        return self._known[kind]


def agree(ours: object, theirs: object, scales: Scales) -> bool:
    """Tell whether a value of a record is what the utilities report."""
    if isinstance(ours, Measure):
        if isinstance(theirs, bool) or not isinstance(theirs, int | float):
            return False
        factor = 1.0 if ours.unit == "1" else scales.of(ours.kind)
        if factor is None:  # derived units, offsets: at least the order of the numbers must be one of them
            return ours.value == pytest.approx(theirs) or ours.unit not in ("m", "m2", "m3", "rad")
        return math.isclose(ours.value, theirs * factor, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(ours, tuple):
        same = isinstance(theirs, list | tuple) and len(theirs) == len(ours)
        return same and all(agree(a, b, scales) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, dict):
        return isinstance(theirs, dict) or theirs is None or ifcopenshell.entity_instance is type(theirs)
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-12)
    return ours == theirs


def reported(file: Any) -> Iterator[tuple[str, str | None, str, object]]:
    """Yield GlobalId, set, name and value of everything that the utilities report, own units left out."""
    for element in file.by_type("IfcObjectDefinition"):
        for name, content in ifcopenshell.util.element.get_psets(element, should_inherit=False).items():
            yield from ((element.GlobalId, name, key, value) for key, value in content.items() if key != "id")


def units_of_their_own(file: Any) -> set[tuple[str, str]]:
    """Return set and property names whose values carry a unit of their own."""
    found = set()
    for holder, members in (("IfcPropertySet", "HasProperties"), ("IfcElementQuantity", "Quantities")):
        for one in file.by_type(holder):
            items = getattr(one, members) or ()
            found |= {(one.Name, item.Name) for item in items if getattr(item, "Unit", None) is not None}
    return found


def _same_set(label: str, name: str | None) -> bool:
    """Tell whether a set of a record is the one that the utilities call `name`; sets without one have their class."""
    return label.startswith("Ifc") or not label if name is None else label.split("~")[0] == name


def compare(path: Path) -> int:
    """Compare everything and return how many values were compared."""
    file, model = opened(path), read_model(path)
    families: dict[str, list[ElementRecord]] = {}
    for record in model.records:
        families.setdefault(record.global_id.split("~")[0], []).append(record)
    counted = Counter(element.is_a() for element in file.by_type("IfcObjectDefinition"))
    assert Counter(record.ifc_class for record in model.records) == counted
    shifted = any(finding.rule == "encoding.shift-jis" for finding in model.findings)
    scales, own, seen = Scales(file), units_of_their_own(file), 0
    for identity, name, key, value in reported(file):
        if shifted or (name, key) in own:
            continue
        seen += 1
        candidates = [{**r.property_sets, **r.quantity_sets} for r in families[identity]]
        found = [content for sets in candidates for label, content in sets.items() if _same_set(label, name)]
        values = [item for content in found for label, item in content.items() if label.split("~")[0] == key]
        assert any(agree(item, value, scales) for item in values), (identity, name, key, value, values)
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_records_hold_what_the_utilities_report(models_dir: Path, name: str) -> None:
    compare(models_dir / name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_records_of_large_models_hold_what_the_utilities_report(models_dir: Path, name: str) -> None:
    assert compare(models_dir / name) > 10_000 or name.startswith("great")


def test_every_model_is_compared(models_dir: Path) -> None:
    present = {path.relative_to(models_dir).as_posix() for path in models_dir.rglob("*.ifc")}
    assert present == set(NAMES + LARGE)


def test_the_files_of_the_ids_corpus_too(conformance_dir: Path) -> None:
    files = [path for path in sorted(conformance_dir.glob("ids/**/*.ifc")) if b"IFCPROJECT(" in path.read_bytes()]
    assert len(files) > 100
    assert sum(compare(path) for path in files[::IDS_STEP]) > 10
