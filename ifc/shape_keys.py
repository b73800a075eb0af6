"""What the mesh of each element depends on, as one key: equal keys, equal meshes.

The geometry digest of a record says only what its shape is. A mesh also depends on where the element stands, what
is cut out of it, how it is coloured, its layers, and on units and contexts of the whole file.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ifc.geometry_digest import GeometryDigester
from ifc.records import ElementRecord, RelationKind
from ifc.step import arguments

_REFERENCE = re.compile(rb"#\d+")
_WHOLE_FILE = (  # what bears on every mesh
    b"IFCUNITASSIGNMENT",
    b"IFCGEOMETRICREPRESENTATIONCONTEXT",
    b"IFCMATERIALDEFINITIONREPRESENTATION",
    b"IFCRELPROJECTSELEMENT",
)
_STYLED, _LAYER, _MATERIAL = b"IFCSTYLEDITEM", b"IFCPRESENTATIONLAYERWITHSTYLE", b"IFCRELASSOCIATESMATERIAL"
_SCANNED = (*_WHOLE_FILE, _STYLED, _LAYER, _MATERIAL)
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


class ShapeKeys:
    """Keys of the elements of one file.

    Args:
        statements: ``b"#12"`` -> statement body.
        digester: Digests of the same statements.
        groups: Keys of the statements by class as written.
    """

    def __init__(
        self,
        statements: Mapping[bytes, bytes],
        digester: GeometryDigester,
        groups: Mapping[bytes, Sequence[bytes]],
    ) -> None:
        self._statements = statements
        self._groups = groups
        self._digester = digester
        self._styles: dict[bytes, str] = defaultdict(str)
        self._materials: dict[bytes, list[str]] = defaultdict(list)
        self._within: dict[bytes, str] = {}
        found = self._scan()
        for _, body in found[_STYLED]:
            self._add_styles(arguments(body)[:1], arguments(body)[1:2])
        for _, body in found[_LAYER]:
            self._add_styles(arguments(body)[2:3], arguments(body)[-1:])
        for _, body in found[_MATERIAL]:
            self._add_material(body)
        self._common = "".join(sorted(digester.digest([key]) for name in _WHOLE_FILE for key, _ in found[name]))
        self._common += "".join(sorted(self._stray_styles()))

    def of(self, records: Iterable[ElementRecord], numbers: Mapping[str, int]) -> dict[str, str]:
        """Return the key of every placed record with a shape, by GlobalId.

        Args:
            records: All records of the file.
            numbers: STEP number of each record by its key.
        """
        by_id = {record.global_id: record for record in records}
        openings: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        for record in by_id.values():
            for host in record.targets(RelationKind.VOIDS):
                openings[host].append((record.geometry_digest, _rounded(record)))
        return {
            key: self._key(record, by_id, numbers, openings)
            for key, record in by_id.items()
            if record.geometry_digest and record.placement is not None and key in numbers
        }

    def _key(
        self,
        record: ElementRecord,
        by_id: Mapping[str, ElementRecord],
        numbers: Mapping[str, int],
        openings: Mapping[str, list[tuple[object, ...]]],
    ) -> str:
        wholes = list(_wholes(record, by_id))
        kinds = [by_id[item] for whole in wholes for item in whole.targets(RelationKind.TYPED_BY) if item in by_id]
        made_of = [
            self._materials.get(b"#%d" % numbers[item.global_id], [])
            for item in (*wholes, *kinds)
            if item.global_id in numbers
        ]
        parts = (
            self._common,
            record.ifc_class,
            record.geometry_digest,
            _rounded(record),
            self._colours(b"#%d" % numbers[record.global_id]),
            made_of,
            sorted((item for whole in wholes for item in openings.get(whole.global_id, ())), key=repr),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _scan(self) -> dict[bytes, list[tuple[bytes, bytes]]]:
        found: dict[bytes, list[tuple[bytes, bytes]]] = {name: [] for name in _SCANNED}
        for written, keys in self._groups.items():
            if (name := written.strip()) in found:
                found[name] += [(key, self._statements[key]) for key in keys]
        return found

    def _add_styles(self, items: list[bytes], styles: list[bytes]) -> None:
        look = self._digester.digest(_REFERENCE.findall(b"".join(styles)))
        for item in _REFERENCE.findall(b"".join(items)):
            self._styles[item] += look

    def _add_material(self, body: bytes) -> None:
        given = arguments(body)
        if len(given) > 5:
            digest = self._digester.digest([given[5]])
            for item in _REFERENCE.findall(given[4]):
                self._materials[item].append(digest)

    def _stray_styles(self) -> Iterator[str]:
        """Yield the styles of what lies below a face set or a shell: they are not followed up to their elements."""
        leaves = set[bytes]()
        for name, keys in self._groups.items():
            if self._styles and name.startswith(_CONTAINERS):
                leaves.update(*[_REFERENCE.findall(self._statements[key]) for key in keys])
        for item, look in self._styles.items():
            if item not in leaves:
                yield self._digester.digest([item]) + look

    def _colours(self, product: bytes) -> str:
        """Return the digest of all styles below `product`, with what they colour."""
        shapes = [key for key in _REFERENCE.findall(self._statements.get(product, b"")) if self._holds(key)]
        return "".join(self._colours_within(key) for key in shapes)

    def _colours_within(self, root: bytes) -> str:
        """Return the styles at and below a container, with what they colour."""
        if root not in self._within:
            waiting, seen, found = [root] if self._styles else [], set[bytes](), list[str]()
            while waiting:
                key = waiting.pop()
                if key in seen:
                    continue
                seen.add(key)
                if key in self._styles:
                    found.append(self._digester.digest([key]) + self._styles[key])
                if self._holds(key):
                    waiting += _REFERENCE.findall(self._statements[key])
            self._within[root] = hashlib.sha256("".join(sorted(found)).encode()).hexdigest()
        return self._within[root]

    def _holds(self, key: bytes) -> bool:
        return self._statements.get(key, b"").startswith(_CONTAINERS)


def _wholes(record: ElementRecord, by_id: Mapping[str, ElementRecord]) -> Iterator[ElementRecord]:
    """Yield the record and what it is part of: openings and layers of a whole bear on its parts."""
    current: ElementRecord | None = record
    for _ in range(_DEPTH):
        if current is None:
            return
        yield current
        up = current.targets(RelationKind.AGGREGATED_IN)
        current = by_id.get(up[0]) if up else None


def _rounded(record: ElementRecord) -> tuple[float, ...] | None:
    return None if record.placement is None else tuple(round(part, _DECIMALS) + 0.0 for part in record.placement)
