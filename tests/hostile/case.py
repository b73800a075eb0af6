"""What a hostile case is, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refused:
    """The file must be refused with one of these reasons."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """The file must load.

    Attributes:
        rules: Rules that must be among the findings of reading.
        shapes: Rules that must be among the findings of meshing.
        sound: Whether the sound wall of the base model must still get its mesh.
    """

    rules: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    sound: bool = True


@dataclass(frozen=True)
class Case:
    """One hostile input.

    Attributes:
        name: Name of the file, without suffix.
        build: Makes its bytes, the same ones each time.
        expected: What must become of it.
        suffix: Of the file.
    """

    name: str
    build: Callable[[], bytes] = field(compare=False)
    expected: Refused | Loaded
    suffix: str = ".ifc"


def refused(name: str, build: Callable[[], bytes], *reasons: str, suffix: str = ".ifc") -> Case:
    """Return a case that must be refused."""
    return Case(name, build, Refused(reasons), suffix)


def loaded(
    name: str,
    build: Callable[[], bytes],
    *rules: str,
    shapes: tuple[str, ...] = (),
    sound: bool = True,
    suffix: str = ".ifc",
) -> Case:
    """Return a case that must load."""
    return Case(name, build, Loaded(rules, shapes, sound), suffix)
