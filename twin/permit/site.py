"""Where the building stands: footprint, ground, height, storeys, its place in the plan."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from ifc import ElementRecord, Kernel, Mesh
from twin.district import (
    Area,
    MapFootprint,
    Parcel,
    Placement,
    PlanArea,
    counts_in_footprint,
    footprint,
    parcel_of,
    place,
)
from twin.errors import InvalidInput
from twin.permit.sentences import Sentence, say
from twin.permit.view import BuildingView, as_number

PERIMETER_STEP_M = 1.0  # ground is read at this spacing along the outline
PLACE_DOUBTS = {  # of a place that is used all the same
    "georeference.crs-missing": say("The file does not name its map system; EPSG:3301 is assumed."),
    "georeference.height": say("The height of the origin is not a ground height in Estonia."),
    "georeference.given": say("The place on the map was given with the request; the file does not say it."),
}
ROOF_CLASSES = ("IfcRoof",)
ABOVE_GROUND = ("AR_Korrus.070_Maapealne", "Pset_BuildingStoreyCommon.AboveGround")
COUNTS_AS_STOREY = ("AR_Korrus.710_Määrusejärgne-korrus",)


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground level around the building.

    Attributes:
        z_m: Level in model coordinates, metres.
        doubt: How it was taken.
        certain: Whether it comes from terrain or a declared level, not from a guess.
    """

    z_m: float
    doubt: Sentence | None
    certain: bool


@dataclass(frozen=True, slots=True)
class Storeys:
    """The storeys above ground: their records, and how they were told.

    Attributes:
        above: The counted storeys.
        unknown: Storeys of which the model does not say whether they lie above ground.
        doubt: How they were counted.
    """

    above: tuple[ElementRecord, ...]
    unknown: tuple[ElementRecord, ...]
    doubt: Sentence | None


