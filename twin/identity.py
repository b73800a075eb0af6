"""Which building a model is about: register code, name, address."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ifc import ElementRecord, Value

EHR_CODE = re.compile(r"[12]\d{8}\Z")  # nine digits, the first 1 for a building and 2 for a civil work
_EHR_PROPERTY = "700_EHR-kood"  # ÜBN Annex 1, AR_Hoone


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model says of the building it is about.

    Attributes:
        building_id: The register code, else a temporary id made of the project's GlobalId.
        ehr_code: The register code, if the model has a well-formed one.
        name: Name of the building.
        address: Its address, or an empty string.
    """

    building_id: str
    ehr_code: str | None
    name: str
    address: str


def identify(records: Iterable[ElementRecord], project_id: str, given: str | None = None) -> Identity:
    """Return the identity of the building that `records` describe; `given` overrides its id."""
    wanted = [r for r in records if r.ifc_class in ("IfcBuilding", "IfcProject")]
    building = next((r for r in wanted if r.ifc_class == "IfcBuilding"), None)
    project = next((r for r in wanted if r.ifc_class == "IfcProject"), None)
    code = None if building is None else _ehr_code(building)
    temporary = "tmp-" + hashlib.sha256(project_id.encode()).hexdigest()[:10]
    return Identity(
        building_id=given or code or temporary,
        ehr_code=code,
        name=_name(building) or _name(project) or given or temporary,
        address=_address(building),
    )


def _ehr_code(building: ElementRecord) -> str | None:
    for values in building.property_sets.values():
        text = str(values.get(_EHR_PROPERTY) or "").strip()
        if EHR_CODE.match(text):
            return text
    return None


def _name(record: ElementRecord | None) -> str:
    if record is None:
        return ""
    long_name = record.attributes.get("LongName")
    return long_name if isinstance(long_name, str) and long_name else record.name


def _address(building: ElementRecord | None) -> str:
    if building is None:
        return ""
    return ", ".join(_texts(building.attributes.get("Address")))


def _texts(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, tuple):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, Mapping):
        wanted = ("AddressLines", "Town", "PostalCode")
        return [text for key in wanted if key in value for text in _texts(value[key])]
    return []
