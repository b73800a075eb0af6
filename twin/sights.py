"""What is seen from where: from a place or a window to a place or a building."""

import json

import numpy as np
from shapely import LineString

from twin.blobs import BlobStore
from twin.catalogue import Catalogue
from twin.city import City
from twin.district import MAX_SIGHT_M, Place, Placement, Sight, place, sight
from twin.errors import InvalidInput, NotFound

MOST_PASSED = 2_000  # buildings on one line; twenty kilometres of a dense street have some hundreds
WIDTH_M = 0.1  # of the strip in which buildings are looked for


class Sights:
    """Answers questions about sight lines.

    Args:
        catalogue: Buildings with a model.
        blobs: Keeps their scenes.
        city: All buildings.
    """

    def __init__(self, catalogue: Catalogue, blobs: BlobStore, city: City) -> None:
        self._catalogue = catalogue
        self._blobs = blobs
        self._city = city

    def between(self, eye: Place, mark: Place, own: tuple[str, ...] = ()) -> Sight:
        """Return what stands between an eye and a mark (EPSG:3301, EH2000).

        Args:
            eye: Easting, northing, height.
            mark: The same of what is looked at.
            own: Buildings that are passed over: those that the eye and the mark belong to.

        Raises:
            InvalidInput: (sight) both are one place on the map, or they are too far apart.
        """
        length = float(np.hypot(mark[0] - eye[0], mark[1] - eye[1]))
        if not 0 < length <= MAX_SIGHT_M:
            raise InvalidInput(
                f"Eye and mark are {length:.1f} m apart.",
                reason="sight",
                hint=f"More than nothing and at most {MAX_SIGHT_M:g} m.",
            )
        strip = LineString([eye[:2], mark[:2]]).buffer(WIDTH_M)
        bodies, _ = self._city.listed(MOST_PASSED, 0, strip)
        return sight(eye, mark, bodies, own)

    def window(self, building_id: str, global_id: str) -> Place:
        """Return the middle of an element of the newest version of a building on the map.

        Raises:
            NotFound: (building, element, place) there is no such thing, it has no geometry, or no place on the map.
        """
        building = self._catalogue.building(building_id)
        version = self._catalogue.version(building_id, building.furthest)
        elements = json.loads(self._blobs.get(version.scene_sha256))["elements"]
        if global_id not in elements["global_id"]:
            raise NotFound(
                "No such element has geometry.",
                reason="element",
                entity=global_id[:80],
                hint="Name a window of the newest version by building id / GlobalId.",
            )
        box = np.array(elements["bbox"][elements["global_id"].index(global_id)], dtype=np.float64)
        if version.georeference is None or not (on_map := _trusted(place(version.georeference))):
            raise NotFound(
                "The building has no place on the map.",
                reason="place",
                entity=building_id,
                hint="Load it again with a place, or set the map conversion in the authoring tool.",
            )
        east, north, height = on_map.to_map(((box[:3] + box[3:]) / 2)[None])[0].tolist()
        return east, north, height

    def top(self, building_id: str) -> Place:
        """Return the top of a building: the highest point over the middle of its footprint.

        Raises:
            NotFound: (building, height) there is none of that id, or its heights are not known.
        """
        body = self._city.body(building_id)
        if body.ground_m is None or body.height_m is None:
            raise NotFound(
                "The heights of the building are not known.",
                reason="height",
                entity=building_id[:80],
                hint="Give the mark as easting,northing,height.",
            )
        middle = body.shape.representative_point()
        return middle.x, middle.y, body.ground_m + body.height_m


def _trusted(placement: Placement) -> Placement | None:
    return placement if placement.trusted else None
