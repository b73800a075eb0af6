"""A look at elements of a model: camera, what is in sight, and lines and faces on the sheet."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc import ElementRecord, Mesh, MeshSet

Points = NDArray[np.float64]
DIRECTION = (0.52, 0.68, -0.52)  # from the south-west and above, as buildings are commonly drawn
ASPECT = 1.5  # width to height of the sheet
MARGIN = 1.1  # of the sheet around what is looked at
SURROUNDINGS_M = 2.0  # seen around an element, so that one knows where it is
MAX_FOCUS = 200  # elements in colour: more is the whole building
MAX_AROUND = 150  # elements drawn as lines
MAX_LINES = 1_500  # of the surroundings: 30 kB in the page
MAX_FACES = 3_000  # of the elements in colour
CREASE = math.cos(math.radians(25.0))  # edges between flatter faces are not seen
NOT_DRAWN = frozenset({"IfcSpace", "IfcSite", "IfcOpeningElement", "IfcVirtualElement", "IfcAnnotation"})


@dataclass(frozen=True, slots=True)
class Camera:
    """A parallel projection; lengths in metres, in the coordinates of the model.

    Attributes:
        position: Where it stands.
        direction: Where it looks, of length 1.
        up: Upwards on the sheet, of length 1.
        height_m: Height of the sheet.
    """

    position: tuple[float, float, float]
    direction: tuple[float, float, float]
    up: tuple[float, float, float]
    height_m: float

    def project(self, points: Points) -> Points:
        """Return (n, 3) positions as (right, up, depth) metres from the middle of the sheet."""
        direction, up = np.array(self.direction), np.array(self.up)
        axes = np.stack([np.cross(direction, up), up, direction], axis=1)
        found: Points = (points - np.array(self.position)) @ axes
        return found


@dataclass(frozen=True, slots=True)
class Face:
    """A triangle on the sheet: (3, 2) metres, and how much light it has, 0 to 1."""

    corners: Points
    light: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a look shows; positions on the sheet are metres from its middle, up is positive.

    Attributes:
        camera: Where it is seen from.
        around: Lines of the surroundings, (n, 2, 2).
        faces: Of the elements looked at, the farthest first.
        edges: Lines of the elements looked at, (n, 2, 2).
        marks: Polylines that show what a finding is about, each (n, 2).
        shown: How many of the elements have geometry.
    """

    camera: Camera
    around: Points
    faces: tuple[Face, ...]
    edges: Points
    marks: tuple[Points, ...]
    shown: int


def look_at(
    elements: Collection[str],
    meshes: MeshSet,
    records: Mapping[str, ElementRecord],
    geometry: Mapping[str, Any] | None = None,
) -> Drawing | None:
    """Return a drawing that looks at `elements`, or None if the model has no geometry at all.

    Args:
        elements: GlobalIds; without geometry of their own the whole model is shown.
        meshes: Of the model.
        records: Of the model, by GlobalId.
        geometry: A piece of geometry of a finding (type, crs, coordinates), drawn if it is in model coordinates.
    """
    wanted = frozenset(elements)
    focus = [mesh for mesh in meshes if mesh.global_id in wanted and len(mesh.vertices)][:MAX_FOCUS]
    others = [mesh for mesh in meshes if _drawn(mesh, records) and mesh.global_id not in wanted]
    marks = _marks(geometry)
    seen = [mesh.vertices for mesh in focus or others] + marks
    if not seen:
        return None
    low, high = _box(seen)
    camera = _camera(low, high)
    around = _near(others, low, high) if focus else _largest(others)
    return Drawing(
        camera,
        _flat(camera, _lines(around, MAX_LINES)),
        _faces(camera, focus),
        _flat(camera, _lines(focus, MAX_LINES)),
        tuple(camera.project(mark)[:, :2] for mark in marks),
        len(focus),
    )


def _drawn(mesh: Mesh, records: Mapping[str, ElementRecord]) -> bool:
    record = records.get(mesh.global_id)
    return record is not None and record.ifc_class not in NOT_DRAWN and len(mesh.vertices) > 0


def _box(parts: Sequence[Points]) -> tuple[Points, Points]:
    low = np.min([part.min(axis=0) for part in parts], axis=0)
    return low, np.max([part.max(axis=0) for part in parts], axis=0)


