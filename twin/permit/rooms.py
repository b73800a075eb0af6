"""Rooms: what kind each space is, how sure that is, and its shape."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from ifc import ElementRecord, RelationKind
from twin.permit.sentences import Sentence, say
from twin.permit.solids import RoomShape, room_shape
from twin.permit.view import BuildingView, as_text

KINDS: Mapping[str, frozenset[str]] = {  # values of AR_Ruum.115_Kategooria
    "elutuba": frozenset({"living"}),
    "töötuba": frozenset({"work"}),
    "magamistuba": frozenset({"bedroom"}),
    "köök": frozenset({"kitchen"}),
    "elutuba/köök": frozenset({"living", "kitchen"}),
    "wc": frozenset({"wc"}),
    "vannituba": frozenset({"bathroom"}),
    "rõdu": frozenset({"outdoor"}),
    "lodža": frozenset({"outdoor"}),
    "terrass": frozenset({"outdoor"}),
    "parkla": frozenset({"parking"}),
    "liftiruum": frozenset({"lift"}),
}
WORDS: Mapping[str, str] = {  # words of room names in Estonian, English, German and French -> kind
    r"elutuba|living|lounge|wohn\w*|s[ée]jour|salon": "living",
    r"töötuba|kabinet|study|home office|arbeitszimmer": "work",
    r"magamistuba|bedroom|schlafzimmer|kinderzimmer|chambre": "bedroom",
    r"köök|kitchen|k[üu]che|kochen|cuisine": "kitchen",
    r"wc|toilet\w*|tualett|toilettes": "wc",
    r"vannituba|duširuum|bath\w*|bad|badezimmer|shower|dusche|salle de bains?": "bathroom",
    r"koridor|corridor|hallway|flur|couloir": "corridor",
    r"trepikoda|trepp|stairs?|stairway|treppe\w*|escalier": "stair",
    r"tehnoruum|katlaruum|boiler room|utility|technical room|heizraum|chaufferie": "technical",
    r"klassiruum|söökla|raamatukogu|auditoorium|classroom|library|canteen|salle de classe": "public",
    r"varjend|shelter|schutzraum": "shelter",
    r"parkimiskoht|parkla|garaaž|parking|garage": "parking",
    r"esik|panipaik|garderoob|hall|foyer|lobby|storage|closet": "other",
    r"diele|abstellraum|entrée|dégagement|cellier": "other",
    r"rõdu|terrass|lodža|balcony|terrace|balkon|terrasse": "outdoor",
}
UNIT_PATHS = ("AR_Ruum.722_Eluruumi-number",)
CATEGORY_PATH = "AR_Ruum.115_Kategooria"
OTHER_PATHS = ("Pset_SpaceCommon.Category", "Pset_SpaceCommon.Reference", "@LongName")


@dataclass(frozen=True)
class Room:
    """One space of the model.

    Attributes:
        record: Its record.
        kinds: What it is used for: ``living``, ``work``, ``bedroom``, ``kitchen``, ``wc``, ``bathroom``, ``outdoor``,
            ``corridor``, ``stair``, ``technical``, ``public``, ``shelter``, ``parking``, ``lift``, ``other``; empty
            if the model does not say.
        doubt: Why the kind is not certain, or None.
        shape: Its shape, or None without usable geometry.
    """

    record: ElementRecord
    kinds: frozenset[str]
    doubt: Sentence | None
    shape: RoomShape | None

    @property
    def global_id(self) -> str:
        """Return the GlobalId of the space."""
        return self.record.global_id


class Rooms:
    """The rooms of a building."""

    def __init__(self, view: BuildingView) -> None:
        self._view = view

    @cached_property
    def all(self) -> tuple[Room, ...]:
        """Return every space that is not made of other spaces, by GlobalId."""
        return tuple(self._room(record) for record in self._view.of_kind("IfcSpace") if not self._has_parts(record))

    @cached_property
    def by_id(self) -> Mapping[str, Room]:
        """Return the rooms by GlobalId."""
        return {room.global_id: room for room in self.all}

    def of_kinds(self, kinds: Collection[str]) -> list[Room]:
        """Return the rooms that are used for one of `kinds`."""
        return [room for room in self.all if room.kinds & frozenset(kinds)]

    @property
    def unknown(self) -> list[Room]:
        """Return the rooms whose kind the model does not say."""
        return [room for room in self.all if not room.kinds]

    def _room(self, record: ElementRecord) -> Room:
        mesh = self._view.meshes.get(record.global_id)
        kinds, doubt = kinds_of(self._view, record)
        return Room(record, kinds, doubt, room_shape(mesh) if mesh is not None else None)

    def _has_parts(self, record: ElementRecord) -> bool:
        parts = self._view.sources(RelationKind.AGGREGATED_IN, record.global_id)
        return any(part.ifc_class == "IfcSpace" for part in parts)


def kinds_of(view: BuildingView, record: ElementRecord) -> tuple[frozenset[str], Sentence | None]:
    """Return the kinds of a space and the doubt about them.

    The national category decides; else the category, the reference or the long name is read for known words, and the
    doubt says so. A category that is filled in and not known means ``other``; a mere name that is not known means
    that the model does not say.
    """
    found = view.find(record, (CATEGORY_PATH,))
    if found is not None:
        return KINDS.get(as_text(found.value).casefold(), frozenset({"other"})), None
    for path in OTHER_PATHS:
        other = view.find(record, (path,))
        kinds = _kinds_in(as_text(other.value)) if other is not None else frozenset()
        if kinds:
            return kinds, say(
                "The room kind was read from {source}, not from {path}.",
                source=path.removeprefix("@"),
                path=CATEGORY_PATH,
            )
    return frozenset(), None


def _kinds_in(text: str) -> frozenset[str]:
    exact = KINDS.get(text.casefold())
    if exact is not None:
        return exact
    return frozenset(kind for words, kind in WORDS.items() if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))
