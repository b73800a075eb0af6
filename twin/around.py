"""The buildings around one that has no version yet: what a check of an upload looks at beyond its own walls."""

from collections.abc import Sequence
from typing import Protocol

from ifc import Georeference, ReadFinding, Severity
from twin.district import CRS, Bounds, MapFootprint, Placement, axes_swapped, footprint_on_map, in_estonia, place
from twin.errors import InvalidInput
from twin.snapshot import Snapshot

NEIGHBOUR_RADIUS_M = 100.0  # the farthest that a rule of distance looks
GIVEN_SOURCE = "request"  # of a georeference that was given with a request
GIVEN = ReadFinding(
    "georeference.given",
    Severity.WARNING,
    "The place on the map was given with the request; the file does not say it.",
    "Set the map conversion in the authoring tool.",
)


PlaceNumbers = tuple[float, float, float, float]  # easting, northing, EH2000 height, rotation in degrees


class MapBody(Protocol):
    """A building on the map."""

    @property
    def building_id(self) -> str:
        """Return the building."""

    @property
    def footprint(self) -> MapFootprint:
        """Return its outline."""


class KnownBuildings(Protocol):
    """The buildings of a district."""

    def models(self) -> Sequence[MapBody]:
        """Return those with a model."""

    def context(self, bounds: Bounds | None = None) -> Sequence[MapBody]:
        """Return those without one, in a box."""


def given_place(easting_m: float, northing_m: float, height_m: float, rotation_deg: float = 0.0) -> Placement:
    """Return a place on the map that the asker states: of the model's origin, in EPSG:3301 and EH2000.

    Raises:
        InvalidInput: (place) it lies outside Estonia; (georeference) a number is not finite.
    """
    stated = Georeference(GIVEN_SOURCE, CRS, "EH2000", easting_m, northing_m, height_m, rotation_deg)
    if not in_estonia(stated):
        swapped = " The two stand in each other's place." if axes_swapped(stated) else ""
        raise InvalidInput(
            f"The place given lies outside Estonia: easting {easting_m:.1f} m, northing {northing_m:.1f} m.{swapped}",
            reason="place",
            hint="Give easting, northing, height and rotation, in metres of EPSG:3301 and degrees.",
        )
    placed = place(stated)
    if not placed.trusted:
        raise InvalidInput(
            f"The place given cannot be used: {placed.findings[0].message}",
            reason="place",
            hint=placed.findings[0].hint,
        )
    return Placement(stated, (*placed.findings, GIVEN))


def place_numbers(text: str) -> PlaceNumbers:
    """Return easting, northing, height and rotation of a place that is stated as text, for `given_place`.

    Raises:
        InvalidInput: (place) they are no numbers, or lie outside Estonia.
    """
    try:
        east, north, height, rotation = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput(
            "The place is not four numbers.", reason="place", hint="Such as 540000,6580000,32.5,0."
        ) from error
    given_place(east, north, height, rotation)
    return east, north, height, rotation


def neighbours_of(
    snapshot: Snapshot, placement: Placement | None, known: KnownBuildings
) -> tuple[MapFootprint, ...] | None:
    """Return the other buildings around a building; None if it has no trusted place, or nobody knows any building.

    Args:
        snapshot: The building.
        placement: Where it stands by the asker; None takes what the file says.
        known: The buildings of the district.
    """
    try:
        own = footprint_on_map(snapshot, placement or _by_file(snapshot))
    except InvalidInput:
        return None
    models = known.models()
    if own is None or not (models or known.context(None)):
        return None
    west, south, east, north = own.shape.bounds
    r = NEIGHBOUR_RADIUS_M
    near = known.context((west - r, south - r, east + r, north + r))
    return tuple(item.footprint for item in (*models, *near) if item.building_id != own.building_id)


def _by_file(snapshot: Snapshot) -> Placement | None:
    found = place(snapshot.georeference) if snapshot.georeference is not None else None
    return found if found is not None and found.trusted else None
