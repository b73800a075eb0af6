"""Write the parts of the documentation that the code knows best.

A page holds places between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; this script fills them.
``python docs/generate.py`` writes; with ``--check`` it says which pages are out of date and ends with 1.
"""

import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from importlib import import_module
from inspect import Parameter as Argument
from inspect import cleandoc, signature
from pathlib import Path
from pkgutil import iter_modules

import typer.models
from reasons import known_reasons

from api import routers
from api.app import create_app
from api.cli.commands import COMMANDS
from api.problems import BY_REASON, STATUS
from api.routers import CONFORMS_TO
from graph import QUESTIONS, TERMS, EdgeType, Label, Question
from graph import Parameter as QuestionParameter
from ifc.canonical import DECIMALS_BY_UNIT
from twin.live import QUANTITY_KINDS
from twin.permit import REGISTRY, Pack, Rule, bundled_packs
from twin.settings import Settings

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
_SENSORTHINGS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
SPECIFICATIONS: Mapping[str, str] = {
    _SENSORTHINGS + "datamodel": "OGC SensorThings API 1.1: data model",
    _SENSORTHINGS + "resource-path": "OGC SensorThings API 1.1: resource paths",
    _SENSORTHINGS + "request-data": "OGC SensorThings API 1.1: query options",
    _SENSORTHINGS + "create-update-delete/create-entity": "OGC SensorThings API 1.1: creation",
    _SENSORTHINGS + "create-update-delete/deep-insert": "OGC SensorThings API 1.1: creation with what belongs to it",
    _SENSORTHINGS
    + "create-update-delete/link-to-existing-entities": "OGC SensorThings API 1.1: links to what is there",
    _SENSORTHINGS + "create-update-delete/update-entity": "OGC SensorThings API 1.1: change",
    _SENSORTHINGS + "data-array/data-array": "OGC SensorThings API 1.1: data arrays",
    _SENSORTHINGS + "resource-path/resource-path-to-entities": "OGC SensorThings API 1.1: paths to entities",
    "https://qudt.org/vocab/quantitykind/": "QUDT: kinds of quantity",
    "https://ucum.org/ucum": "UCUM: units of measure",
    "https://www.rfc-editor.org/rfc/rfc6455": "RFC 6455: WebSocket",
    "https://www.rfc-editor.org/rfc/rfc7617": "RFC 7617: Basic authentication, for devices",
    "https://c2sp.org/tlog-checkpoint": "C2SP checkpoints of a transparency log",
    "https://c2sp.org/tlog-tiles": "C2SP tiles of a transparency log",
    "https://c2sp.org/tlog-witness": "C2SP witnesses of a transparency log",
    "https://standards.buildingsmart.org/BCF": "BIM Collaboration Format (BCF) 2.1 and 3.0",
    "https://standards.buildingsmart.org/IDS/1.0": "Information Delivery Specification (IDS) 1.0",
    "https://www.iso.org/standard/65601.html": "EN ISO 52000-1: overarching assessment of energy performance",
    "https://www.iso.org/standard/65696.html": "EN ISO 52016-1: energy needs, hourly",
    "https://www.rfc-editor.org/rfc/rfc9162": "RFC 9162: Merkle tree hashes and proofs",
    "https://www.w3.org/TR/cid-1.0/": "Controlled Identifiers 1.0: the issuer's keys",
    "https://www.w3.org/TR/vc-bitstring-status-list/": "Bitstring Status List 1.0",
    "https://brickschema.org/schema/Brick": "Brick: names of systems, points and what feeds what",
    "https://html.spec.whatwg.org/multipage/server-sent-events.html": "Server-sent events",
    "https://parquet.apache.org/docs/file-format/": "Apache Parquet: tables of a version",
    "https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html": "glTF 2.0 (GLB)",
    "https://standards.buildingsmart.org/IFC/RELEASE/IFC4_3": "IFC (ISO 16739-1); IFC2X3 and IFC4 are read too",
    "https://w3id.org/bot": "Building Topology Ontology (BOT)",
    "https://www.cityjson.org/specs/2.0.1/": "CityJSON 2.0: a version as city objects",
    "https://www.rfc-editor.org/rfc/rfc4180": "CSV: tables of a version",
    "https://www.rfc-editor.org/rfc/rfc7946": "GeoJSON; coordinates in EPSG:3301",
    "https://www.rfc-editor.org/rfc/rfc9457": "Problem details for HTTP APIs",
    "https://www.w3.org/TR/vc-data-model-2.0/": "Verifiable Credentials Data Model 2.0",
    "https://www.w3.org/TR/vc-di-eddsa/": "Data Integrity EdDSA Cryptosuites (eddsa-rdfc-2022)",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core": "OGC API - Features, Part 1: Core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson": "OGC API - Features, Part 1: GeoJSON",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30": "OGC API - Features, Part 1: OpenAPI 3.0",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs": "OGC API - Features, Part 2: reference systems",
    "https://docs.ogc.org/cs/22-025r4/22-025r4.html": "3D Tiles 1.1",
    "https://www.w3.org/TR/json-ld11/": "JSON-LD 1.1",
    "https://www.w3.org/TR/turtle/": "Turtle (N-Triples)",
    "https://www.w3.org/TR/vocab-dcat-3/": "Data Catalog Vocabulary (DCAT) 3",
}


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def conformance() -> str:
    """Return the specifications that routes implement, and the routers that do it."""
    modules = [import_module(f"api.routers.{info.name}") for info in iter_modules(routers.__path__)]
    rows = []
    for uri in CONFORMS_TO:
        if uri not in SPECIFICATIONS:
            sys.exit(f"Say in SPECIFICATIONS of docs/generate.py what {uri} is.")
        names = [module.__name__.rpartition(".")[2] for module in modules if uri in module.CONFORMS_TO]
        rows.append((f"[{SPECIFICATIONS[uri]}]({uri})", ", ".join(f"`api/routers/{name}.py`" for name in names)))
    return table(("Specification", "Routes"), rows)


