"""Small cities as CityJSON, made by hand for the tests of one folder."""

import json
from typing import Any

import pytest

E, N = 542_000.0, 6_588_000.0
CRS = "https://www.opengis.net/def/crs/EPSG/0/3301"
FACES = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]


def box(east: float, north: float, width: float, depth: float, ground: float, top: float) -> list[list[float]]:
    plan = [(east, north), (east + width, north), (east + width, north + depth), (east, north + depth)]
    return [[E + x, N + y, z] for z in (ground, top) for x, y in plan]


class Made:
    """A city in the making."""

    def __init__(self) -> None:
        self.vertices: list[list[float]] = []
        self.objects: dict[str, Any] = {}

    def add(self, name: str, corners: list[list[float]], faces: Any = None, **attributes: Any) -> None:
        start = len(self.vertices)
        self.vertices += corners
        shell = [[[i + start for i in ring]] for ring in (FACES if faces is None else faces)]
        self.objects[name] = {
            "type": "Building",
            "attributes": attributes,
            "geometry": [{"type": "Solid", "lod": "1.2", "boundaries": [shell]}],
        }

    def document(self, crs: str | None = CRS, version: str = "2.0") -> dict[str, Any]:
        steps = [[round((x - E) * 1000), round((y - N) * 1000), round(z * 1000)] for x, y, z in self.vertices]
        return {
            "type": "CityJSON",
            "version": version,
            "transform": {"scale": [0.001] * 3, "translate": [E, N, 0.0]},
            "metadata": {} if crs is None else {"referenceSystem": crs},
            "CityObjects": self.objects,
            "vertices": steps,
        }

    def data(self, **options: Any) -> bytes:
        return json.dumps(self.document(**options)).encode()

    def sequence(self) -> bytes:
        head = self.document() | {"CityObjects": {}, "vertices": []}
        lines = [head]
        steps = self.document()["vertices"]
        for name, thing in self.objects.items():
            used = sorted({i for face in thing["geometry"][0]["boundaries"][0] for ring in face for i in ring})
            place = {old: new for new, old in enumerate(used)}
            shell = [[[place[i] for i in ring] for ring in face] for face in thing["geometry"][0]["boundaries"][0]]
            own = thing | {"geometry": [{"type": "Solid", "lod": "1.2", "boundaries": [shell]}]}
            lines.append(
                {
                    "type": "CityJSONFeature",
                    "id": name,
                    "CityObjects": {name: own},
                    "vertices": [steps[i] for i in used],
                }
            )
        return "\n".join(json.dumps(line) for line in lines).encode() + b"\n"


@pytest.fixture
def street() -> Made:
    """Three blocks in a row: two that share a wall of six metres, one thirty metres away."""
    made = Made()
    made.add("a", box(0, 0, 10, 8, 12.0, 20.5), ehr_gid="101018690", tyyp="elamu")
    made.add("b", box(10, 0, 10, 6, 12.2, 18.2))
    made.add("c", box(50, 0, 10, 10, 13.0, 33.0))
    return made


@pytest.fixture
def corners():
    """The function that gives the eight corners of a block."""
    return box
