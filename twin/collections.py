"""Everything that has a place on the map as collections of items: buildings, storeys, spaces, parcels, points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from twin.catalogue import Catalogue, Version
from twin.city import City
from twin.city_bodies import told
from twin.district import Area, Body, Parcel
from twin.errors import NotFound
from twin.layers import Layers
from twin.live import LiveWing
from twin.plain_properties import has, plain_names
from twin.plans import SPACES, STOREYS, Plans

BUILDINGS, PARCELS, POINTS = "buildings", "parcels", "points"
COLLECTIONS: Mapping[str, tuple[str, str]] = {
    BUILDINGS: ("Buildings", "Footprints with ground and height (EH2000), of models and of the imported city"),
    STOREYS: ("Storeys", "Outlines of the storeys of models"),
    SPACES: ("Spaces", "Floors of the rooms of models"),
    PARCELS: ("Parcels", "Cadastral units"),
    POINTS: ("Points", "Sensors, meters, actuators and setpoints; in the room or on the building they are bound to"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a collection.

    Attributes:
        item_id: Its identifier, unique in the collection.
        geometry: EPSG:3301, or None if it has no place on the map.
        properties: What is known of it.
    """

    item_id: str
    geometry: BaseGeometry | None
    properties: Mapping[str, Any]


class Collections:
    """Reads collections from the stores of the twin."""

    def __init__(self, catalogue: Catalogue, city: City, plans: Plans, layers: Layers, live: LiveWing) -> None:
        self._catalogue = catalogue
        self._city = city
        self._plans = plans
        self._layers = layers
        self._live = live

    def page(
        self, name: str, area: Area | None, limit: int, offset: int, where: Mapping[str, str] | None = None
    ) -> tuple[list[Item], int]:
        """Return a page of a collection and how many items there are in all.

        Args:
            name: One of `COLLECTIONS`.
            area: Items that touch it (EPSG:3301); None for all.
            limit: Most items.
            offset: How many to pass over.
            where: Properties that the items shall have, as texts by name.

        Raises:
            NotFound: (collection) there is none of that name.
        """
        if name == BUILDINGS:
            bodies, total = self._city.listed(limit, offset, area, where or {})
            return [_building(body) for body in bodies], total
        found = [item for item in self._all(name) if has(item.properties, where or {})]
        if area is not None and found:
            shapely.prepare(area)
            hits = shapely.intersects(area, [item.geometry for item in found])
            found = [item for item, hit in zip(found, hits, strict=True) if hit]
        return found[offset : offset + limit], len(found)

    def properties(self, name: str) -> list[str]:
        """Return the names of the properties of a collection that hold plain values, in alphabetical order.

        Raises:
            NotFound: (collection) there is none of that name.
        """
        if name == BUILDINGS:
            return self._city.properties()
        return plain_names(item.properties for item in self._all(name))

    def item(self, name: str, item_id: str) -> Item:
        """Return one item.

        Raises:
            NotFound: (collection, building, feature) there is none.
        """
        if name == BUILDINGS:
            return _building(self._city.body(item_id))
        found = next((item for item in self._all(name) if item.item_id == item_id), None)
        if found is None:
            raise NotFound(
                "There is no such feature.",
                reason="feature",
                entity=item_id[:120],
                hint=f"Those that there are, are at /api/v1/ogc/collections/{name}/items.",
            )
        return found

    def bounds(self, name: str) -> tuple[float, float, float, float] | None:
        """Return the box around a collection in EPSG:3301, or None if nothing of it has a place."""
        if name == BUILDINGS:
            boxes = [body.shape.bounds for body in self._city.models()]
            index = self._city.index()
            around = None if index is None else index.bounds()
            boxes += [] if around is None else [around]
        else:
            shapes = [item.geometry for item in self._all(name) if item.geometry is not None]
            boxes = [tuple(shapely.total_bounds(shapes).tolist())] if shapes else []
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)

    def _all(self, name: str) -> list[Item]:
        if name in (STOREYS, SPACES):
            return [_plan(version, row) for version in self._versions() for row in self._plans.of(version)[name]]
        if name == PARCELS:
            return [_parcel(p) for p in self._layers.parcels() or ()]
        if name == POINTS:
            return [item for version in self._versions() for item in self._points(version)]
        raise NotFound(
            "There is no such collection.",
            reason="collection",
            entity=name[:80],
            hint=f"There is: {', '.join(COLLECTIONS)}.",
        )

    def _versions(self) -> list[Version]:
        """Return the newest version of the furthest stage of each building."""
        return [self._catalogue.version(b.building_id, b.furthest) for b in self._catalogue.buildings() if b.latest]

    def _points(self, version: Version) -> list[Item]:
        points = self._live.points(version.key.building_id)
        if not points:
            return []
        rooms = {row["global_id"]: row["geometry"] for row in self._plans.of(version)[SPACES]}
        whole = version.facts.get("footprint")
        found = []
        for point in points:
            room = rooms.get(point.space or "") or rooms.get(point.global_id)
            area = room or whole
            spot = None if area is None else shape(area).representative_point()
            known = {k: v for k, v in point.as_json().items() if k != "range"}
            known["position"] = "space" if room else "building"
            found.append(Item(f"{point.building_id}.{point.point_id}", spot, known))
        return found


def _building(body: Body) -> Item:
    return Item(body.building_id, body.shape, told(body))


def _plan(version: Version, row: Mapping[str, Any]) -> Item:
    key = version.key
    known = {"building_id": key.building_id, "stage": key.stage.value, "version": key.number}
    known |= {name: value for name, value in row.items() if name != "geometry"}
    geometry = None if row["geometry"] is None else shape(row["geometry"])
    return Item(f"{key.building_id}.{row['global_id']}", geometry, known)


def _parcel(parcel: Parcel) -> Item:
    known = {"address": parcel.address, "area_m2": parcel.area_m2, "land_use": parcel.land_use}
    return Item(parcel.cadastral_number, parcel.shape, {"cadastral_number": parcel.cadastral_number, **known})
