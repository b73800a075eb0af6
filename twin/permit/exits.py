"""The exits of a building, and the ways to them."""

from collections.abc import Mapping
from functools import cached_property

from ifc import RelationKind
from twin.permit.doors import Passage, Passages
from twin.permit.rooms import Rooms
from twin.permit.view import BuildingView
from twin.permit.walk import Walk, WayOut

EXIT_PATHS = ("AR_Uks.370_Evakuatsiooniväljapääs", "Pset_DoorCommon.FireExit")
ZONE_WAY = ("AR_Tsoon_Tuleohutus.715_Evakuatsioonitee",)


class Exits:
    """The doors through which people leave, and how far it is to them."""

    def __init__(self, view: BuildingView, rooms: Rooms, passages: Passages) -> None:
        self._view = view
        self._rooms = rooms
        self._passages = passages

    @cached_property
    def doors(self) -> tuple[Passage, ...]:
        """Return the outer doors that say that they are an exit."""
        return tuple(door for door in self._outer if self._view.flag(door.record, EXIT_PATHS))

    @cached_property
    def untold(self) -> tuple[Passage, ...]:
        """Return the outer doors that do not say whether they are an exit, if no other door is one."""
        if self.doors:
            return ()
        return tuple(door for door in self._outer if self._view.flag(door.record, EXIT_PATHS) is None)

    @cached_property
    def protected(self) -> frozenset[str]:
        """Return the rooms of the compartments that are a way out."""
        zones = {z.global_id for z in self._view.of_kind("IfcZone") if self._view.flag(z, ZONE_WAY)}
        members = (r for zone in zones for r in self._view.sources(RelationKind.ASSIGNED_TO, zone))
        return frozenset(r.global_id for r in members if r.global_id in self._rooms.by_id)

    @cached_property
    def ways(self) -> Mapping[str, WayOut]:
        """Return the longest way out of each room: to an exit, or into a protected compartment if that is nearer."""
        walk = Walk(self._rooms, self._passages)
        into = [door for door in self._passages.doors if len(set(door.rooms) & self.protected) == 1]
        to_exit = walk.ways_out(self.doors)
        to_zone = walk.ways_out([*self.doors, *into]) if into else to_exit
        return {gid: to_exit[gid] for gid in self.protected if gid in to_exit} | {
            gid: way for gid, way in to_zone.items() if gid not in self.protected
        }

    @cached_property
    def _outer(self) -> tuple[Passage, ...]:
        return tuple(door for door in self._passages.doors if door.outer and door.rooms)
