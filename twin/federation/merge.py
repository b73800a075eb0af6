"""Several models become one: common structure merged, duplicates kept once, the discipline of each element noted.

Rules that it keeps:
1. The first model gives header, project and frame; nothing is moved, a disagreement is a finding.
2. Spatial structure is merged (`twin.federation.structure`); the first model's words hold, sets it lacks are added.
3. An element with the same GlobalId and an equal record in two files is kept once; with another record it gets the
   suffix ``~2`` (``~3`` ...), and so do all references to it within its file.
4. Elements of different GlobalIds in the same place are kept and told (`twin.federation.doubles`).
5. Every record but the merged structure carries the property set `Kaksik_Federation`, and so is sealed with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ifc import ElementRecord, Mesh, MeshSet, Model, ReadFinding, Relation, Severity, Value, digest
from twin.catalogue import files_digest
from twin.errors import InvalidInput
from twin.federation.agreement import Part, disagreements
from twin.federation.discipline import discipline_of
from twin.federation.doubles import Doubles
from twin.federation.structure import SPATIAL, findings, match, spatial

PROPERTY_SET = "Kaksik_Federation"
MAX_FINDINGS_PER_FILE = 200  # of differing duplicates: a person reads the first few; the rest is told as a number


def federate(parts: Sequence[Part]) -> tuple[Model, MeshSet]:
    """Return one model and its meshes of several models of one building.

    Raises:
        InvalidInput: (federation) there is no model.
    """
    if not parts:
        raise InvalidInput("There is no model to federate.", reason="federation", hint="Name at least one file.")
    merged = _Merged(parts[0])
    for part in parts:
        merged.add(part)
    return merged.model(parts), MeshSet(tuple(merged.meshes[key] for key in sorted(merged.meshes)))


@dataclass
class _Merged:
    """A federation in the making."""

    first: Part
    records: dict[str, ElementRecord] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of the records without the property set of the federation
    meshes: dict[str, Mesh] = field(default_factory=dict)
    findings: list[ReadFinding] = field(default_factory=list)
    doubles: Doubles = field(default_factory=Doubles)

    def add(self, part: Part) -> None:
        known, added = spatial(self.records.values()), spatial(part.model.records)
        matched = match(known, added) if part is not self.first else {}
        self.findings += findings(known, added, matched, part.name) if part is not self.first else []
        if part is not self.first:
            self.findings += disagreements(self.first, part, matched)
        self.findings += self.doubles.add(part)
        names, equal = self._names(part, matched)
        tag = {"Discipline": discipline_of(part.name, part.model.records).value, "SourceFile": part.name}
        for record in part.model.records:
            if record.global_id in matched:
                self._join(matched[record.global_id], _renamed(record, names), part.name)
            elif record.global_id not in equal:
                self._keep(_renamed(record, names), tag)
        for mesh in part.meshes:
            self.meshes.setdefault(names.get(mesh.global_id, mesh.global_id), _moved(mesh, names))

    def model(self, parts: Sequence[Part]) -> Model:
        models = [part.model for part in parts]
        places = [model.georeference for model in models if model.georeference is not None]
        lost: Counter[str] = Counter()
        for model in models:
            lost.update(model.not_understood)
        return replace(
            models[0],
            file_sha256=files_digest([model.file_sha256 for model in models]),
            records=tuple(self.records[key] for key in sorted(self.records)),
            georeference=min(places, key=lambda place: place.source == "IfcSite", default=None),
            findings=(*self._of_files(parts), *self.findings),
            not_understood=dict(sorted(lost.items())),
        )

    def _of_files(self, parts: Sequence[Part]) -> list[ReadFinding]:
        """Return what reading noticed in each file, with its name; missing spaces once, if no file has any."""
        found = [
            replace(item, message=f"{part.name}: {item.message}")
            for part in parts
            for item in part.model.findings
            if item.rule != "spaces.none"
        ]
        missing = [item for part in parts for item in part.model.findings if item.rule == "spaces.none"]
        return [*found, *missing[:1]] if len(missing) == len(parts) else found

    def _names(self, part: Part, matched: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
        """Return the new GlobalIds of a part's elements where they change, and those kept already."""
        names, equal, differing = dict(matched), set[str](), list[str]()
        own = {record.global_id for record in part.model.records}
        for record in part.model.records:
            key = record.global_id
            if key in matched or key not in self.records:
                continue
            if digest(_renamed(record, matched)) == self.digests[key]:
                equal.add(key)
            else:
                names[key] = self._free(key, own | set(names.values()))
                differing.append(key)
        self._tell_duplicates(part.name, len(equal), differing, names)
        return names, equal

    def _free(self, key: str, taken: set[str]) -> str:
        base = key.split("~")[0]
        number = 2
        while f"{base}~{number}" in self.records or f"{base}~{number}" in taken:
            number += 1
        return f"{base}~{number}"

    def _tell_duplicates(self, name: str, equal: int, differing: list[str], names: Mapping[str, str]) -> None:
        if equal:
            words = f"{name}: {equal} elements are in another file as well, equal in all; they were kept once."
            once = "Export each element with one model only."
            self.findings.append(ReadFinding("federation.duplicate", Severity.INFO, words, once))
        hint = "Give every element its own GlobalId, or export it with one model only."
        for key in differing[:MAX_FINDINGS_PER_FILE]:
            words = f"{name}: another file holds a different element of this GlobalId; this one became {names[key]}."
            self.findings.append(
                ReadFinding("federation.duplicate-differs", Severity.WARNING, words, hint, names[key])
            )
        if len(differing) > MAX_FINDINGS_PER_FILE:
            words = f"{name}: {len(differing) - MAX_FINDINGS_PER_FILE} more of the same kind."
            self.findings.append(ReadFinding("federation.duplicate-differs", Severity.WARNING, words, hint))

    def _keep(self, record: ElementRecord, tag: Mapping[str, Value]) -> None:
        self.digests[record.global_id] = digest(record)
        if record.ifc_class not in SPATIAL:
            record = replace(record, property_sets={**record.property_sets, PROPERTY_SET: tag})
        self.records[record.global_id] = record

    def _join(self, key: str, other: ElementRecord, name: str) -> None:
        """Add to a spatial element what another file says of it and this one does not."""
        kept = self.records[key]
        clashing = [
            f"{set_name}.{value_name}"
            for ours, theirs in (
                (kept.property_sets, other.property_sets),
                (kept.quantity_sets, other.quantity_sets),
            )
            for set_name in ours.keys() & theirs.keys()
            for value_name in ours[set_name].keys() & theirs[set_name].keys()
            if ours[set_name][value_name] != theirs[set_name][value_name]
        ]
        if clashing:
            words = f"{name}: {', '.join(sorted(clashing)[:5])} differ from the first file, whose values hold."
            agree = "Agree on the values, or export the properties of the common structure with one model only."
            self.findings.append(ReadFinding("federation.conflict", Severity.WARNING, words, agree, key))
        kinds = {relation.kind for relation in kept.relations}
        added = [r for r in other.relations if r.kind not in kinds and r.target != key]
        self.records[key] = replace(
            kept,
            property_sets=_union(kept.property_sets, other.property_sets),
            quantity_sets=_union(kept.quantity_sets, other.quantity_sets),
            references=tuple(dict.fromkeys((*kept.references, *other.references))),
            relations=(*kept.relations, *added),
        )


def _renamed(record: ElementRecord, names: Mapping[str, str]) -> ElementRecord:
    """Return `record` under its new name, with the new names in its relations."""
    relations = tuple(
        Relation(relation.kind, names[relation.target], relation.detail) if relation.target in names else relation
        for relation in record.relations
    )
    key = names.get(record.global_id, record.global_id)
    if key == record.global_id and relations == record.relations:
        return record
    return replace(record, global_id=key, relations=relations)


def _moved(mesh: Mesh, names: Mapping[str, str]) -> Mesh:
    return replace(mesh, global_id=names[mesh.global_id]) if mesh.global_id in names else mesh


def _union(
    ours: Mapping[str, Mapping[str, Value]], theirs: Mapping[str, Mapping[str, Value]]
) -> dict[str, Mapping[str, Value]]:
    return {**theirs, **{name: {**theirs.get(name, {}), **values} for name, values in ours.items()}}
