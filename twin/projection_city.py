"""What of the map goes into the graph: buildings with and without a model, parcels, plan areas, and how they lie."""

import hashlib
import itertools
import json
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from graph import (
    CITY,
    Asked,
    Batch,
    CityLink,
    CityNode,
    EdgeType,
    GraphStore,
    Label,
    PrivateGraph,
    Property,
    city_batch,
    city_id,
)
from twin.catalogue import Catalogue
from twin.city import City
from twin.district import Body, Bounds, Parcel, PlanArea, shared_wall_m
from twin.errors import NotFound
from twin.layers import Layers
from twin.projection_touching import touching_taller

REVISION = 1  # of what a projection of the city holds; a graph with another one is written anew
NEAR_M = 50.0  # of pairs that become an edge: a rule of distance looks no farther, and a dense city has few pairs
TOUCHING_M = 0.1  # between two surveys of one party wall
MIN_SHARE = 0.01  # of a footprint on a parcel; less is a boundary drawn twice
AT_ONCE = 2_000  # buildings that are projected while somebody waits: half a second

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
            self._graph.replace(_batch(state, self._city.bodies(), self._parcels(), self._areas()))
            return True

    def around(self, building_id: str) -> Asked:
        """Return what can be asked of the surroundings of one building, as the map is known now.

        That is the graph, unless layers or models of a large city changed since it was written. Then it is a graph in
        memory of that building, those near it, their land and its rights: nobody waits for a whole city.
        """
        current = self._current()
        return PrivateGraph([self._batch_around(building_id)]) if current is None else current

    def touching(self, text: str, limit: int) -> Asked:
        """Return what can be asked for the buildings with a text in their address that touch a taller one.

        That is the graph; or, as in `around`, a graph in memory of these buildings and the taller ones alone, one
        row more than `limit` if there are as many.
        """
        current = self._current()
        if current is not None:
            return current
        pairs = touching_taller(self._city, _KNOWN["address"], text, TOUCHING_M)
        linked = ((pair, _near_each_other(*pair)) for pair in pairs if _differ(*pair[:2]))
        walls = list(itertools.islice((item for item in linked if "shared_wall_m" in item[1].properties), limit + 1))
        bodies = {body.building_id: body for (a, b, _), _ in walls for body in (a, b)}
        return PrivateGraph([city_batch("", map(_building, bodies.values()), [link for _, link in walls])])

    def require(self, building_id: str) -> None:
        """Do nothing if a building has a place on the map.

        Raises:
            NotFound: (building) it has none.
        """
        self._city.body(building_id)

    def _current(self) -> GraphStore | None:
        """Return the graph if the city in it is in line, or can be brought in line while somebody waits."""
        index = self._city.index()
        if (0 if index is None else index.count()) <= AT_ONCE:
            self.ensure()
            return self._graph
        held = self._graph.held(CITY)
        return self._graph if held is not None and held.content_sha256 == self._state() else None

    def _batch_around(self, building_id: str) -> Batch:
        try:
            body = self._city.body(building_id)
        except NotFound:  # it has no place on the map: nothing is around it
            return _batch("", [], [], [])
        parcels = _meeting(self._parcels(), body)
        numbers = {parcel.cadastral_number for parcel in parcels}
        areas = [
            (number, area)
            for number, area in self._areas()
            if area.cadastral_number in numbers or not area.cadastral_number
        ]
        return _batch("", self._city.bodies(_box_around(body, parcels)), parcels, areas)

    def _parcels(self) -> Sequence[Parcel]:
        return self._layers.parcels() or ()

    def _areas(self) -> Sequence[tuple[int, PlanArea]]:
        """Return the plan areas and their places in the plan: the file gives them no name."""
        plan = self._layers.plan()
        return () if plan is None else list(enumerate(plan.areas))

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


def _batch(
    state: str, bodies: Sequence[Body], parcels: Sequence[Parcel], areas: Sequence[tuple[int, PlanArea]]
) -> Batch:
    nodes = [*map(_building, bodies), *map(_parcel, parcels), *_plan_nodes(areas)]
    return city_batch(state, nodes, [*_near(bodies), *_stands_on(bodies, parcels), *_applies_to(areas, parcels)])


