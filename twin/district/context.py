"""Buildings around the models: what an import of a city gives, and how they are matched to the models."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ifc import ReadFinding, Severity
from twin.district.sayable import mended
from twin.district.values import Area, MapFootprint

Scalar = str | int | float | bool | None

REGISTER_KEYS = ("ehr_code", "ehr_gid", "ehr_kood", "ehrkood", "EHR-kood", "700_EHR-kood", "ehrKood")
MIN_OVERLAP = 0.3  # of the union: below it a neighbour that touches would pass for the same building
SURE_OVERLAP = 0.5  # of the union: below it another building may be meant
FAR_M = 25.0  # between two outlines with one code; a part of a building stands nearer to the rest of it
MAX_FINDINGS = 1_000  # named one by one; a file with more is faulty as a whole, and the rest is counted
_REGISTER_CODE = re.compile(r"1\d{8}")


@dataclass(frozen=True, slots=True)
class ContextBuilding:
    """One building that is known by its outline and heights only.

    Attributes:
        building_id: Identifier in the imported file, unique in it.
        shape: Footprint in EPSG:3301.
        ground_m: Lowest height in EH2000 metres, or None if the file gives none.
        height_m: From the ground to the highest point in metres, or None.
        attributes: What the file and the register say of it.
    """

    building_id: str
    shape: Area
    ground_m: float | None
    height_m: float | None
    attributes: Mapping[str, Scalar]

    @property
    def register_code(self) -> str | None:
        """Return the EHR code that an attribute or the identifier gives, or None."""
        for value in (*(self.attributes.get(key) for key in REGISTER_KEYS), self.building_id):
            code = str(value).strip()
            if _REGISTER_CODE.fullmatch(code):
                return code
        return None


@dataclass(frozen=True, slots=True)
class CityContext:
    """What an import gave.

    Attributes:
        buildings: All usable buildings, each identifier once.
        findings: What was left out or doubted, at most `MAX_FINDINGS`.
        skipped: Number of buildings that were left out.
    """

    buildings: tuple[ContextBuilding, ...]
    findings: tuple[ReadFinding, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class Match:
    """A building of the context that is the same as one with a model.

    Attributes:
        context_id: The building of the context.
        building_id: The building with a model.
        by: ``register-code`` or ``footprint``.
        confidence: 0 to 1: common area over united area; a register code counts at least one half.
        doubt: One sentence on why they may be two, or an empty string.
    """

    context_id: str
    building_id: str
    by: str
    confidence: float
    doubt: str = ""


class Findings:
    """Findings in the making; keeps the first `MAX_FINDINGS` and counts what is left out."""

    def __init__(self) -> None:
        self.skipped = 0
        self._found: list[ReadFinding] = []

    def skip(self, rule: str, message: str, entity: str, hint: str = "", line: int | None = None) -> None:
        """Note that a building or row was left out."""
        self.skipped += 1
        self._add(ReadFinding(rule, Severity.ERROR, message, hint, entity=entity[:120], line=line))

    def warn(
        self, rule: str, message: str, hint: str = "", entity: str | None = None, line: int | None = None
    ) -> None:
        """Note a doubt about something that was used all the same."""
        self._add(ReadFinding(rule, Severity.WARNING, message, hint, entity=entity, line=line))

    def all(self) -> tuple[ReadFinding, ...]:
        """Return the findings."""
        return tuple(self._found)

    def _add(self, finding: ReadFinding) -> None:
        if len(self._found) < MAX_FINDINGS:
            entity = None if finding.entity is None else mended(finding.entity)
            self._found.append(replace(finding, message=mended(finding.message), entity=entity))


def overlap_share(a: Area, b: Area) -> float:
    """Return the common area of two footprints over their united area, 0 to 1."""
    common = float(a.intersection(b).area)
    united = float(a.area + b.area) - common
    return common / united if united > 0 else 0.0


def match_building(
    model: MapFootprint, by_code: Sequence[ContextBuilding], around: Sequence[ContextBuilding]
) -> tuple[Match, ...]:
    """Return the buildings of the context that are the building of a model.

    Args:
        model: Outline of the building with a model; its id is compared with register codes.
        by_code: Buildings of the context with the register code of the model.
        around: Buildings of the context near the model.

    Returns:
        All with the same register code; if there is none, the one with the largest overlap of `MIN_OVERLAP` or more.
    """
    if by_code:
        return tuple(_by_code(model, context) for context in by_code)
    shares = [(overlap_share(c.shape, model.shape), c.building_id) for c in around if _may_be(c, model)]
    share, name = max(shares, default=(0.0, ""))
    if share < MIN_OVERLAP:
        return ()
    doubt = "" if share >= SURE_OVERLAP else f"Only {share:.0%} of the two outlines together is common to them."
    return (Match(name, model.building_id, "footprint", _rounded(share), doubt),)


def _by_code(model: MapFootprint, context: ContextBuilding) -> Match:
    share, away_m = overlap_share(context.shape, model.shape), float(context.shape.distance(model.shape))
    doubt = f"It has the code of the model and stands {away_m:.0f} m away from it." if away_m > FAR_M else ""
    return Match(context.building_id, model.building_id, "register-code", _rounded(max(0.5, share)), doubt)


def with_register(
    buildings: Iterable[ContextBuilding], register: Mapping[str, Mapping[str, Scalar]]
) -> Iterator[ContextBuilding]:
    """Yield buildings with the attributes that the register gives for their codes; the register wins."""
    for building in buildings:
        known = register.get(building.register_code or "")
        yield replace(building, attributes={**building.attributes, **known}) if known else building


def _may_be(context: ContextBuilding, model: MapFootprint) -> bool:
    """Say whether no register code speaks against it: two different codes are two buildings."""
    code = context.register_code
    return code is None or code == model.building_id or not _REGISTER_CODE.fullmatch(model.building_id)


def _rounded(share: float) -> float:
    return round(share, 3)
