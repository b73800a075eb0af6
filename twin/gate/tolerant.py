"""What ifctester answers otherwise than IDS 1.0 asks for, put right without touching it.

- It compares a number with a purely relative tolerance and a bound with none. IDS 1.0 asks for ``|v| * 1e-6 + 1e-6``
  on both. The values that it parsed are put into classes of ours, whose equality it asks.
- It refuses an optional attribute that is empty. Such facets are put into `OptionalAttribute`.
"""

import math
from typing import Any

from ifctester.facet import AttributeResult, Restriction, cast_to_value
from ifctester.ids import Attribute, Ids, Property

EPSILON = 1e-6  # IDS 1.0, Documentation/ImplementersDocumentation: relative and absolute part


def make_tolerant(ids: Ids) -> Ids:
    """Put tolerant values into the attribute and property facets of `ids` and return it."""
    for specification in ids.specifications:
        for facets in (specification.applicability, specification.requirements):
            facets[:] = [_put_right(facet) for facet in facets]
    return ids


def tolerance(value: float) -> float:
    """Return how far a number may lie from `value` and still be the same."""
    return abs(value) * EPSILON + EPSILON


class SimpleValue:
    """One value; equal to a text of the same letters, to a number within the tolerance."""

    __hash__ = None  # type: ignore[assignment] # equality with a tolerance has no hash

    def __init__(self, text: str) -> None:
        self._text = text

    def __eq__(self, other: object) -> bool:
        """Say whether `other` is this value."""
        if isinstance(other, str):
            return other == self._text
        if isinstance(other, bool | int):
            return bool(cast_to_value(self._text, other) == other)
        return isinstance(other, float) and _same(self._text, other)

    def __str__(self) -> str:
        """Return the value as the file gives it."""
        return self._text


class Tolerant(Restriction):  # type: ignore[misc] # ifctester has no types
    """A restriction of XML Schema whose numbers have the tolerance."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Say whether `other` meets the restriction."""
        if not isinstance(other, float):
            return bool(super().__eq__(other))
        options = dict(self.options)
        choices = options.pop("enumeration", None)
        if choices is not None and not any(_same(choice, other) for choice in choices):
            return False
        bounds = {name: options.pop(name) for name in tuple(options) if name in _BOUNDS}
        if not all(_BOUNDS[name](other, float(value)) for name, value in bounds.items()):
            return False
        return bool(Restriction(options, self.base) == other)


class OptionalAttribute(Attribute):  # type: ignore[misc]
    """An attribute that need not be there; ``$`` in the file meets it, an empty text does not."""

    def __call__(self, inst: Any, logger: Any = None) -> AttributeResult:
        """Return the answer about one element."""
        result = super().__call__(inst, logger)
        empty = {"type": "FALSEY", "actual": None}
        return AttributeResult(is_pass=True) if result.reason == empty else result


_BOUNDS = {
    "minInclusive": lambda value, bound: value >= bound - tolerance(bound),
    "maxInclusive": lambda value, bound: value <= bound + tolerance(bound),
    "minExclusive": lambda value, bound: value > bound + tolerance(bound),
    "maxExclusive": lambda value, bound: value < bound - tolerance(bound),
}


def _same(text: str, value: float) -> bool:
    try:
        wanted = float(text)
    except ValueError:
        return False
    return abs(value - wanted) <= tolerance(wanted) + 2 * math.ulp(value)  # the bound itself, as doubles can write it


def _put_right(facet: Any) -> Any:
    if isinstance(facet, Attribute | Property):
        facet.value = _tolerant(facet.value)
    if isinstance(facet, Attribute) and facet.cardinality == "optional":
        return OptionalAttribute(facet.name, facet.value, "optional", getattr(facet, "instructions", None))
    return facet


def _tolerant(value: Any) -> Any:
    if isinstance(value, str):
        return SimpleValue(value)
    return Tolerant(value.options, value.base) if isinstance(value, Restriction) else value
