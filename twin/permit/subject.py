"""What every test is given, and how a test describes itself to the packs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from twin.permit.doors import Passages
from twin.permit.exits import Exits
from twin.permit.rooms import UNIT_PATHS, Room, Rooms
from twin.permit.site import Site
from twin.permit.values import Outcome
from twin.permit.view import BuildingView, CheckContext, as_text


class Subject:
    """One building under check; derives rooms, passages and site when a test first asks."""

    def __init__(self, context: CheckContext) -> None:
        self.context = context
        self.view = BuildingView(context)

    @cached_property
    def rooms(self) -> Rooms:
        """Return the rooms."""
        return Rooms(self.view)

    @cached_property
    def passages(self) -> Passages:
        """Return the doors, the windows and the graph of rooms."""
        return Passages(self.view, self.rooms)

    @cached_property
    def exits(self) -> Exits:
        """Return the exits and the ways to them."""
        return Exits(self.view, self.rooms, self.passages)

    def unit_of(self, room: Room) -> str:
        """Return the number of the dwelling that a room belongs to, or an empty string."""
        found = self.view.find(room.record, UNIT_PATHS)
        return as_text(found.value) if found is not None else ""

    @cached_property
    def site(self) -> Site:
        """Return footprint, ground, height, storeys and the place in the plan."""
        return Site(self.view)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers (SI) and arguments that a rule gives to its test.

    Attributes:
        numbers: By name, in the unit that the test declares.
        arguments: Texts and lists of texts by name.
        units: UCUM unit of each number.
    """

    numbers: Mapping[str, float]
    arguments: Mapping[str, Any]
    units: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """Return a number in the unit that the test declares."""
        return self.numbers[name]

    def unit(self, name: str) -> str:
        """Return the UCUM unit of a number."""
        return self.units[name]

    def text(self, name: str) -> str:
        """Return a text argument."""
        return str(self.arguments[name])

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list argument."""
        return tuple(self.arguments[name])


RuleTest = Callable[[Subject, Parameters], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Need:
    """Data without which a test must answer that data is missing.

    Attributes:
        kind: ``property``, ``geometry``, ``element`` or ``context``.
        classes: IFC classes, ``*`` for all, ``$name`` for an argument of the rule; for ``context`` the attribute.
        paths: For ``property``: where it may stand; all of them together are the need.
    """

    kind: str
    classes: tuple[str, ...]
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestSpec:
    """A test and what a rule must give to it.

    Attributes:
        run: The function.
        units: UCUM unit of each number; ``*`` takes any.
        arguments: Type of each argument: ``str`` or ``list`` (of texts).
        needs: What it cannot answer without; tests take each away and expect ``data_missing``.
    """

    __test__ = False  # not a pytest class

    run: RuleTest
    units: Mapping[str, str]
    arguments: Mapping[str, type]
    needs: tuple[Need, ...] = ()
