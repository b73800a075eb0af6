"""Topics of the BIM Collaboration Format, as both versions of it carry them."""

import uuid
from dataclasses import dataclass
from typing import Any

NAMESPACE = uuid.UUID("6f1c2f0e-6b5e-5d0b-9d38-2b1f0f5a7c11")  # of the names below; fixed, so that an export repeats
ASPECT = 1.5  # width to height of a picture where nobody says
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a view is seen from; metres, in the coordinates of the model.

    Attributes:
        position: Where it stands.
        direction: Where it looks.
        up: Upwards.
        height_m: Height of what a parallel projection sees; None for a perspective.
        field_of_view_deg: Vertical angle of a perspective; None for a parallel projection.
        aspect: Width to height.
    """

    position: Vector
    direction: Vector
    up: Vector
    height_m: float | None = None
    field_of_view_deg: float | None = None
    aspect: float = ASPECT


@dataclass(frozen=True, slots=True)
class ClippingPlane:
    """A plane that cuts the model; `direction` points to the side that is taken away."""

    location: Vector
    direction: Vector


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a view shows.

    Attributes:
        default: Whether elements are shown that nobody names.
        exceptions: GlobalIds to which the opposite applies.
        spaces: Whether rooms are shown.
        space_boundaries: Whether their boundaries are.
        openings: Whether openings are.
    """

    default: bool = True
    exceptions: tuple[str, ...] = ()
    spaces: bool = False
    space_boundaries: bool = False
    openings: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at a topic.

    Attributes:
        camera: Where it is seen from; version 3.0 knows no view without.
        snapshot: A picture of it (PNG or JPEG), or None.
        selection: GlobalIds that are picked out.
        colours: ARGB or RGB (hex) and the GlobalIds that have it.
        visibility: What is shown.
        clipping: Planes that cut.
        lines: From and to.
        guid: UUID; an empty one is made of the topic's when written.
    """

    camera: Camera | None = None
    snapshot: bytes | None = None
    selection: tuple[str, ...] = ()
    colours: tuple[tuple[str, tuple[str, ...]], ...] = ()
    visibility: Visibility = Visibility()
    clipping: tuple[ClippingPlane, ...] = ()
    lines: tuple[tuple[Vector, Vector], ...] = ()
    guid: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the view as plain JSON values, without its picture."""
        camera, seen = self.camera, self.visibility
        return {
            "guid": self.guid,
            "camera": None if camera is None else {
                "position": camera.position, "direction": camera.direction, "up": camera.up,
                "height_m": camera.height_m, "field_of_view_deg": camera.field_of_view_deg, "aspect": camera.aspect,
            },
            "selection": self.selection,
            "colours": [{"colour": colour, "elements": names} for colour, names in self.colours],
            "visibility": {
                "default": seen.default, "exceptions": seen.exceptions, "spaces": seen.spaces,
                "space_boundaries": seen.space_boundaries, "openings": seen.openings,
            },
            "clipping": [{"location": plane.location, "direction": plane.direction} for plane in self.clipping],
            "lines": self.lines,
            "snapshot_bytes": 0 if self.snapshot is None else len(self.snapshot),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said; the time is RFC 3339, `view` the UUID of the view that it speaks of or empty."""

    guid: str
    time: str
    author: str
    text: str
    view: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the comment as plain JSON values."""
        return {"guid": self.guid, "time": self.time, "author": self.author, "text": self.text, "view": self.view}


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to talk about.

    Attributes:
        guid: UUID in small letters.
        title: One line.
        description: All there is to say.
        kind: Topic type, such as ``Error``.
        status: Such as ``Open``.
        author: Who made it.
        created: RFC 3339 time.
        labels: Words to find it by.
        views: Ways to look at it, in their order.
        comments: In their order.
        related: UUIDs of other topics.
        priority: Such as ``High``, or empty.
        assigned: Who is to deal with it, or empty.
        due: RFC 3339 time by which, or empty.
    """

    guid: str
    title: str
    description: str
    kind: str
    status: str
    author: str
    created: str
    labels: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    comments: tuple[Comment, ...] = ()
    related: tuple[str, ...] = ()
    priority: str = ""
    assigned: str = ""
    due: str = ""

    @property
    def elements(self) -> tuple[str, ...]:
        """Return the GlobalIds that its views pick out, each once."""
        return tuple(dict.fromkeys(name for view in self.views for name in view.selection))

    def to_json(self) -> dict[str, Any]:
        """Return the topic as plain JSON values, without pictures."""
        return {
            "guid": self.guid, "title": self.title, "description": self.description, "kind": self.kind,
            "status": self.status, "author": self.author, "created": self.created, "labels": self.labels,
            "priority": self.priority, "assigned": self.assigned, "due": self.due, "related": self.related,
            "elements": self.elements, "views": [view.to_json() for view in self.views],
            "comments": [comment.to_json() for comment in self.comments],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """What the topics are about.

    Attributes:
        project_id: Any text that names it.
        name: For people.
        file_name: Of the model.
        ifc_project: GlobalId of the project in the model, or an empty string.
    """

    project_id: str
    name: str
    file_name: str = ""
    ifc_project: str = ""


def guid_of(name: str) -> str:
    """Return the UUID that belongs to `name`: the same for the same name."""
    return str(uuid.uuid5(NAMESPACE, name))
