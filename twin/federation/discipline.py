"""Which discipline a model belongs to: by the words in its file name, else by the classes in it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import PurePath

from ifc import ElementRecord, band_of


class Discipline(StrEnum):
    """The discipline of a model."""

    ARCHITECTURE = "architecture"
    STRUCTURE = "structure"
    HVAC = "HVAC"
    PLUMBING = "plumbing"
    ELECTRICAL = "electrical"
    LANDSCAPING = "landscaping"


_BEGINNINGS: Mapping[str, Discipline] = {  # of a word in a file name
    "arch": Discipline.ARCHITECTURE,
    "arhitekt": Discipline.ARCHITECTURE,
    "struct": Discipline.STRUCTURE,
    "konstruk": Discipline.STRUCTURE,
    "hvac": Discipline.HVAC,
    "heating": Discipline.HVAC,
    "ventil": Discipline.HVAC,
    "kytte": Discipline.HVAC,
    "plumb": Discipline.PLUMBING,
    "sanitary": Discipline.PLUMBING,
    "elect": Discipline.ELECTRICAL,
    "elekter": Discipline.ELECTRICAL,
    "elektri": Discipline.ELECTRICAL,
    "landsc": Discipline.LANDSCAPING,
    "maastik": Discipline.LANDSCAPING,
}
_WORDS: Mapping[str, Discipline] = {  # short marks of Estonian and English file names
    "ar": Discipline.ARCHITECTURE,
    "ek": Discipline.STRUCTURE,
    "str": Discipline.STRUCTURE,
    "kv": Discipline.HVAC,
    "kvj": Discipline.HVAC,
    "vk": Discipline.PLUMBING,
    "el": Discipline.ELECTRICAL,
    "elec": Discipline.ELECTRICAL,
    "ma": Discipline.LANDSCAPING,
}
_BY_BAND: Mapping[str, Discipline] = {
    "structure": Discipline.STRUCTURE,
    "architecture": Discipline.ARCHITECTURE,
    "furniture": Discipline.ARCHITECTURE,
    "spaces": Discipline.ARCHITECTURE,
    "services": Discipline.HVAC,
    "site": Discipline.LANDSCAPING,
}
_BY_CLASS: Mapping[str, Discipline] = {  # beginnings of classes that say more than their band
    "IfcCable": Discipline.ELECTRICAL,
    "IfcElectric": Discipline.ELECTRICAL,
    "IfcLight": Discipline.ELECTRICAL,
    "IfcLamp": Discipline.ELECTRICAL,
    "IfcOutlet": Discipline.ELECTRICAL,
    "IfcSwitchingDevice": Discipline.ELECTRICAL,
    "IfcProtectiveDevice": Discipline.ELECTRICAL,
    "IfcJunctionBox": Discipline.ELECTRICAL,
    "IfcAlarm": Discipline.ELECTRICAL,
    "IfcSanitary": Discipline.PLUMBING,
    "IfcWaste": Discipline.PLUMBING,
    "IfcInterceptor": Discipline.PLUMBING,
}
_NO_VOTE = frozenset(
    {"IfcProject", "IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcOpeningElement", "IfcGrid", "IfcAnnotation"}
)


def discipline_of(file_name: str, records: Iterable[ElementRecord]) -> Discipline:
    """Return the discipline of a model.

    A word in the file name decides. Without one, a model with spaces is architecture; any other belongs to the
    discipline of most of its placed elements, and what has none is architecture.
    """
    named = _by_name(file_name)
    if named is not None:
        return named
    votes: Counter[Discipline] = Counter()
    for record in records:
        if record.ifc_class == "IfcSpace":
            return Discipline.ARCHITECTURE
        if record.placement is not None and record.ifc_class not in _NO_VOTE:
            votes[_by_class(record.ifc_class)] += 1
    order = list(Discipline)
    return max(votes, key=lambda item: (votes[item], -order.index(item)), default=Discipline.ARCHITECTURE)


def _by_name(file_name: str) -> Discipline | None:
    for word in re.split(r"[\W_\d]+", PurePath(file_name).stem.lower()):
        found = _WORDS.get(word) or next((d for start, d in _BEGINNINGS.items() if word.startswith(start)), None)
        if found is not None:
            return found
    return None


def _by_class(ifc_class: str) -> Discipline:
    special = next((d for start, d in _BY_CLASS.items() if ifc_class.startswith(start)), None)
    return special or _BY_BAND[band_of(ifc_class)]