def commands() -> str:
    """Return every command with its arguments and options."""
    return "\n\n".join(_command(name, command.load()) for name, command in COMMANDS.items())


def _command(name: str, function: Callable[..., None]) -> str:
    hints = typing.get_type_hints(function, include_extras=True)
    rows = [_parameter(hints[key], argument) for key, argument in signature(function).parameters.items()]
    spelled = " ".join(shown for shown, *_ in rows if not shown.startswith("`-")).replace("`", "")
    lines = [f"### kaksik {name}", cleandoc(function.__doc__ or ""), f"```text\nkaksik {name} "]
    lines[2] += f"{spelled} [options]".strip() + "\n```"
    return "\n\n".join([*lines, table(("Name", "Value", "Default", "Meaning"), rows)])


def _parameter(hint: object, argument: Argument) -> tuple[str, str, str, str]:
    kind, info = typing.get_args(hint)[:2]
    if isinstance(info, typer.models.ArgumentInfo):
        shown = f"{info.metavar or argument.name.upper()}{'...' if 'list' in str(kind) else ''}"
        name = f"`{shown}`" if argument.default is Argument.empty else f"`[{shown}]`"
    else:
        names = [text for text in (info.default, *(info.param_decls or ())) if str(text).startswith("-")]
        name = ", ".join(f"`{text}`" for text in names or [f"--{argument.name.replace('_', '-')}"])
    default = argument.default.value if isinstance(argument.default, Enum) else argument.default
    required = default is Argument.empty and name.startswith("`-")
    unsaid = default in (Argument.empty, None, False)
    return name, _values(kind), "required" if required else "" if unsaid else f"`{default}`", info.help or ""


def _values(kind: object) -> str:
    options = [part for part in (kind, *typing.get_args(kind)) if isinstance(part, type)]
    for option in options:
        if issubclass(option, Enum):
            return ", ".join(f"`{member.value}`" for member in option)
    names = {"Path": "path", "str": "text", "int": "number", "bool": "flag"}
    inner = str(kind)
    return next((word for name, word in names.items() if name in inner or kind is getattr(typing, name, None)), "")


