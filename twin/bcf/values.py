"""Topics of the BIM Collaboration Format, as both versions of it carry them."""

import uuid
from dataclasses import dataclass

NAMESPACE = uuid.UUID("6f1c2f0e-6b5e-5d0b-9d38-2b1f0f5a7c11")  # of the names below; fixed, so that an export repeats


@dataclass(frozen=True, slots=True)
class View:
    """A parallel projection; metres, in the coordinates of the model.

    Attributes:
        position: Where the camera stands.
        direction: Where it looks.
        up: Upwards.
        height_m: Height of what it sees.
        snapshot: A PNG of it, or None.
    """

    position: tuple[float, float, float]
    direction: tuple[float, float, float]
    up: tuple[float, float, float]
    height_m: float
    snapshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said; the time is RFC 3339."""

    guid: str
    time: str
    author: str
    text: str


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
        elements: GlobalIds that it is about.
        view: How to look at them, or None.
        comments: In their order.
    """

    guid: str
    title: str
    description: str
    kind: str
    status: str
    author: str
    created: str
    labels: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    view: View | None = None
    comments: tuple[Comment, ...] = ()


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
