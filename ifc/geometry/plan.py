"""The plan of a storey: what a horizontal cut shows, with door swings, window lines and named spaces."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.instancing import Pose, pose_of
from ifc.geometry.mesh import Mesh, MeshSet
from ifc.geometry.palette import ARCHITECTURE, STRUCTURE, band_of, lineage
from ifc.geometry.section import section
from ifc.geometry.solids import floor_polygon
from ifc.geometry.storeys import Storey, storey_of, storeys_of
from ifc.records import ElementRecord, RelationKind

CUT_HEIGHT_M = 1.2  # above the floor: through doors and most windows, as drawings do
SWING_STEPS = 12  # straight pieces of the quarter circle of a door: a millimetre off for a leaf of a metre
DECIMALS = 4  # of coordinates given out: a tenth of a millimetre

_LEAST_CUT_M2 = 1e-6
_NOT_CUT = frozenset(
    {"IfcDoor", "IfcWindow", "IfcFeatureElement", "IfcVirtualElement", "IfcSpatialElement", "IfcAnnotation"}
)

FloatArray = NDArray[np.float64]
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CutElement:
    """An element that the cut goes through; `shape` in model x and y, metres."""

    global_id: str
    ifc_class: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class PlanOpening:
    """A door or a window that the cut goes through.

    Attributes:
        global_id: The element.
        ifc_class: Its class.
        lines: Polylines in model x and y, metres: leaf and swing of each leaf of a door, edges of a window.
        operation: How a door opens as the file says, such as ``SINGLE_SWING_LEFT``; empty if it does not say.
    """

    global_id: str
    ifc_class: str
    lines: tuple[Line, ...]
    operation: str = ""


@dataclass(frozen=True, slots=True)
class PlanSpace:
    """A space of the storey; `shape` is its floor in model x and y, metres."""

    global_id: str
    name: str
    long_name: str
    area_m2: float
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class StoreyPlan:
    """The plan of a storey in model coordinates, metres.

    Attributes:
        storey: The storey.
        cut_z_m: Height of the cut.
        elements: What is cut, by GlobalId.
        doors: Doors that are cut.
        windows: Windows that are cut.
        spaces: Spaces of the storey.
    """

    storey: Storey
    cut_z_m: float
    elements: tuple[CutElement, ...]
    doors: tuple[PlanOpening, ...]
    windows: tuple[PlanOpening, ...]
    spaces: tuple[PlanSpace, ...]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return lowest x, lowest y, highest x, highest y, or None if the plan is empty."""
        shapes = [item.shape for item in self.elements] + [item.shape for item in self.spaces]
        shapes += [shapely.LineString(line) for item in (*self.doors, *self.windows) for line in item.lines]
        box = shapely.total_bounds(shapes) if shapes else np.full(4, np.nan)
        return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; shapes are GeoJSON geometries in model coordinates."""
        return {
            "storey": {
                "global_id": self.storey.global_id,
                "name": self.storey.name,
                "elevation_m": self.storey.elevation_m,
            },
            "cut_z_m": round(self.cut_z_m, DECIMALS),
            "bounds": self.bounds(),
            "elements": [
                {"global_id": item.global_id, "ifc_class": item.ifc_class, "shape": _geojson(item.shape)}
                for item in self.elements
            ],
            "doors": [_opening_json(item) for item in self.doors],
            "windows": [_opening_json(item) for item in self.windows],
            "spaces": [
                {
                    "global_id": item.global_id,
                    "name": item.name,
                    "long_name": item.long_name,
                    "area_m2": round(item.area_m2, DECIMALS),
                    "shape": _geojson(item.shape),
                }
                for item in self.spaces
            ],
        }


def storey_plan(
    records: Mapping[str, ElementRecord], meshes: MeshSet, storey_gid: str, cut_height_m: float = CUT_HEIGHT_M
) -> StoreyPlan:
    """Return the plan of a storey.

    Elements of other storeys that reach through the cut are shown too: a column may stand two storeys high. Where the
    file does not say how a door opens, its closed leaf is shown without a swing.

    Args:
        records: Records by GlobalId.
        meshes: Meshes of the model.
        storey_gid: GlobalId of an IfcBuildingStorey.
        cut_height_m: Height of the cut above the origin of the storey, metres.

    Raises:
        IfcGeometryError: (not-found) there is no such storey.
    """
    storey = next((item for item in storeys_of(records) if item.global_id == storey_gid), None)
    if storey is None:
        raise IfcGeometryError("There is no such storey.", reason=Reason.NOT_FOUND, entity=storey_gid[:80])
    z = storey.elevation_m + cut_height_m
    cut = [(mesh, records[mesh.global_id]) for mesh in meshes if mesh.global_id in records and _crosses(mesh, z)]
    return StoreyPlan(
        storey,
        z,
        tuple(item for mesh, record in cut if (item := _element(mesh, record, z)) is not None),
        tuple(_door(mesh, record, records) for mesh, record in cut if "IfcDoor" in lineage(record.ifc_class)),
        tuple(_window(mesh, record) for mesh, record in cut if "IfcWindow" in lineage(record.ifc_class)),
        tuple(_spaces(records, meshes, storey_gid)),
    )


def _crosses(mesh: Mesh, z: float) -> bool:
    low, high = mesh.bounds()[:, 2]
    return bool(low < z < high)


def _element(mesh: Mesh, record: ElementRecord, z: float) -> CutElement | None:
    if band_of(record.ifc_class) not in (STRUCTURE, ARCHITECTURE) or _NOT_CUT & set(lineage(record.ifc_class)):
        return None
    shape = section(mesh, z)
    return CutElement(mesh.global_id, record.ifc_class, shape) if shape.area > _LEAST_CUT_M2 else None


def _local_box(mesh: Mesh, record: ElementRecord) -> tuple[Pose, FloatArray]:
    """Return the pose of an element and its box (2, 3) in its own coordinates."""
    pose = pose_of(mesh, record)
    local = pose.local(mesh.vertices)
    return pose, np.stack([local.min(axis=0), local.max(axis=0)])


def _drawn(pose: Pose, *points: tuple[float, float]) -> Line:
    local = np.array([(x, y, 0.0) for x, y in points])
    world = (local @ pose.rotation.T + pose.translation)[:, :2].round(DECIMALS)
    return tuple((float(x), float(y)) for x, y in world)


def _window(mesh: Mesh, record: ElementRecord) -> PlanOpening:
    pose, ((x0, y0, _), (x1, y1, _)) = _local_box(mesh, record)
    if x1 - x0 >= y1 - y0:
        lines = [_drawn(pose, (x0, y), (x1, y)) for y in (y0, (y0 + y1) / 2, y1)]
    else:
        lines = [_drawn(pose, (x, y0), (x, y1)) for x in (x0, (x0 + x1) / 2, x1)]
    return PlanOpening(record.global_id, record.ifc_class, tuple(lines))


def _door(mesh: Mesh, record: ElementRecord, records: Mapping[str, ElementRecord]) -> PlanOpening:
    pose, ((x0, y0, _), (x1, y1, _)) = _local_box(mesh, record)
    operation = _operation(record, records)
    middle = (y0 + y1) / 2
    if x1 - x0 < y1 - y0:  # not modelled along its own x axis: nothing says on which side it is hung
        across = (x0 + x1) / 2
        return PlanOpening(record.global_id, record.ifc_class, (_drawn(pose, (across, y0), (across, y1)),), operation)
    leaves = list(_leaves(operation, x0, x1))
    if not leaves:
        return PlanOpening(record.global_id, record.ifc_class, (_drawn(pose, (x0, middle), (x1, middle)),), operation)
    lines = [_drawn(pose, *line) for hinge, reach, side in leaves for line in _swing(hinge, middle, reach, side)]
    return PlanOpening(record.global_id, record.ifc_class, tuple(lines), operation)


def _operation(record: ElementRecord, records: Mapping[str, ElementRecord]) -> str:
    """Return how a door opens: what it says itself, else what its type says."""
    kinds = [records[target] for target in record.targets(RelationKind.TYPED_BY) if target in records]
    stated = (item.attributes.get("OperationType") for item in (record, *kinds))
    return next((value for value in stated if isinstance(value, str) and value not in ("", "NOTDEFINED")), "")


def _leaves(operation: str, x0: float, x1: float) -> Iterator[tuple[float, float, float]]:
    """Yield hinge x, signed reach along x, and the side (+1 or -1 along y) to which each leaf opens."""
    middle = (x0 + x1) / 2
    sides = (1.0, -1.0) if operation.startswith("DOUBLE_SWING") else (1.0,)
    opposite = operation == "DOUBLE_DOOR_SINGLE_SWING_OPPOSITE_LEFT", operation.endswith("OPPOSITE_RIGHT")
    for side in sides:
        if operation in ("SINGLE_SWING_LEFT", "DOUBLE_SWING_LEFT"):
            yield x0, x1 - x0, side
        elif operation in ("SINGLE_SWING_RIGHT", "DOUBLE_SWING_RIGHT"):
            yield x1, x0 - x1, side
        elif operation.startswith("DOUBLE_DOOR_SINGLE_SWING") or operation == "DOUBLE_DOOR_DOUBLE_SWING":
            yield x0, middle - x0, -side if opposite[0] else side
            yield x1, middle - x1, -side if opposite[1] else side


def _swing(hinge: float, y: float, reach: float, side: float) -> Iterator[list[tuple[float, float]]]:
    """Yield the open leaf and the quarter circle of its edge, in the coordinates of the door."""
    yield [(hinge, y), (hinge, y + side * abs(reach))]
    angles = [math.pi / 2 * step / SWING_STEPS for step in range(SWING_STEPS + 1)]
    yield [(hinge + reach * math.cos(a), y + side * abs(reach) * math.sin(a)) for a in angles]


def _spaces(records: Mapping[str, ElementRecord], meshes: MeshSet, storey_gid: str) -> Iterator[PlanSpace]:
    for mesh in meshes:
        record = records.get(mesh.global_id)
        if record is None or record.ifc_class != "IfcSpace" or storey_of(mesh.global_id, records) != storey_gid:
            continue
        shape = floor_polygon(mesh)
        if not shape.is_empty:
            long_name = record.attributes.get("LongName")
            words = long_name if isinstance(long_name, str) else ""
            yield PlanSpace(mesh.global_id, record.name, words, float(shape.area), shape)


def _opening_json(item: PlanOpening) -> dict[str, Any]:
    lines = [[list(point) for point in line] for line in item.lines]
    return {
        "global_id": item.global_id,
        "ifc_class": item.ifc_class,
        "operation": item.operation,
        "shape": {"type": "MultiLineString", "coordinates": lines},
    }


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = shapely.geometry.mapping(shapely.transform(shape, lambda points: points.round(DECIMALS)))
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, (tuple, list)) else value