def _camera(low: Points, high: Points) -> Camera:
    """Return a camera that sees a box and a little around it."""
    direction = np.array(DIRECTION) / np.linalg.norm(DIRECTION)
    right = np.cross(direction, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, direction)
    corners = np.array([(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    width, height = np.ptp(corners @ right), np.ptp(corners @ up)
    far = float(np.linalg.norm(high - low)) + SURROUNDINGS_M  # any distance shows the same; it must lie outside
    position = (low + high) / 2 - direction * far
    return Camera(
        _triple(position),
        _triple(direction),
        _triple(up),
        round(float(max(height, width / ASPECT)) * MARGIN + SURROUNDINGS_M, 6),
    )


def _triple(values: Points) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 6) for value in values)
    return x, y, z


def _near(meshes: Iterable[Mesh], low: Points, high: Points) -> list[Mesh]:
    """Return the meshes whose boxes lie near a box, the nearest to its middle first."""
    reach = max(SURROUNDINGS_M, float(np.linalg.norm(high - low)) / 4)
    middle = (low + high) / 2
    found = []
    for mesh in meshes:
        lowest, highest = mesh.bounds()
        if (lowest <= high + reach).all() and (highest >= low - reach).all():
            found.append((float(np.linalg.norm((lowest + highest) / 2 - middle)), mesh.global_id, mesh))
    return [mesh for _, _, mesh in sorted(found, key=lambda item: item[:2])[:MAX_AROUND]]


def _largest(meshes: Iterable[Mesh]) -> list[Mesh]:
    sized = sorted(meshes, key=lambda mesh: (-float(np.ptp(mesh.bounds(), axis=0).max()), mesh.global_id))
    return sized[:MAX_AROUND]


def _lines(meshes: Iterable[Mesh], most: int) -> Points:
    """Return the creases and borders of meshes, (n, 2, 3)."""
    found: list[Points] = []
    count = 0
    for mesh in meshes:
        lines = _creases(mesh)
        if count + len(lines) > most:
            continue  # a very detailed thing is left out rather than half drawn
        count += len(lines)
        found.append(lines)
    return np.concatenate(found) if found else np.zeros((0, 2, 3))


def _creases(mesh: Mesh) -> Points:
    points, same = np.unique(np.round(mesh.vertices, 4), axis=0, return_inverse=True)
    faces = same.reshape(-1)[mesh.faces.astype(np.int64)]
    normals = _normals(points[faces])
    edges = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    owner = np.repeat(np.arange(len(faces)), 3)
    keys, first, which, counts = np.unique(edges, axis=0, return_index=True, return_inverse=True, return_counts=True)
    last = np.zeros(len(keys), dtype=np.int64)
    last[which.reshape(-1)] = owner
    cosine = np.einsum("ij,ij->i", normals[owner[first]], normals[last])
    seen = (counts == 1) | (cosine < CREASE)
    found: Points = points[keys[seen]]
    return found


def _normals(triangles: Points) -> Points:
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    found: Points = normals / np.where(length == 0, 1.0, length)
    return found


def _faces(camera: Camera, meshes: Iterable[Mesh]) -> tuple[Face, ...]:
    triangles = [mesh.vertices[mesh.faces.astype(np.int64)] for mesh in meshes]
    if not triangles:
        return ()
    joined = np.concatenate(triangles)[:MAX_FACES]
    light = 0.75 + 0.35 * np.abs(_normals(joined) @ np.array([0.45, 0.20, 0.87]))
    sheet = camera.project(joined.reshape(-1, 3)).reshape(-1, 3, 3)
    order = np.argsort(-sheet[:, :, 2].mean(axis=1), kind="stable")
    return tuple(Face(sheet[i, :, :2], float(light[i])) for i in order)


def _flat(camera: Camera, lines: Points) -> Points:
    found: Points = camera.project(lines.reshape(-1, 3)).reshape(-1, 2, 3)[:, :, :2]
    return found


def _marks(geometry: Mapping[str, Any] | None) -> list[Points]:
    if geometry is None or geometry["crs"] != "model":
        return []
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "box":
        return [_box_path(np.array(coordinates, dtype=np.float64))]
    rings = coordinates if kind == "polygon" else [coordinates]
    return [np.array(ring, dtype=np.float64) for ring in rings if len(ring) and len(ring[0]) == 3]


def _box_path(corners: Points) -> Points:
    """Return the edges of a box as one path."""
    order = [0, 1, 3, 2, 0, 4, 5, 1, 5, 7, 3, 7, 6, 2, 6, 4]
    every = [(x, y, z) for z in corners[:, 2] for y in corners[:, 1] for x in corners[:, 0]]
    return np.array([every[i] for i in order])