def settings() -> str:
    """Return every setting with its variable, default and meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "none" if field.default is None else f"`{field.default}`"
        rows.append((f"`KAKSIK_{name.upper()}`", default, field.description))
    return table(("Variable", "Default", "Meaning"), rows)


def routes() -> str:
    """Return every route with its method, its parameters and its summary."""
    document = create_app(Settings()).openapi()
    rows = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            asked = [item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"]
            query = ", ".join(f"`{name}`" for name in asked)
            rows.append((operation["tags"][0], f"`{method.upper()}`", f"`{path}`", query, operation["summary"]))
    rows.sort(key=lambda row: (row[0], row[2].strip("`")))
    return table(("Part", "Method", "Path", "Query", "What it does"), rows)


def nodes() -> str:
    """Return the node labels with their terms."""
    return table(("Label", "Term", "What it is"), ((f"`{label.value}`", *TERMS[label]) for label in Label))


def edges() -> str:
    """Return the edge types with their terms."""
    return table(("Type", "Term", "From, to"), ((f"`{kind.value}`", *TERMS[kind]) for kind in EdgeType))


def named_questions() -> str:
    """Return the named questions."""
    rows = [
        (f"`{item.name}`", ", ".join(map(_asked, item.parameters)), item.title["en"], _given(item))
        for item in QUESTIONS
    ]
    return table(("Name", "Parameters", "Question", "Columns"), rows)


def _asked(parameter: QuestionParameter) -> str:
    default = "" if parameter.default is None else f", default {parameter.default} {parameter.unit}".rstrip()
    return f"`{parameter.name}` ({parameter.kind.value}{default})"


def _given(item: Question) -> str:
    return ", ".join(f"**`{c.name}`**" if c.name in item.key else f"`{c.name}`" for c in item.columns)


def rounding() -> str:
    """Return the decimals that a unit is rounded to."""
    return table(("Unit (UCUM)", "Decimals"), ((f"`{unit}`", count) for unit, count in DECIMALS_BY_UNIT.items()))


def quantities() -> str:
    """Return the quantity kinds of points."""
    return ", ".join(f"`{kind}`" for kind in sorted(QUANTITY_KINDS))


def statuses() -> str:
    """Return the HTTP status of each error."""
    rows = [(f"`{kind.__name__}`", f"{int(status)} {status.phrase}") for kind, status in STATUS]
    rows += [(f"any, reason `{reason}`", f"{int(status)} {status.phrase}") for reason, status in BY_REASON.items()]
    return table(("Error", "HTTP status"), rows)


def reasons() -> str:
    """Return every reason code with where it is raised and one sentence that goes with it."""
    rows = [(f"`{item.code}`", f"`{item.package}`", item.sentence) for item in known_reasons(ROOT)]
    return table(("Reason", "Package", "For example"), rows)


def checks() -> str:
    """Return the rules of the bundled packs."""
    return "\n\n".join(_pack(pack) for pack in bundled_packs())


def _pack(pack: Pack) -> str:
    rows = [
        (
            f"`{rule.rule_id}`",
            rule.title["en"],
            rule.clause,
            ", ".join(_numbers(rule)),
            rule.source_status.value,
        )
        for rule in pack.rules
    ]
    head = f"### {pack.title['en']}\n\nPack `{pack.pack_id}` {pack.version}. {pack.act}. From {pack.valid_from}."
    return f"{head}\n\n" + table(("Check", "What it asks", "Clause", "Numbers", "Source"), rows)


def _numbers(rule: Rule) -> Iterator[str]:
    for name, value in rule.parameters.numbers.items():
        unit = rule.spec.units[name]
        yield f"{name} {value:g}{'' if unit == '1' else ' ' + unit}"


def rule_tests() -> str:
    """Return the named tests that a pack may use."""
    rows = [
        (
            f"`{name}`",
            (spec.run.__doc__ or "").partition("\n")[0],
            ", ".join(f"`{key}` ({unit})" for key, unit in spec.units.items()),
            ", ".join(f"`{key}`" for key in spec.arguments),
        )
        for name, spec in sorted(REGISTRY.items())
    ]
    return table(("Test", "What it does", "Numbers", "Arguments"), rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "checks": checks,
    "commands": commands,
    "conformance": conformance,
    "edges": edges,
    "nodes": nodes,
    "quantities": quantities,
    "questions": named_questions,
    "reasons": reasons,
    "rounding": rounding,
    "routes": routes,
    "rule-tests": rule_tests,
    "settings": settings,
    "statuses": statuses,
}


def fill(text: str) -> str:
    """Return a page with its generated places filled."""
    for name, make in BLOCKS.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = f"{before}{begin}\n\n{make()}\n\n{end}{rest.partition(end)[2]}"
    return text


def pages() -> Iterator[Path]:
    """Yield every page that may hold a generated place."""
    yield ROOT / "README.md"
    yield from sorted(DOCS.rglob("*.md"))


def main(arguments: Sequence[str]) -> int:
    """Fill the pages, or with ``--check`` only compare; return the exit code."""
    stale = [page for page in pages() if page.read_text(encoding="utf-8") != fill(page.read_text(encoding="utf-8"))]
    for page in stale:
        if "--check" in arguments:
            sys.stdout.write(f"{page.relative_to(ROOT)} is out of date: run python docs/generate.py\n")
        else:
            page.write_text(fill(page.read_text(encoding="utf-8")), encoding="utf-8")
            sys.stdout.write(f"wrote {page.relative_to(ROOT)}\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
