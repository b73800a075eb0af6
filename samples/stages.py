"""Later stages of the house and the office: what was built otherwise, and what was changed in use."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from samples.author import guid
from samples.plan import Node, Override, Plan, Storey, map_rooms, resize
from samples.work import Json, Work

AS_DESIGNED, AS_BUILT, AS_MAINTAINED = "as-designed", "as-built", "as-maintained"
_WALL_SETS = (("Pset_WallCommon", "FireRating"), ("AR_Sein", "330_Tulekindlus"))
_DOOR_SETS = (("Pset_DoorCommon", "SelfClosing"), ("AR_Uks", "365_Isesulguv"))


@dataclass(frozen=True, slots=True)
class Deviation:
    """One intended difference between a stage and the one before it.

    Attributes:
        kind: What happened.
        element: Element key.
        before: Value before.
        after: Value after.
    """

    kind: str
    element: str
    before: str | bool | float | None
    after: str | bool | float | None


_HOUSE_BUILT = (
    Deviation("wall_moved", "k1/g-south.1", 6.42, 5.42),
    Deviation("door_narrowed", "k2/door-bed2", 0.9, 0.8),
    Deviation("window_removed", "k1/living/window-W1", 1.8, None),
    Deviation("fire_rating_changed", "k2/wall-N", "REI30", "REI15"),
    Deviation("space_renamed", "k1/study", "Töötuba", "Kabinet"),
)
_HOUSE_MAINTAINED = (
    Deviation("equipment_removed", "heat-pump", "Soojus 8", None),
    Deviation("equipment_added", "heat-pump-2", None, "Soojus 12"),
    Deviation("property_changed", "k1/door-entrance", "", "EI15"),
)
_OFFICE_BUILT = (
    Deviation("wall_moved", "k2/s2.1", 4.9, 3.9),
    Deviation("door_narrowed", "k1/door-office3", 1.0, 0.9),
    Deviation("window_removed", "k1/plant/window-N0", 0.9, None),
    Deviation("fire_rating_changed", "k1/c1.1", "REI60", "REI30"),
    Deviation("space_renamed", "k2/meeting", "Nõupidamisruum", "Koolitusruum"),
)
_OFFICE_MAINTAINED = (
    Deviation("equipment_removed", "ahu-1", "Tuulik 5000", None),
    Deviation("equipment_added", "ahu-2", None, "Tuulik 6000 EC"),
    Deviation("property_changed", "k1/door-stair", True, False),
)


def later_stages(plan: Plan) -> list[tuple[str, Plan]]:
    """Return the as-built and as-maintained plans of a building that has them."""
    if plan.building_id == "120900101":
        built = _house_built(plan)
        return [(AS_BUILT, built), (AS_MAINTAINED, _house_maintained(built))]
    if plan.building_id == "120900103":
        built = _office_built(plan)
        return [(AS_BUILT, built), (AS_MAINTAINED, _office_maintained(built))]
    return []


def _house_built(plan: Plan) -> Plan:
    plan = _change_layout(plan, "k1", lambda node: resize(node, "g-south", (5.0, 0.0)))
    plan = _change_layout(plan, "k1", lambda node: _rename(node, "study", "Kabinet"))
    plan = _narrow(plan, "k2", "bed2", 0.8)
    return replace(
        plan,
        omitted=("k1/living/window-W1",),
        overrides=_override("k2/wall-N", _WALL_SETS, "REI15"),
    )


def _house_maintained(plan: Plan) -> Plan:
    rating = (("Pset_DoorCommon", "FireRating"), ("AR_Uks", "330_Tulekindlus"))
    return replace(
        plan,
        equipment=(("heat-pump-2", "k1/utility", "heat_pump", "Soojus 12"),),
        overrides=plan.overrides + _override("k1/door-entrance", rating, "EI15"),
    )


def _office_built(plan: Plan) -> Plan:
    plan = _change_layout(plan, "k2", lambda node: resize(node, "s2", (3.5, 5.5, 4.5, 4.5, 0.0)))
    plan = _change_layout(plan, "k2", lambda node: _rename(node, "meeting", "Koolitusruum"))
    plan = _narrow(plan, "k1", "office3", 0.9)
    return replace(
        plan,
        omitted=("k1/plant/window-N0",),
        overrides=_override("k1/c1.1", _WALL_SETS, "REI30"),
    )


def _office_maintained(plan: Plan) -> Plan:
    return replace(
        plan,
        air_handling="Tuulik 6000 EC",
        overrides=plan.overrides + _override("k1/door-stair", _DOOR_SETS, False),
    )


def _override(element: str, sets: tuple[tuple[str, str], ...], value: str | bool) -> tuple[Override, ...]:
    return tuple(Override(element, name, title, value) for name, title in sets)


def _change_storey(plan: Plan, key: str, change: Callable[[Storey], Storey]) -> Plan:
    return replace(plan, storeys=tuple(change(s) if s.key == key else s for s in plan.storeys))


def _change_layout(plan: Plan, key: str, change: Callable[[Node], Node]) -> Plan:
    return _change_storey(plan, key, lambda storey: replace(storey, layout=change(storey.layout)))


def _rename(node: Node, key: str, name: str) -> Node:
    return map_rooms(node, lambda room: replace(room, long_name=name) if room.key == key else room)


def _narrow(plan: Plan, key: str, door: str, width: float) -> Plan:
    return _change_storey(
        plan,
        key,
        lambda s: replace(s, doors=tuple(replace(d, width=width) if d.key == door else d for d in s.doors)),
    )


_INTENDED = {
    ("120900101", AS_BUILT): _HOUSE_BUILT,
    ("120900101", AS_MAINTAINED): _HOUSE_MAINTAINED,
    ("120900103", AS_BUILT): _OFFICE_BUILT,
    ("120900103", AS_MAINTAINED): _OFFICE_MAINTAINED,
}
_BEFORE = {AS_BUILT: AS_DESIGNED, AS_MAINTAINED: AS_BUILT}


def deviations(works: dict[tuple[str, str], Work]) -> list[Json]:
    """Return, per pair of stages, what was intended and every object that differs because of it."""
    rows = []
    for (building, stage), intended in _INTENDED.items():
        old, new = works[building, _BEFORE[stage]].facts, works[building, stage].facts
        rows.append({
            "building_id": building, "from": _BEFORE[stage], "to": stage,
            "intended": [
                {"kind": d.kind, "global_id": guid(building, d.element), "element": d.element,
                 "before": d.before, "after": d.after}
                for d in intended
            ],
            "added": sorted(new[key]["global_id"] for key in new.keys() - old.keys()),
            "removed": sorted(old[key]["global_id"] for key in old.keys() - new.keys()),
            "changed": [
                {"global_id": new[key]["global_id"], "element": key,
                 "aspects": [name for name in new[key] if new[key][name] != old[key][name]]}
                for key in sorted(new.keys() & old.keys()) if new[key] != old[key]
            ],
        })  # fmt: skip
    return rows