def _meeting(parcels: Sequence[Parcel], body: Body) -> list[Parcel]:
    hits = np.flatnonzero(shapely.intersects(_shapes(parcels), body.shape))
    return [parcels[hit] for hit in hits.tolist()]


def _box_around(body: Body, parcels: Sequence[Parcel]) -> Bounds:
    """Return a box that holds all that stands near a body or on its land."""
    boxes = np.array([body.shape.bounds, *(parcel.shape.bounds for parcel in parcels)])
    west, south = (boxes[:, :2].min(axis=0) - NEAR_M).tolist()
    east, north = (boxes[:, 2:].max(axis=0) + NEAR_M).tolist()
    return west, south, east, north


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


def _plan_nodes(areas: Sequence[tuple[int, PlanArea]]) -> Iterator[CityNode]:
    for number, area in areas:
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
    shapes = _shapes(bodies)
    first, second = STRtree(shapes).query(shapes, predicate="dwithin", distance=NEAR_M)
    once = first < second
    first, second = first[once], second[once]
    distances = shapely.distance(shapes[first], shapes[second])
    for a, b, distance in zip(first.tolist(), second.tolist(), distances.tolist(), strict=True):
        yield _near_each_other(bodies[a], bodies[b], distance)


def _near_each_other(a: Body, b: Body, distance_m: float) -> CityLink:
    properties: dict[str, Property] = {"distance_m": round(distance_m, 3)}
    wall = shared_wall_m(a.shape, b.shape, TOUCHING_M) if distance_m <= TOUCHING_M else 0.0
    if wall > 0:
        properties["shared_wall_m"] = round(wall, 3)
    ends = sorted(city_id(Label.CITY_BUILDING, body.building_id) for body in (a, b))
    return CityLink(EdgeType.NEAR, ends[0], ends[1], properties)


def _differ(a: Body, b: Body) -> bool:
    return _rounded(a.height_m) != _rounded(b.height_m)


def _stands_on(bodies: Sequence[Body], parcels: Sequence[Parcel]) -> Iterator[CityLink]:
    houses, plots = _shapes(bodies), _shapes(parcels)
    on, under = STRtree(plots).query(houses, predicate="intersects")
    whole = shapely.covers(plots[under], houses[on])
    shares = np.ones(len(on))
    cut = np.flatnonzero(~whole)
    common = shapely.area(shapely.intersection(houses[on[cut]], plots[under[cut]]))
    shares[cut] = common / shapely.area(houses[on[cut]])
    for house, plot, share in zip(on.tolist(), under.tolist(), shares.tolist(), strict=True):
        if share >= MIN_SHARE:
            source = city_id(Label.CITY_BUILDING, bodies[house].building_id)
            target = city_id(Label.PARCEL, parcels[plot].cadastral_number)
            yield CityLink(EdgeType.STANDS_ON, source, target, {"share": round(share, 4)})


def _applies_to(areas: Sequence[tuple[int, PlanArea]], parcels: Sequence[Parcel]) -> Iterator[CityLink]:
    """Yield the parcels of each plan area: the one that it names, else those that it covers."""
    numbers = {parcel.cadastral_number for parcel in parcels}
    for number, area in areas:
        if area.cadastral_number in numbers:
            yield _applies(_area_name(number, area), area.cadastral_number)
    unnamed = [(number, area) for number, area in areas if not area.cadastral_number]
    shapes = _shapes([area for _, area in unnamed])
    over, under = STRtree(_shapes(parcels)).query(shapes, predicate="intersects")
    for area_at, parcel_at in zip(over.tolist(), under.tolist(), strict=True):
        yield _applies(_area_name(*unnamed[area_at]), parcels[parcel_at].cadastral_number)


def _applies(area: str, cadastral_number: str) -> CityLink:
    source, target = city_id(Label.PLAN_AREA, area), city_id(Label.PARCEL, cadastral_number)
    return CityLink(EdgeType.APPLIES_TO, source, target, {})


def _shapes(things: Sequence[Body] | Sequence[Parcel] | Sequence[PlanArea]) -> NDArray[np.object_]:
    found = np.empty(len(things), dtype=object)
    found[:] = [thing.shape for thing in things]
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
