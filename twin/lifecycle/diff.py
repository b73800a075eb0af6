"""Diff of two versions by GlobalId: what was added, removed and changed, said in sentences.

Rules that a diff keeps:
1. Two versions with equal record digests differ in nothing; only records with unequal digests are compared.
2. A change has an aspect, a path and both values; nothing that makes two digests differ stays unnamed.
3. A move is told from a change of shape: placement and geometry are compared apart.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ifc import ElementRecord, canonical_form

Digests = Mapping[str, str]
Fetch = Callable[[Sequence[str]], Mapping[str, ElementRecord]]


class Aspect(StrEnum):
    """What about an element changed."""

    ATTRIBUTE = "attribute"
    PROPERTY = "property"
    QUANTITY = "quantity"
    TYPE = "type"
    PLACEMENT = "placement"
    GEOMETRY = "geometry"
    MATERIAL = "material"
    RELATION = "relation"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two records.

    Attributes:
        aspect: What kind of thing changed.
        path: Where, such as ``Pset_WallCommon/FireRating``.
        before: Old value in canonical JSON form, None if there was none.
        after: New value, None if there is none.
        sentence: The change in words.
    """

    aspect: Aspect
    path: str
    before: Any
    after: Any
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangedElement:
    """An element that is in both versions and differs."""

    before: ElementRecord
    after: ElementRecord
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two versions, each list by GlobalId."""

    added: tuple[ElementRecord, ...]
    removed: tuple[ElementRecord, ...]
    changed: tuple[ChangedElement, ...]
    unchanged: int

    @property
    def empty(self) -> bool:
        """Say whether the two versions are semantically equal."""
        return not (self.added or self.removed or self.changed)


def diff(before: Digests, after: Digests, fetch: Fetch) -> Diff:
    """Return the difference between two maps GlobalId -> record digest.

    Args:
        before: The older map.
        after: The newer map.
        fetch: Gives the records of digests.
    """
    gone = sorted(before.keys() - after.keys())
    new = sorted(after.keys() - before.keys())
    common = before.keys() & after.keys()
    moved = sorted(global_id for global_id in common if before[global_id] != after[global_id])
    needed = {before[i] for i in (*gone, *moved)} | {after[i] for i in (*new, *moved)}
    records = fetch(sorted(needed))
    return Diff(
        added=tuple(records[after[i]] for i in new),
        removed=tuple(records[before[i]] for i in gone),
        changed=tuple(_changed(records[before[i]], records[after[i]]) for i in moved),
        unchanged=len(common) - len(moved),
    )


def compare(before: ElementRecord, after: ElementRecord) -> tuple[Change, ...]:
    """Return every difference between two records of one element."""
    return tuple(_changes(canonical_form(before), canonical_form(after), before, after))


def _changed(before: ElementRecord, after: ElementRecord) -> ChangedElement:
    return ChangedElement(before, after, compare(before, after))


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], before: ElementRecord, after: ElementRecord
) -> Iterator[Change]:
    for key in ("ifc_class", "name", "description", "object_type", "predefined_type"):
        yield from _one(Aspect.ATTRIBUTE, key, old.get(key), new.get(key))
    yield from _mapping(Aspect.ATTRIBUTE, "", old.get("attributes", {}), new.get("attributes", {}))
    for aspect, key in ((Aspect.PROPERTY, "property_sets"), (Aspect.QUANTITY, "quantity_sets")):
        yield from _sets(aspect, old.get(key, {}), new.get(key, {}))
    if old.get("placement") != new.get("placement"):
        yield _moved(before.placement, after.placement)
    if old.get("geometry_digest") != new.get("geometry_digest"):
        yield _reshaped(old.get("geometry_digest"), new.get("geometry_digest"))
    yield from _one(Aspect.MATERIAL, "materials", old.get("materials"), new.get("materials"))
    yield from _one(Aspect.REFERENCE, "references", old.get("references"), new.get("references"))
    yield from _relations(old.get("relations", []), new.get("relations", []))


def _one(aspect: Aspect, path: str, old: Any, new: Any) -> Iterator[Change]:
    if old != new:
        yield Change(aspect, path, old, new, _sentence(path, old, new))


def _mapping(aspect: Aspect, prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in sorted(old.keys() | new.keys()):
        yield from _one(aspect, f"{prefix}{key}", old.get(key), new.get(key))


def _sets(aspect: Aspect, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        yield from _mapping(aspect, f"{name}/", old.get(name, {}), new.get(name, {}))
        if (name in old) != (name in new) and not (old.get(name) or new.get(name)):
            yield Change(aspect, name, old.get(name), new.get(name), f"The empty set {name} came or went.")


def _relations(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    for relation in old:
        if relation not in new:
            yield Change(
                _relation_aspect(relation), relation["kind"], relation, None, _relation_words(relation, "no longer")
            )
    for relation in new:
        if relation not in old:
            yield Change(
                _relation_aspect(relation), relation["kind"], None, relation, _relation_words(relation, "now")
            )


def _relation_aspect(relation: Mapping[str, Any]) -> Aspect:
    return Aspect.TYPE if relation["kind"] == "typedBy" else Aspect.RELATION


def _relation_words(relation: Mapping[str, Any], adverb: str) -> str:
    return f"It is {adverb} {relation['kind']} {relation['target']}."


def _reshaped(old: Any, new: Any) -> Change:
    if not old:
        words = "It has got a shape."
    elif not new:
        words = "It has lost its shape."
    else:
        words = "Its shape changed."
    return Change(Aspect.GEOMETRY, "geometry_digest", old, new, words)


def _moved(old: tuple[float, ...] | None, new: tuple[float, ...] | None) -> Change:
    if old is None or new is None:
        words = "It has got a place." if old is None else "It has lost its place."
        return Change(Aspect.PLACEMENT, "placement", old, new, words)
    offset = [new[i] - old[i] for i in (3, 7, 11)]  # translation column of a row-major 4 x 4 matrix
    distance = math.hypot(*offset)
    turned = any(abs(new[i] - old[i]) > 1e-6 for i in (0, 1, 2, 4, 5, 6, 8, 9, 10))
    moved = f"It moved by {distance:.3f} m (x {offset[0]:+.3f}, y {offset[1]:+.3f}, z {offset[2]:+.3f})"
    if distance < 1e-6:
        words = "It was turned." if turned else "Its place changed by less than a micrometre."
    else:
        words = f"{moved} and was turned." if turned else f"{moved}."
    return Change(Aspect.PLACEMENT, "placement", list(old), list(new), words)


def _sentence(path: str, old: Any, new: Any) -> str:
    if old is None:
        return f"{path} is now {plain(new)}; it was not given before."
    if new is None:
        return f"{path} is no longer given; it was {plain(old)}."
    return f"{path} changed from {plain(old)} to {plain(new)}."


def plain(value: Any) -> str:
    """Return a canonical JSON value as a person would write it."""
    if isinstance(value, dict) and "u" in value:
        unit = "" if value["u"] == "1" else f" {value['u']}"
        return f"{value['v']:g}{unit}"
    if isinstance(value, dict) and "f" in value:
        return f"{value['f']:g}"
    if isinstance(value, dict) and "material" in value:
        thickness = value.get("thickness_m")
        return str(value["material"]) + (f" {thickness * 1000:g} mm" if thickness is not None else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(item)}" for key, item in value.get("m", value).items())
    if isinstance(value, list):
        return "; ".join(plain(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else str(value)
