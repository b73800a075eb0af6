"""A tiny author of IFC files whose geometry is known exactly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from ifc import ElementRecord, Header, Kernel, Mesh, Model

WHITE = (1.0, 1.0, 1.0, 1.0)
_QUADS = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
BOX_FACES = np.array([t for a, b, c, d in _QUADS for t in ((a, b, c), (a, c, d))], dtype=np.uint32)


@dataclass
class Author:
    """Writes STEP instances; lengths are millimetres."""

    lines: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, text: str) -> str:
        self.lines.append(f"#{len(self.lines) + 1}={text};")
        return f"#{len(self.lines)}"

    def guid(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count:0>{22 - len(prefix)}}"

    def start(self) -> None:
        unit = self.add("IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.)")
        units = self.add(f"IFCUNITASSIGNMENT(({unit}))")
        point = self.add("IFCCARTESIANPOINT((0.,0.,0.))")
        self.axes = self.add(f"IFCAXIS2PLACEMENT3D({point},$,$)")
        self.context = self.add(f"IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,{self.axes},$)")
        self.up = self.add("IFCDIRECTION((0.,0.,1.))")
        self.add(f"IFCPROJECT('{self.guid('P')}',$,'Test',$,$,$,$,({self.context}),{units})")

    def place(self, x: str = "0.", y: str = "0.", z: str = "0.", parent: str = "$") -> str:
        point = self.add(f"IFCCARTESIANPOINT(({x},{y},{z}))")
        axes = self.add(f"IFCAXIS2PLACEMENT3D({point},$,$)")
        return self.add(f"IFCLOCALPLACEMENT({parent},{axes})")

    def solid(self, width: str, depth: str, height: str) -> str:
        profile = self.add(f"IFCRECTANGLEPROFILEDEF(.AREA.,$,$,{width},{depth})")
        return self.add(f"IFCEXTRUDEDAREASOLID({profile},{self.axes},{self.up},{height})")

    def shape(self, item: str, identifier: str = "Body", kind: str = "SweptSolid") -> str:
        body = self.add(f"IFCSHAPEREPRESENTATION({self.context},'{identifier}','{kind}',({item}))")
        return self.add(f"IFCPRODUCTDEFINITIONSHAPE($,$,({body}))")

    def element(self, placement: str, shape: str, ifc_class: str = "IFCWALL", guid: str | None = None) -> str:
        own = guid or self.guid("E")
        tail = {"IFCWALL": "$,$", "IFCSPACE": "$,.ELEMENT.,$,$", "IFCOPENINGELEMENT": "$,$"}[ifc_class]
        return self.add(f"{ifc_class}('{own}',$,$,$,$,{placement},{shape},{tail})")

    def box(self, x: float, y: float, z: float, size: tuple[float, float, float], **more: str) -> str:
        """Author an element that is a box of `size` (mm) with its lowest corner at x, y, z (mm)."""
        width, depth, height = (float(length) for length in size)
        placement = self.place(f"{x + width / 2}", f"{y + depth / 2}", f"{float(z)}")
        return self.element(placement, self.shape(self.solid(f"{width}", f"{depth}", f"{height}")), **more)

    def text(self) -> str:
        head = "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
        return (
            head
            + "FILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n"
            + "\n".join(self.lines)
            + "\nENDSEC;\nEND-ISO-10303-21;\n"
        )


@pytest.fixture
def author() -> Author:
    made = Author()
    made.start()
    return made


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Author | str], Path]:
    def write_file(content: Author | str) -> Path:
        path = tmp_path / "model.ifc"
        path.write_text(content if isinstance(content, str) else content.text())
        return path

    return write_file


@pytest.fixture
def box_mesh() -> Callable[..., Mesh]:
    """Make the mesh of a box between two corners, metres."""

    def make(
        global_id: str, low: tuple[float, ...], high: tuple[float, ...], colour: tuple[float, ...] = WHITE
    ) -> Mesh:
        (x0, y0, z0), (x1, y1, z1) = low, high
        floor = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        corners = np.array([(x, y, z) for z in (z0, z1) for x, y in floor], dtype=np.float64)
        return Mesh(global_id, corners, BOX_FACES, colour, Kernel.IFCLITE)

    return make


@pytest.fixture
def make_model() -> Callable[..., Model]:
    def make(*records: ElementRecord) -> Model:
        ordered = tuple(sorted(records, key=lambda record: record.global_id))
        return Model(Header("IFC4", "IFC4"), "0" * 64, "P", ordered)

    return make
