"""A version as RDF: BOT for the building, Brick for systems and points, and a small vocabulary of our own.

The graph's nodes and edges are turned into statements one by one, so that a large building needs no memory for its
RDF. Turtle is written as N-Triples, which is a part of it; JSON-LD is one object for each subject.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph import TERMS, Batch, EdgeType, Label, Node
from twin.live import Point

TURTLE, JSON_LD = "text/turtle", "application/ld+json"
OWN = "urn:kaksik:term:"
PREFIXES: Mapping[str, str] = {
    "bot": "https://w3id.org/bot#",
    "brick": "https://brickschema.org/schema/Brick#",
    "ref": "https://brickschema.org/schema/Brick/ref#",
    "ifc": "https://identifier.buildingsmart.org/uri/buildingsmart/ifc/4.3/class/",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "unit": "http://qudt.org/vocab/unit/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kaksik": OWN,
}
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
UNITS: Mapping[str, str] = {
    "Cel": "DEG_C", "K": "K", "%": "PERCENT", "[ppm]": "PPM", "W": "W", "kW": "KiloW", "W.h": "W-HR",
    "kW.h": "KiloW-HR", "MW.h": "MegaW-HR", "J": "J", "Pa": "PA", "kPa": "KiloPA", "bar": "BAR", "lx": "LUX",
    "m3": "M3", "L": "L", "m3/h": "M3-PER-HR", "m3/s": "M3-PER-SEC", "L/s": "L-PER-SEC", "m/s": "M-PER-SEC",
    "kg": "KiloGM", "m": "M", "W/m2": "W-PER-M2",
}  # fmt: skip
POINT_CLASSES: Mapping[tuple[str, str], str] = {
    ("sensor", "Temperature"): "Temperature_Sensor",
    ("sensor", "RelativeHumidity"): "Relative_Humidity_Sensor",
    ("sensor", "CarbonDioxideConcentration"): "CO2_Level_Sensor",
    ("sensor", "AmountOfSubstanceFraction"): "CO2_Level_Sensor",
    ("sensor", "Illuminance"): "Illuminance_Sensor",
    ("sensor", "Occupancy"): "Occupancy_Count_Sensor",
    ("sensor", "Power"): "Power_Sensor",
    ("meter", "Energy"): "Energy_Sensor",
    ("meter", "ActiveEnergy"): "Energy_Sensor",
    ("meter", "Volume"): "Water_Usage_Sensor",
    ("setpoint", "Temperature"): "Temperature_Setpoint",
}
POINT_KINDS: Mapping[str, str] = {
    "sensor": "Sensor",
    "meter": "Sensor",
    "actuator": "Command",
    "setpoint": "Setpoint",
}
_BRICK_PLACES: Mapping[Label, str] = {
    Label.SITE: "brick:Site",
    Label.BUILDING: "brick:Building",
    Label.STOREY: "brick:Floor",
    Label.SPACE: "brick:Room",
}
_LITERALS: Mapping[type, str] = {bool: "boolean", int: "integer", float: "double"}
_ESCAPED = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029"\\]')  # also what some readers take for the end of a line
_SHORT: Mapping[str, str] = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_NOT_IN_IRI = re.compile(r"[^A-Za-z0-9._~$:@-]")


@dataclass(frozen=True, slots=True)
class Statements:
    """What is said of one subject.

    Attributes:
        subject: IRI or compact name.
        types: Compact names of its classes.
        links: Compact predicate and IRI of the object.
        literals: Compact predicate and value.
    """

    subject: str
    types: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    literals: tuple[tuple[str, str | bool | int | float], ...]


def statements(batch: Batch, points: Iterable[Point], base: str, project_id: str) -> Iterator[Statements]:
    """Yield what is said of a version and its points.

    Args:
        batch: Nodes and edges of the version.
        points: Points of the building.
        base: URL of the elements of the version, without a slash at the end.
        project_id: GlobalId of the IFC project.
    """
    names = {node.id: f"{base}/{_safe(node.id.removeprefix(batch.scope.node_id('')))}" for node in batch.nodes}
    known = tuple(points)
    labels = {names[node.id]: node.label for node in batch.nodes}
    outgoing = _outgoing(batch, names, labels)
    bound = _bound(known, base, labels, outgoing)
    project = f"{base}/{_safe(project_id)}#project"
    location = f"{base.removesuffix('/elements')}/export/ifc"
    identity = (("ref:ifcProjectID", project_id), ("ref:ifcFileLocation", location))
    yield Statements(project, ("ref:ifcProject",), (), identity)
    for node in batch.nodes:
        subject = names[node.id]
        links = [*dict.fromkeys(outgoing.get(subject, ()))]
        extra = ("brick:Equipment",) if subject in bound and node.label not in _BRICK_PLACES else ()
        if "ifc_class" not in node.properties:
            yield _node(node, subject, links, extra)
            continue
        reference = f"{subject}#ifc"
        yield _node(node, subject, [*links, ("ref:hasExternalReference", reference)], extra)
        own = (("ref:ifcGlobalID", str(node.properties["global_id"])),)
        yield Statements(reference, ("ref:IFCReference",), (("ref:hasIfcProjectReference", project),), own)
    yield from (_point(point, base, bound) for point in known)
    for unit in sorted({UNITS[point.unit] for point in known if point.unit in UNITS}):
        yield Statements(f"unit:{unit}", ("qudt:Unit",), (), ())  # Brick's shapes want to know that it is one


def _outgoing(
    batch: Batch, names: Mapping[str, str], labels: Mapping[str, Label]
) -> dict[str, list[tuple[str, str]]]:
    """Return predicates and objects of each subject."""
    found: dict[str, list[tuple[str, str]]] = {}
    for edge in batch.edges:
        if edge.source in names and edge.target in names:
            source = names[edge.source]
            found.setdefault(source, []).append((_predicate(edge.type, labels[source]), names[edge.target]))
    return found


def _bound(
    points: Iterable[Point], base: str, labels: Mapping[str, Label], outgoing: dict[str, list[tuple[str, str]]]
) -> set[str]:
    """Return what points are bound to; what is equipment gets the room of its point as its location."""
    found = set()
    for point in points:
        target, space = f"{base}/{_safe(point.global_id)}", f"{base}/{_safe(point.space or '')}"
        if target in labels:
            found.add(target)
            if labels[target] not in _BRICK_PLACES and labels.get(space) is Label.SPACE:
                outgoing.setdefault(target, []).append(("brick:hasLocation", space))
    return found


def turtle(content: Iterable[Statements]) -> Iterator[bytes]:
    """Yield Turtle (N-Triples) subject by subject."""
    for item in content:
        subject = f"<{_iri(item.subject)}>"
        lines = [f"{subject} <{RDF_TYPE}> <{_iri(kind)}> .\n" for kind in item.types]
        lines += [f"{subject} <{_iri(p)}> <{_iri(target)}> .\n" for p, target in item.links]
        lines += [f"{subject} <{_iri(p)}> {_literal(value)} .\n" for p, value in item.literals]
        yield "".join(lines).encode()


def json_ld(content: Iterable[Statements]) -> Iterator[bytes]:
    """Yield JSON-LD with the context in the document, subject by subject."""
    yield b'{"@context":' + json.dumps(PREFIXES, separators=(",", ":")).encode() + b',"@graph":['
    separator = b""
    for item in content:
        text = json.dumps(_object(item), separators=(",", ":"), ensure_ascii=False)
        yield separator + text.encode("utf-8", "replace")
        separator = b",\n"
    yield b"]}\n"


def _predicate(kind: EdgeType, source: Label) -> str:
    """Return the predicate of an edge; Brick has places as parts of places only, not of zones and systems."""
    term = TERMS[kind][0]
    if term.startswith("ifc:") or (kind is EdgeType.PART_OF and source in _BRICK_PLACES):
        return f"kaksik:{_camel(kind.value)}"
    return term


def _node(node: Node, subject: str, links: Sequence[tuple[str, str]], extra: tuple[str, ...]) -> Statements:
    types = [_class(TERMS[node.label][0]), *extra]
    if node.label in _BRICK_PLACES:
        types.append(_BRICK_PLACES[node.label])
    ifc_class = node.properties.get("ifc_class")
    if isinstance(ifc_class, str) and ifc_class.isalnum():
        types.append(f"ifc:{ifc_class}")
    literals = [
        ("rdfs:label" if name == "name" else f"kaksik:{_camel(name)}", value)
        for name, value in node.properties.items()
        if name not in ("scope", "ifc_class") and value != ""
    ]
    return Statements(subject, tuple(dict.fromkeys(types)), tuple(links), tuple(literals))


def _class(term: str) -> str:
    return f"kaksik:{term.removeprefix('ifc:Ifc')}" if term in ("ifc:IfcTypeObject", "ifc:IfcMaterial") else term


def _point(point: Point, base: str, elements: set[str]) -> Statements:
    kind = POINT_CLASSES.get((point.kind.value, point.quantity_kind), POINT_KINDS[point.kind.value])
    bound = f"{base}/{_safe(point.global_id)}"
    links = [("brick:isPointOf", bound)] if bound in elements else []
    links += [("brick:hasUnit", f"unit:{UNITS[point.unit]}")] if point.unit in UNITS else []
    literals = [
        ("kaksik:pointId", point.point_id),
        ("kaksik:unit", point.unit),
        ("kaksik:quantityKind", point.quantity_kind),
    ]
    literals += [("rdfs:label", point.name)] if point.name else []
    return Statements(f"{base}/point:{_safe(point.point_id)}", (f"brick:{kind}",), tuple(links), tuple(literals))


def _object(item: Statements) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": item.subject, "@type": list(item.types)}
    for predicate, target in item.links:
        made.setdefault(predicate, []).append({"@id": target})
    for predicate, value in item.literals:
        made.setdefault(predicate, []).append(_typed(value))
    return made


def _typed(value: str | bool | int | float) -> Any:
    return value if isinstance(value, str) else {"@value": _lexical(value), "@type": f"xsd:{_LITERALS[type(value)]}"}


def _literal(value: str | bool | int | float) -> str:
    if isinstance(value, str):
        return (
            '"'
            + _ESCAPED.sub(
                lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04X}"), value.encode("utf-8", "replace").decode()
            )
            + '"'
        )
    return f'"{_lexical(value)}"^^<{PREFIXES["xsd"]}{_LITERALS[type(value)]}>'


def _lexical(value: bool | int | float) -> str:
    """Return the one form in which both encodings write a value, so that they say the same."""
    if not isinstance(value, float):
        return str(value).lower()
    digits, _, exponent = f"{value:.15E}".partition("E")  # the canonical form of JSON-LD
    return f"{digits.rstrip('0')}{'0' if digits.rstrip('0').endswith('.') else ''}E{int(exponent)}"


def _iri(name: str) -> str:
    prefix, colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES and not rest.startswith("//") else name


def _safe(name: str) -> str:
    return _NOT_IN_IRI.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode("utf-8", "replace")), name)


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)
