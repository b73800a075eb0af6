"""Classification, library and document references of a file."""

from collections.abc import Mapping

from ifc.links import Links
from ifc.records import Reference
from ifc.source import Entity, Source, step_id

_RELATIONS: Mapping[str, tuple[str, str]] = {  # relationship -> (attribute, role)
    "IfcRelAssociatesClassification": ("RelatingClassification", "classification"),
    "IfcRelAssociatesLibrary": ("RelatingLibrary", "library"),
    "IfcRelAssociatesDocument": ("RelatingDocument", "document"),
}
_UP = ("ReferencedSource", "ReferencedLibrary", "ReferencedDocument")
_MAX_DEPTH = 64  # a code of a deep classification table has about eight levels


def read_references(source: Source, links: Links) -> dict[int, list[Reference]]:
    """Return the references of every object, by STEP number."""
    found: dict[int, list[Reference]] = {}
    known: dict[int, Reference | None] = {}
    for relation, (attribute, role) in _RELATIONS.items():
        for related, number in links.pairs(relation, "RelatedObjects", attribute):
            if number not in known:
                target = source.entity(number)
                known[number] = None if target is None else _reference(source, target, role)
            reference = known[number]
            if reference is not None:
                for item in related:
                    found.setdefault(item, []).append(reference)
    return found


def _reference(source: Source, entity: Entity, role: str) -> Reference:
    def text(item: Entity, *names: str) -> str:
        return source.text(source.first(item, *names))

    top = _system(source, entity)
    own = step_id(top) == step_id(entity)
    code = "" if own and role != "document" else text(entity, "Identification", "ItemReference", "DocumentId")
    return Reference(
        role=role,
        source=text(top, "Name"),
        edition=text(top, "Edition", "Version", "Revision"),
        identification=code,
        name="" if own and role != "document" else text(entity, "Name"),
        location=text(entity, "Location"),
    )


def _system(source: Source, entity: Entity) -> Entity:
    """Return the classification, library or document at the end of the chain."""
    current = entity
    for _ in range(_MAX_DEPTH):
        following = source.first(current, *_UP)
        if following is None or isinstance(following, str):
            break
        current = following
    return current
