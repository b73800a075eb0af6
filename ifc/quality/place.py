"""Rules about placements, distances from the origin, and the place on the map."""

import math
import re
from collections.abc import Iterator, Mapping

from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject, label
from ifc.records import ElementRecord, Measure, RelationKind
from ifc.source import Entity
from ifc.step import arguments, numbers

FAR_M = 1_000.0  # farther from the origin, single precision of viewers and kernels begins to show
MAX_CHAIN = 1_000  # placements above one another in the search for the container; real chains have below ten
_EPSG = re.compile(r"(urn:ogc:def:crs:)?EPSG:[:\d.]*\d+", re.IGNORECASE)
_NULL_ISLAND_DEG = 1e-6


def relative_placements(subject: Subject) -> Iterator[ReadFinding]:
    """An element is placed relative to what contains it, directly or through others; a room may lend its storey."""
    above = _Chains(subject)
    known = subject.model.by_id()
    for record in subject.model.records:
        holder = next(iter(record.targets(RelationKind.CONTAINED_IN)), None)
        if holder is None:
            continue
        storeys = known[holder].targets(RelationKind.AGGREGATED_IN) if known[holder].ifc_class == "IfcSpace" else ()
        own, bases = above.placement(record), {above.placement(known[key]) for key in (holder, *storeys)}
        if own is None or None in bases or own in bases or bases & above.of(own):
            continue
        note = f"{label(record)} is not placed relative to {label(known[holder])}, which contains it."
        hint = "Assign the element to the storey on which it is modelled; then both move together."
        yield subject.of_record(record, "placement.container", Severity.WARNING, note, hint)


class _Chains:
    """Placements above a placement, each found once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._known: dict[bytes, frozenset[bytes]] = {}

    def placement(self, record: ElementRecord) -> bytes | None:
        """Return the placement of a record as ``b"#12"``, or None."""
        instances = self._subject.instances(record)
        if len(instances) != 1:
            return None
        key = self._subject.attribute(instances[0], "ObjectPlacement")
        return key if key[:1] == b"#" and key in self._subject.text.statements else None

    def of(self, key: bytes) -> frozenset[bytes]:
        """Return every placement above `key`, up to `MAX_CHAIN`."""
        found = self._known.get(key)
        if found is None:
            chain: dict[bytes, None] = {}
            current = key
            while len(chain) < MAX_CHAIN:
                parent = (self._subject.arguments(current) or [b"$"])[0]
                if parent[:1] != b"#" or parent in chain:
                    break
                chain[parent] = None
                current = parent
            found = self._known[key] = frozenset(chain)
        return found


def near_origin(subject: Subject) -> Iterator[ReadFinding]:
    """No placement and no point lies farther than a kilometre from the origin."""
    mapped = bool(subject.source.of("IfcMapConversion"))
    note = "; the map conversion moves it a second time" if mapped else ""
    hint = "Model near the project origin, and state the place on the map as IfcMapConversion."
    placed = [
        (math.dist(_at(record), (0.0, 0.0, 0.0)), record) for record in subject.model.records if record.placement
    ]
    far = [(distance, record) for distance, record in placed if distance > FAR_M]
    if far:
        distance, record = max(far, key=lambda item: item[0])
        message = (
            f"{len(far)} objects are placed over 1 km from the origin; {label(record)} is {distance:,.0f} m away"
        )
        yield subject.of_record(record, "coordinates.far", Severity.WARNING, message + note + ".", hint)
    elif (found := _farthest_point(subject)) is not None:
        key, distance = found
        message = f"A point of the geometry has a coordinate of {distance:,.0f} m"
        line = subject.text.line_of(int(key[1:]))
        entity = f"{key.decode()} IfcCartesianPoint"
        yield ReadFinding("coordinates.far", Severity.WARNING, message + note + ".", hint, None, entity, line)


def _at(record: ElementRecord) -> tuple[float, ...]:
    return (0.0, 0.0, 0.0) if record.placement is None else record.placement[3:12:4]


def _farthest_point(subject: Subject) -> tuple[bytes, float] | None:
    limit = FAR_M / subject.model.header.length_unit_m
    worst: tuple[bytes, float] | None = None
    for key, body in subject.text.statements.items():
        if not body.startswith(b"IFCCARTESIANPOINT("):
            continue
        reach = max(map(abs, numbers(body[18:-1])), default=0.0)
        if reach > limit and (worst is None or reach > worst[1]):
            worst = (key, reach)
    return None if worst is None else (worst[0], worst[1] * subject.model.header.length_unit_m)


def map_conversion(subject: Subject) -> Iterator[ReadFinding]:
    """A map conversion moves the model to a place and has a direction."""
    hint = "Set the survey point or geo-reference of the project in the authoring tool, or leave it out."
    for entity in subject.source.of("IfcMapConversion"):
        values = _numbers(subject, entity, "Eastings", "Northings")
        if not any(values.values()):
            note = "The map conversion is blank: eastings and northings are zero."
            yield subject.of_entity(entity, "georeference.blank", Severity.WARNING, note, hint)
        turn = _numbers(subject, entity, "XAxisAbscissa", "XAxisOrdinate")
        if len(turn) == 2 and not any(turn.values()):
            note = "The direction of the map conversion is the zero vector: the model has no rotation on the map."
            yield subject.of_entity(entity, "georeference.direction", Severity.ERROR, note, hint)


def projected_crs(subject: Subject) -> Iterator[ReadFinding]:
    """A projected coordinate reference system has a name by which software finds it."""
    for entity in subject.source.of("IfcProjectedCRS"):
        name = subject.source.text(subject.source.get(entity, "Name")).strip()
        if not _EPSG.fullmatch(name):
            note = f"The coordinate reference system is named “{name[:60]}”: no register has such a name."
            hint = "Name it by its EPSG code, such as EPSG:3301, in the geo-reference of the project."
            yield subject.of_entity(entity, "georeference.crs-name", Severity.WARNING, note, hint)


def site_location(subject: Subject) -> Iterator[ReadFinding]:
    """Latitude and longitude of a site lie on Earth, and are not both zero."""
    for site in subject.records_of("IfcSite"):
        degrees = [
            value.value for name in ("RefLatitude", "RefLongitude")
            if isinstance(value := site.attributes.get(name), Measure)
        ]  # fmt: skip
        if len(degrees) != 2:
            continue
        latitude, longitude = degrees
        if abs(latitude) > 90.0 or abs(longitude) > 180.0:
            note = f"Latitude {latitude:.4f}° and longitude {longitude:.4f}° are no place on Earth."
        elif max(abs(latitude), abs(longitude)) < _NULL_ISLAND_DEG:
            note = "Latitude and longitude of the site are zero: a place in the Gulf of Guinea."
        else:
            continue
        hint = "Set the location of the project in the authoring tool."
        yield subject.of_record(site, "georeference.site-location", Severity.WARNING, note, hint)


def _numbers(subject: Subject, entity: Entity, *names: str) -> Mapping[str, float]:
    found = {}
    for name in names:
        written = subject.attribute(entity, name)
        inner = written if written[:1] not in (b"I", b"i") else b"".join(arguments(written)[:1])
        value = numbers(inner)
        if value:
            found[name] = value[0]
    return found


RULES = (relative_placements, near_origin, map_conversion, projected_crs, site_location)
