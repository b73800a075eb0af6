"""What of the map goes into the graph: buildings with and without a model, parcels, plan areas, and how they lie."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely import STRtree

from graph import CITY, CityLink, CityNode, EdgeType, GraphStore, Label, Property, city_batch, city_id
from twin.catalogue import Catalogue
from twin.city import City
from twin.district import Body, Parcel, PlanArea, shared_wall_m
from twin.layers import Layers

REVISION = 1  # of what a projection of the city holds; a graph with another one is written anew
NEAR_M = 50.0  # of pairs that become an edge: a rule of distance looks no farther, and a dense city has few pairs
TOUCHING_M = 0.1  # between two surveys of one party wall
MIN_SHARE = 0.01  # of a footprint on a parcel; less is a boundary drawn twice

# Property of the node -> names under which models, CityJSON files and registers give it
_KNOWN: dict[str, tuple[str, ...]] = {
    "name": ("name", "nimi"),
    "address": ("address", "aadress", "taisaadress"),
    "storeys_above": ("storeys_above", "storeysAboveGround", "korruseid"),
    "use": ("use", "function", "kasutusotstarve"),
    "year": ("year", "yearOfConstruction", "esmane_kasutus"),
}


class CityProjection:
    """Keeps the city in the graph in line with the layers and the models, when somebody asks.

    Args:
        graph: The engine.
        city: Buildings on the map.
        layers: Parcels and plan areas.
        catalogue: The models.
    """

    def __init__(self, graph: GraphStore, city: City, layers: Layers, catalogue: Catalogue) -> None:
        self._graph = graph
        self._city = city
        self._layers = layers
        self._catalogue = catalogue
        self._making = threading.Lock()

    def ensure(self) -> bool:
        """Bring the city of the graph in line and return whether it had to be written."""
        with self._making:
            state, held = self._state(), self._graph.held(CITY)
            if held is not None and held.content_sha256 == state:
                return False
            bodies, parcels = self._city.bodies(), self._layers.parcels() or ()
            plan = self._layers.plan()
            areas = plan.areas if plan is not None else ()
            nodes = [*map(_building, bodies), *map(_parcel, parcels), *_plan_nodes(areas)]
            links = [*_near(bodies), *_stands_on(bodies, parcels), *_applies_to(areas, parcels)]
            self._graph.replace(city_batch(state, nodes, links))
            return True

    def drop(self) -> None:
        """Take the city out of the graph; it comes back when somebody asks."""
        with self._making:
            self._graph.remove(CITY)

    def _state(self) -> str:
        models = [
            [b.building_id, b.name, b.address, sorted((stage.value, n) for stage, n in b.latest.items())]
            for b in self._catalogue.buildings()
        ]
        text = json.dumps([REVISION, sorted(self._layers.digests().items()), models], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _building(body: Body) -> CityNode:
    properties: dict[str, Property | None] = {
        "source": body.source,
        "height_m": _rounded(body.height_m),
        "ground_m": _rounded(body.ground_m),
        "footprint_m2": _rounded(body.shape.area),
    }
    for name, candidates in _KNOWN.items():
        values = (body.properties.get(candidate) for candidate in candidates)
        properties[name] = next((v for v in values if isinstance(v, str | int | float) and v != ""), None)
    return CityNode(Label.CITY_BUILDING, body.building_id, properties)


def _parcel(parcel: Parcel) -> CityNode:
    properties = {"address": parcel.address, "area_m2": parcel.area_m2, "land_use": parcel.land_use}
    return CityNode(Label.PARCEL, parcel.cadastral_number, properties)


def _plan_nodes(areas: Sequence[PlanArea]) -> Iterator[CityNode]:
    for number, area in enumerate(areas):
        properties: dict[str, Property | None] = {
            "plan_id": area.plan_id,
            "name": area.plan_name,
            "max_height_m": area.max_height_m,
            "max_storeys": area.max_storeys,
            "max_footprint_m2": area.max_footprint_m2,
            "max_buildings": area.max_buildings,
        }
        yield CityNode(Label.PLAN_AREA, _area_name(number, area), properties)


def _area_name(number: int, area: PlanArea) -> str:
    return f"{area.plan_id}/{number}"  # a plan has several areas, and the file gives them no name


def _near(bodies: Sequence[Body]) -> Iterator[CityLink]:
    shapes = np.array([body.shape for body in bodies], dtype=object)
    if not len(shapes):
        return
    first, second = STRtree(shapes).query(shapes, predicate="dwithin", distance=NEAR_M)
    once = first < second
    first, second = first[once], second[once]
    distances = shapely.distance(shapes[first], shapes[second])
    for a, b, distance in zip(first, second, distances, strict=True):
        properties: dict[str, Property] = {"distance_m": round(float(distance), 3)}
        wall = shared_wall_m(bodies[a].shape, bodies[b].shape, TOUCHING_M) if distance <= TOUCHING_M else 0.0
        if wall > 0:
            properties["shared_wall_m"] = round(wall, 3)
        ends = sorted(city_id(Label.CITY_BUILDING, bodies[i].building_id) for i in (a, b))
        yield CityLink(EdgeType.NEAR, ends[0], ends[1], properties)


def _stands_on(bodies: Sequence[Body], parcels: Sequence[Parcel]) -> Iterator[CityLink]:
    if not parcels:
        return
    tree = STRtree([parcel.shape for parcel in parcels])
    for body in bodies:
        for index in tree.query(body.shape, predicate="intersects"):
            share = float(shapely.intersection(body.shape, parcels[index].shape).area) / body.shape.area
            if share >= MIN_SHARE:
                source = city_id(Label.CITY_BUILDING, body.building_id)
                target = city_id(Label.PARCEL, parcels[index].cadastral_number)
                yield CityLink(EdgeType.STANDS_ON, source, target, {"share": round(share, 4)})


def _applies_to(areas: Sequence[PlanArea], parcels: Sequence[Parcel]) -> Iterator[CityLink]:
    """Yield the parcels of each plan area: the one that it names, else those that it covers."""
    for number, area in enumerate(areas):
        source = city_id(Label.PLAN_AREA, _area_name(number, area))
        for parcel in parcels:
            named = area.cadastral_number == parcel.cadastral_number
            if named or (not area.cadastral_number and shapely.intersects(area.shape, parcel.shape)):
                yield CityLink(EdgeType.APPLIES_TO, source, city_id(Label.PARCEL, parcel.cadastral_number), {})


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
