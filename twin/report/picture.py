"""A drawing as SVG (for pages) and as PNG (for BCF)."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from twin.report.view import ASPECT, Drawing

HEIGHT = 320
WIDTH = round(HEIGHT * ASPECT)
FINER = 2  # the picture is drawn this much larger, then made smaller: smooth lines
AROUND, EDGE, MARK = "#8a94a0", "#5c1208", "#0b57d0"
FILL = (226, 88, 62)  # warm, and told from grey in print too: it is filled, the rest is lines


def to_svg(drawing: Drawing, title: str) -> str:
    """Return a drawing as an SVG element without any reference to the outside; `title` is plain text, escaped."""
    faces = "".join(f'<path fill="{_hex(face.light)}" d="{_path(drawing, face.corners, close=True)}"/>'
                    for face in drawing.faces)  # fmt: skip
    marks = "".join(f'<path d="{_path(drawing, mark)}"/>' for mark in drawing.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}"><title>{title}</title>'
        f'<path fill="none" stroke="{AROUND}" stroke-width="0.6" d="{_paths(drawing, drawing.around)}"/>'
        f'<g stroke="none" fill-opacity="0.9">{faces}</g>'
        f'<path fill="none" stroke="{EDGE}" stroke-width="0.9" d="{_paths(drawing, drawing.edges)}"/>'
        f'<g fill="none" stroke="{MARK}" stroke-width="2">{marks}</g></svg>'
    )


def to_png(drawing: Drawing) -> bytes:
    """Return a drawing as a PNG file of `WIDTH` by `HEIGHT` pixels."""
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), "white")
    pen = ImageDraw.Draw(image)
    for line in drawing.around:
        pen.line(_flat(drawing, line), fill=AROUND, width=1)
    for face in drawing.faces:
        pen.polygon(_flat(drawing, face.corners), fill=_rgb(face.light))
    for line in drawing.edges:
        pen.line(_flat(drawing, line), fill=EDGE, width=FINER)
    for mark in drawing.marks:
        pen.line(_flat(drawing, mark), fill=MARK, width=2 * FINER)
    stream = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _pixels(drawing: Drawing, points: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = HEIGHT / drawing.camera.height_m
    return np.stack([WIDTH / 2 + points[:, 0] * scale, HEIGHT / 2 - points[:, 1] * scale], axis=1)


def _flat(drawing: Drawing, points: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in _pixels(drawing, points) * FINER]


def _path(drawing: Drawing, points: NDArray[np.float64], *, close: bool = False) -> str:
    spots = "L".join(f"{x:.1f},{y:.1f}" for x, y in _pixels(drawing, points))
    return f"M{spots}" + ("Z" if close else "")


def _paths(drawing: Drawing, lines: NDArray[np.float64]) -> str:
    inside = [line for line in lines if _meets(drawing, line)]
    return "".join(_path(drawing, line) for line in inside)


def _meets(drawing: Drawing, line: NDArray[np.float64]) -> bool:
    """Say whether the box of a line touches the sheet."""
    pixels = _pixels(drawing, line)
    return bool((pixels.max(axis=0) >= 0).all() and (pixels.min(axis=0) <= [WIDTH, HEIGHT]).all())


def _rgb(light: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, round(part * light)) for part in FILL)
    return red, green, blue


def _hex(light: float) -> str:
    return "#{:02x}{:02x}{:02x}".format(*_rgb(light))