class Site:
    """Look-ups about the building as a whole."""

    def __init__(self, view: BuildingView) -> None:
        self._view = view

    @cached_property
    def footprint(self) -> Area | None:
        """Return the outline of the building's body in model coordinates."""
        return footprint(self._view.context.snapshot)

    @cached_property
    def boxes(self) -> int:
        """Return how many elements of the body are shown by a box because their own geometry could not be made."""
        records = self._view.records
        boxed = [m.global_id for m in self._view.context.snapshot.meshes if m.kernel is Kernel.BOX]
        return sum(1 for gid in boxed if gid in records and _structural(records[gid]))

    @cached_property
    def placement(self) -> Placement | None:
        """Return where the model stands: what the asker says, else a usable georeference, else None."""
        if self._view.context.placement is not None:
            return self._view.context.placement
        georeference = self._view.context.snapshot.georeference
        try:
            return place(georeference) if georeference is not None else None
        except InvalidInput:
            return None

    @cached_property
    def on_map(self) -> MapFootprint | None:
        """Return the footprint in EPSG:3301, or None if it or a trusted placement is missing."""
        if self.placement is None or not self.placement.trusted or self.footprint is None:
            return None
        return MapFootprint(self._view.context.snapshot.building_id, self.placement.area_to_map(self.footprint))

    @cached_property
    def doubts(self) -> tuple[Sentence, ...]:
        """Return what is doubtful about the place on the map and the outline."""
        place_doubts = (
            tuple(PLACE_DOUBTS.get(f.rule, say("{finding}", finding=f.message)) for f in self.placement.findings)
            if self.placement is not None
            else ()
        )
        boxed = say(
            "{boxes} elements are shown by boxes, because their geometry could not be made.", boxes=self.boxes
        )
        return (*place_doubts, boxed) if self.boxes else place_doubts

    @cached_property
    def parcel(self) -> Parcel | None:
        """Return the parcel that holds most of the footprint."""
        parcels = self._view.context.parcels
        return parcel_of(self.on_map.shape, parcels) if self.on_map is not None and parcels else None

    @cached_property
    def plan_area(self) -> PlanArea | None:
        """Return the building area that applies: of the parcel, else the one that holds most of the footprint."""
        plan = self._view.context.plan
        if plan is None or self.on_map is None:
            return None
        shape = self.on_map.shape
        own = plan.on_parcel(self.parcel.cadastral_number) if self.parcel is not None else ()
        shares = [(float(area.shape.intersection(shape).area), area) for area in (own or plan.areas)]
        best = max(shares, key=lambda share: share[0], default=None)
        return best[1] if best is not None and (best[0] > 0 or own) else None

    @property
    def max_coverage(self) -> float | None:
        """Return the largest share of the parcel that the plan lets buildings cover, or None if it sets none."""
        return self.plan_area.max_coverage if self.plan_area is not None else None

    @cached_property
    def top_m(self) -> float | None:
        """Return the highest point of the building's structure in model coordinates, metres."""
        return max((float(mesh.vertices[:, 2].max()) for mesh in self._body), default=None)

    @cached_property
    def bottom_m(self) -> float | None:
        """Return the lowest point of the building's structure in model coordinates, metres."""
        return min((float(mesh.vertices[:, 2].min()) for mesh in self._body), default=None)

    @cached_property
    def triangles(self) -> NDArray[np.float64]:
        """Return the triangles of the building's structure, float64 (n, 3, 3), metres."""
        parts = [mesh.vertices[mesh.faces.astype(np.int64)] for mesh in self._body]
        return np.concatenate(parts) if parts else np.empty((0, 3, 3))

    @cached_property
    def _body(self) -> list[Mesh]:
        records = self._view.records
        return [
            mesh
            for mesh in self._view.context.snapshot.meshes
            if mesh.global_id in records and _structural(records[mesh.global_id]) and len(mesh.vertices)
        ]

    @staticmethod
    def level_of(storey: ElementRecord) -> float | None:
        """Return the level of a storey's floor in model coordinates, metres, or None."""
        return _level(storey)

    @cached_property
    def ground(self) -> Ground | None:
        """Return the average ground: (highest + lowest) / 2 along the outline, as the register defines it."""
        return self._terrain() or self._declared_ground() or self._storey_ground()

    @cached_property
    def storeys(self) -> Storeys:
        """Return the storeys that count as above ground."""
        records = self._view.of_kind("IfcBuildingStorey")
        counted = {r.global_id: self._view.flag(r, COUNTS_AS_STOREY) for r in records}
        above = {r.global_id: self._view.flag(r, ABOVE_GROUND) for r in records}
        told = tuple(r for r in records if above[r.global_id] and counted[r.global_id] is not False)
        unknown = tuple(r for r in records if above[r.global_id] is None)
        if any(value is not None for value in counted.values()):
            return Storeys(told, unknown, None)
        return Storeys(
            told, unknown, say("No storey says whether regulation 57 counts it; every one above ground was.")
        )

    def _terrain(self) -> Ground | None:
        meshes = [
            self._view.meshes[r.global_id] for r in self._view.of_kind("IfcSite") if r.global_id in self._view.meshes
        ]
        if not meshes or self.footprint is None:
            return None
        points = perimeter(self.footprint)
        levels = [z for mesh in meshes for z in levels_at(mesh.vertices[mesh.faces.astype(np.int64)], points)]
        if not levels:
            return None
        return Ground((max(levels) + min(levels)) / 2, None, certain=True)

    def _declared_ground(self) -> Ground | None:
        building = self._view.building
        if building is None:
            return None
        terrain = as_number(building.attributes.get("ElevationOfTerrain"))
        reference = as_number(building.attributes.get("ElevationOfRefHeight"))
        if terrain is None or reference is None:
            return None
        return Ground(
            terrain - reference, say("The ground was taken from the building's declared terrain level."), certain=True
        )

    def _storey_ground(self) -> Ground | None:
        levels = [_level(storey) for storey in self.storeys.above]
        known = [level for level in levels if level is not None]
        if not known:
            return None
        doubt = say("The model holds no terrain; the ground was guessed from the lowest storey above ground.")
        return Ground(min(known), doubt, certain=False)


def perimeter(area: Area) -> NDArray[np.float64]:
    """Return points (n, 2) along the outer rings of a polygon, `PERIMETER_STEP_M` apart."""
    rings = [part.exterior for part in shapely.get_parts(area)]
    return np.concatenate([shapely.get_coordinates(shapely.segmentize(ring, PERIMETER_STEP_M)) for ring in rings])


def levels_at(triangles: NDArray[np.float64], points: NDArray[np.float64]) -> list[float]:
    """Return the highest z of a surface at each point that it covers.

    Args:
        triangles: float64 (m, 3, 3), metres.
        points: float64 (n, 2), metres.
    """
    levels: list[float] = []
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    doubled = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    flat = np.abs(doubled) > 1e-12
    a, b, c, doubled = a[flat], b[flat], c[flat], doubled[flat]
    for x, y in points:
        u = ((b[:, 0] - x) * (c[:, 1] - y) - (c[:, 0] - x) * (b[:, 1] - y)) / doubled
        v = ((c[:, 0] - x) * (a[:, 1] - y) - (a[:, 0] - x) * (c[:, 1] - y)) / doubled
        w = 1 - u - v
        inside = (u >= -1e-9) & (v >= -1e-9) & (w >= -1e-9)
        if inside.any():
            levels.append(float((u * a[:, 2] + v * b[:, 2] + w * c[:, 2])[inside].max()))
    return levels


def _level(storey: ElementRecord) -> float | None:
    if storey.placement is not None:
        return storey.placement[11]
    return as_number(storey.attributes.get("Elevation"))


def _structural(record: ElementRecord) -> bool:
    is_roof = record.ifc_class in ROOF_CLASSES or (record.ifc_class == "IfcSlab" and record.predefined_type == "ROOF")
    return is_roof or counts_in_footprint(record)
