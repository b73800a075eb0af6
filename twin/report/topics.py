"""The findings of a permit report as BCF topics, each with a view that looks at its elements."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from twin.bcf import Camera, Comment, Topic, Vector, View, guid_of
from twin.report.picture import to_png
from twin.report.view import ASPECT, look_at
from twin.report.words import word
from twin.snapshot import Snapshot

KINDS = {"fail": "Error", "needs_human": "Request", "data_missing": "Info"}
COLOUR = "FFE2583E"  # opaque; that of our own pictures
MAX_SNAPSHOT_BYTES = 5 * 2**20  # of all pictures; the topics beyond keep their camera
MAX_SELECTED = 1_000  # elements of a view: more is the whole model


def topics_of(report: Mapping[str, Any], snapshot: Snapshot, language: str, author: str, time: str) -> list[Topic]:
    """Return a topic for every result that asks for something.

    Args:
        report: As `PermitReport.to_json` gives it.
        snapshot: The version it is about.
        language: ``et``, ``en`` or ``fr``.
        author: Who is named as the author.
        time: RFC 3339 time of the report.
    """
    topics: list[Topic] = []
    seen: dict[str, int] = {}
    room = MAX_SNAPSHOT_BYTES
    for result in report["results"]:
        if result["verdict"] in KINDS:
            name = f"{report['building_id']} {result['pack_id']} {result['check_id']} {result['elements']}"
            seen[name] = seen.get(name, 0) + 1
            guid = guid_of(f"{name} {seen[name]}")
            topics.append(_topic(result, guid, snapshot, language, author, time, picture=room > 0))
            room -= sum(len(view.snapshot or b"") for view in topics[-1].views)
    return topics


def _topic(
    result: Mapping[str, Any], guid: str, snapshot: Snapshot, language: str, author: str, time: str, *, picture: bool
) -> Topic:
    known = result.get("citations")
    clause = known[language] if known else ", ".join(filter(None, (result["act"], result["clause"])))
    words = (result["messages"][language], result["advices"][language], clause)
    return Topic(
        guid,
        result["title"][language],
        "\n".join(filter(None, words)),
        KINDS[result["verdict"]],
        "Open",
        author,
        time,
        (result["pack_id"], word(result["verdict"], language)),
        _views(result, snapshot, picture=picture),
        tuple(_comments(result, guid)),
    )


def _views(result: Mapping[str, Any], snapshot: Snapshot, *, picture: bool) -> tuple[View, ...]:
    drawing = look_at(result["elements"], snapshot.meshes, snapshot.records, result["geometry"])
    elements = tuple(result["elements"][:MAX_SELECTED])
    if drawing is None:
        return (View(selection=elements),) if elements else ()
    seen = drawing.camera
    camera = Camera(seen.position, seen.direction, seen.up, seen.height_m, aspect=ASPECT)
    shot = to_png(drawing) if picture else None
    colours = ((COLOUR, elements),) if elements else ()
    return (View(camera, shot, elements, colours, lines=_lines(result["geometry"])),)


def _lines(geometry: Mapping[str, Any] | None) -> tuple[tuple[Vector, Vector], ...]:
    """Return a line or path of a finding in the coordinates of the model."""
    if geometry is None or geometry["crs"] != "model" or geometry["type"] not in {"line", "path"}:
        return ()
    points = [(float(x), float(y), float(z)) for x, y, z in geometry["coordinates"]]
    return tuple(pairwise(points))


def _comments(result: Mapping[str, Any], guid: str) -> list[Comment]:
    said = [*result.get("justifications", ()), *result.get("rulings", ())]
    return [
        Comment(guid_of(f"{guid} {number}"), item["time"], item["actor"], item["text"])
        for number, item in enumerate(said)
    ]
