"""What the mesh of each element depends on, as one key: equal keys, equal meshes.

The geometry digest of a record says only what its shape is. A mesh also depends on where the element stands, what
is cut out of it, how it is coloured, its layers, and on units and contexts of the whole file.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from ifc.geometry_digest import GeometryDigester
from ifc.links import Links
from ifc.records import ElementRecord, RelationKind
from ifc.step_table import StepTable

_WHOLE_FILE = (  # what bears on every mesh
    b"IFCUNITASSIGNMENT",
    b"IFCGEOMETRICREPRESENTATIONCONTEXT",
    b"IFCMATERIALDEFINITIONREPRESENTATION",
    b"IFCRELPROJECTSELEMENT",
)
_STYLED = (  # class, argument with what is coloured, argument with the style
    (b"IFCSTYLEDITEM", 0, 1),
    (b"IFCPRESENTATIONLAYERWITHSTYLE", 2, 7),
)
_CONTAINERS = (  # what may hold a styled item somewhere below
    b"IFCPRODUCTDEFINITIONSHAPE",
    b"IFCSHAPEREPRESENTATION",
    b"IFCMAPPEDITEM",
    b"IFCREPRESENTATIONMAP",
    b"IFCBOOLEANRESULT",
    b"IFCBOOLEANCLIPPINGRESULT",
    b"IFCCSGSOLID",
)
_DECIMALS = 9  # of a placement in metres: far below what a kernel resolves
_DEPTH = 50  # parts of parts of real files nest below 5; more is a cycle
_NUMBERS = 16  # of a matrix


class ShapeKeys:
    """Keys of the elements of one file.

    Args:
        table: The statements of the file.
        links: What they refer to.
        digester: Digests of the same statements.
    """

    def __init__(self, table: StepTable, links: Links, digester: GeometryDigester) -> None:
        self._table = table
        self._digester = digester
        self._shapes = links.of("IfcProduct", "Representation")
        self._styles = self._all_styles()
        self._materials = self._all_materials(links)
        self._within: dict[int, str] = {}
        self._held = self._all_held() if self._styles else {}
        whole = table.number[table.of(_WHOLE_FILE)].tolist()
        self._common = "".join(sorted(digester.digests([[number] for number in whole])))
        self._common += "".join(sorted(self._stray_styles()))

    def of(self, records: Iterable[ElementRecord], numbers: Mapping[str, int]) -> dict[str, str]:
        """Return the key of every placed record with a shape, by GlobalId.

        Args:
            records: All records of the file.
            numbers: STEP number of each record by its key.
        """
        by_id = {record.global_id: record for record in records}
        openings: dict[str, list[bytes]] = defaultdict(list)
        for record in by_id.values():
            hosts = record.targets(RelationKind.VOIDS) if record.relations and record.placement else ()
            for host in hosts:
                openings[host] += [record.geometry_digest.encode() + place for place in _places([record.placement])]
        wanted = [
            record
            for key, record in by_id.items()
            if record.geometry_digest and record.placement is not None and key in numbers
        ]
        places = _places(record.placement for record in wanted if record.placement is not None)
        return {
            record.global_id: self._key(record, place, by_id, numbers, openings)
            for record, place in zip(wanted, places, strict=True)
        }

    def _key(
        self,
        record: ElementRecord,
        place: bytes,
        by_id: Mapping[str, ElementRecord],
        numbers: Mapping[str, int],
        openings: Mapping[str, list[bytes]],
    ) -> str:
        cut, made_of = list[bytes](), list[str]()
        for whole in _wholes(record, by_id) if openings or self._materials else ():
            if self._materials:
                made_of += self._made_of(whole, by_id, numbers)
            cut += openings.get(whole.global_id, ())
        colours = [self._colours(shape) for shape in self._shapes.get(numbers[record.global_id], ())]
        told = (self._common, record.ifc_class, record.geometry_digest, "".join(colours), "".join(made_of))
        return hashlib.sha256(b"|".join(["|".join(told).encode(), place, *sorted(cut)])).hexdigest()

    def _made_of(
        self, record: ElementRecord, by_id: Mapping[str, ElementRecord], numbers: Mapping[str, int]
    ) -> Iterator[str]:
        """Yield the digests of the materials of a record and of its types, apart by strokes."""
        kinds = [by_id[item] for item in record.targets(RelationKind.TYPED_BY) if item in by_id]
        for item in (record, *kinds):
            yield "/"
            yield from self._materials.get(numbers.get(item.global_id, 0), ())

    def _each(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the digest of each statement."""
        wanted = sorted(set(numbers))
        return dict(zip(wanted, self._digester.digests([[number] for number in wanted]), strict=True))

    def _pairs(self, name: bytes, place: int) -> dict[int, list[int]]:
        """Return what an argument of a class refers to, by row."""
        owners, targets = self._table.links(self._table.of((name,)), place)
        found: dict[int, list[int]] = defaultdict(list)
        for owner, target in zip(owners.tolist(), targets.tolist(), strict=True):
            found[owner].append(target)
        return found

    def _all_styles(self) -> dict[int, str]:
        """Return for every styled item its own digest and those of its styles."""
        given = [
            (item, tuple(styles.get(row, ())))
            for name, items, at in _STYLED
            for styles in (self._pairs(name, at),)
            for row, targets in self._pairs(name, items).items()
            for item in targets
        ]
        looks_of = sorted({styles for _, styles in given})
        looks = dict(zip(looks_of, self._digester.digests(looks_of), strict=True))
        own = self._each(item for item, _ in given)
        found: dict[int, str] = {}
        for item, styles in given:
            found[item] = found.get(item, own[item]) + looks[styles]
        return found

    def _all_materials(self, links: Links) -> dict[int, list[str]]:
        name = "IfcRelAssociatesMaterial"
        pairs = list(links.pairs(name, "RelatedObjects", "RelatingMaterial"))
        digests = self._each(material for _, material in pairs)
        found: dict[int, list[str]] = defaultdict(list)
        for objects, material in pairs:
            for number in objects:
                found[number].append(digests[material])
        return found

    def _all_held(self) -> dict[int, list[int]]:
        """Return what every container refers to."""
        table = self._table
        rows = table.of(_CONTAINERS)
        ends = (table.pointer[rows].tolist(), table.pointer[rows + 1].tolist())
        return {
            number: table.target[first:last].tolist()
            for number, first, last in zip(table.number[rows].tolist(), *ends, strict=True)
        }

    def _stray_styles(self) -> Iterator[str]:
        """Yield the styles of what lies below a face set or a shell: they are not followed up to their elements."""
        leaves = set[int]().union(*self._held.values())
        return (look for item, look in self._styles.items() if item not in leaves)

    def _colours(self, root: int) -> str:
        """Return the styles at and below a container, with what they colour."""
        if not self._styles:
            return ""
        if root not in self._within:
            waiting, seen, found = [root], set[int](), list[str]()
            while waiting:
                key = waiting.pop()
                if key in seen:
                    continue
                seen.add(key)
                if key in self._styles:
                    found.append(self._styles[key])
                waiting += self._held.get(key, ())
            self._within[root] = hashlib.sha256("".join(sorted(found)).encode()).hexdigest()
        return self._within[root]


def _wholes(record: ElementRecord, by_id: Mapping[str, ElementRecord]) -> Iterator[ElementRecord]:
    """Yield the record and what it is part of: openings and layers of a whole bear on its parts."""
    current: ElementRecord | None = record
    for _ in range(_DEPTH):
        if current is None:
            return
        yield current
        up = current.targets(RelationKind.AGGREGATED_IN)
        current = by_id.get(up[0]) if up else None


def _places(placements: Iterable[tuple[float, ...] | None]) -> list[bytes]:
    """Return rounded world matrices as bytes."""
    rows = np.round(np.array(list(placements), np.float64).reshape(-1, _NUMBERS), _DECIMALS) + 0.0
    text, size = rows.tobytes(), _NUMBERS * rows.itemsize
    return [text[at : at + size] for at in range(0, len(text), size)]
