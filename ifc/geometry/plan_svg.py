"""A storey plan as SVG: one unit is a metre, north of the model is up."""

from collections.abc import Iterator
from html import escape

import shapely
from shapely.geometry.base import BaseGeometry

from ifc.geometry.plan import PlanOpening, PlanSpace, StoreyPlan

MARGIN_M = 0.5
PIXELS_PER_M = 40.0  # size on the screen unless the page says otherwise
STYLE = (
    ".space{fill:#eef4f7;stroke:#b7c7d0;stroke-width:.02}"
    ".cut{fill:#4a4f55;stroke:#222;stroke-width:.02;fill-rule:evenodd}"
    ".door,.window{fill:none;stroke:#333;stroke-width:.025}"
    ".window{stroke:#2f6f94}"
    "text{font:.28px sans-serif;text-anchor:middle;fill:#222}"
)


def plan_svg(plan: StoreyPlan) -> str:
    """Return `plan` as a complete SVG document; every shape carries the GlobalId of its element as ``data-id``."""
    x0, y0, x1, y1 = plan.bounds() or (0.0, 0.0, 1.0, 1.0)
    x0, y0, x1, y1 = x0 - MARGIN_M, y0 - MARGIN_M, x1 + MARGIN_M, y1 + MARGIN_M
    width, height = x1 - x0, y1 - y0
    sheet = _Sheet(x0, y1)
    body = [
        *(sheet.area(item.shape, "space", item.global_id) for item in plan.spaces),
        *(sheet.area(item.shape, "cut", item.global_id) for item in plan.elements),
        *(sheet.lines(item, "window") for item in plan.windows),
        *(sheet.lines(item, "door") for item in plan.doors),
        *(line for item in plan.spaces for line in sheet.label(item)),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.3f} {height:.3f}"'
        f' width="{width * PIXELS_PER_M:.0f}" height="{height * PIXELS_PER_M:.0f}">'
    )
    title = f"<title>{_text(plan.storey.name)}</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *body, "</svg>"]) + "\n"


class _Sheet:
    """Writes model coordinates as positions on the sheet: x to the right, y down, from its upper left corner."""

    def __init__(self, left_m: float, top_m: float) -> None:
        self._left_m = left_m
        self._top_m = top_m

    def area(self, shape: BaseGeometry, kind: str, global_id: str) -> str:
        rings = [
            ring
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        path = "".join(f"M{self._points(shapely.get_coordinates(ring)[:-1].tolist())}Z" for ring in rings)
        return f'<path class="{kind}" data-id="{_text(global_id)}" d="{path}"/>'

    def lines(self, item: PlanOpening, kind: str) -> str:
        path = "".join(f"M{self._points([list(point) for point in line])}" for line in item.lines)
        return f'<path class="{kind}" data-id="{_text(item.global_id)}" d="{path}"/>'

    def label(self, item: PlanSpace) -> Iterator[str]:
        spot = item.shape.representative_point()
        x, y = spot.x - self._left_m, self._top_m - spot.y
        words = " ".join(filter(None, (item.name, item.long_name)))
        yield f'<text x="{x:.3f}" y="{y:.3f}">{_text(words)}</text>'
        yield f'<text x="{x:.3f}" y="{y + 0.34:.3f}">{item.area_m2:.1f} m²</text>'

    def _points(self, points: list[list[float]]) -> str:
        return "L".join(f"{x - self._left_m:.3f},{self._top_m - y:.3f}" for x, y in points)


def _text(words: str) -> str:
    """Return `words` for XML: marks escaped, control characters left out."""
    return escape("".join(letter for letter in words if letter.isprintable()), quote=True)
