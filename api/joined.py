"""The viewer's modules joined in memory into a few files: a browser asks for three instead of ninety.

The modules stay what they are, and are served one by one, too. Each becomes a function that runs once and returns
what it exports, after those that it imports. That is the same as long as no module is in a circle with others and
none changes what it has exported; a module that is written in another way is refused. Comments are left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from twin.errors import InvalidInput

FIRST = "joined/first.js"  # starts the page, its questions and its workers; needs no third party
PICTURE = "joined/picture.js"  # draws a building
REST = "joined/rest.js"  # panels, the district
HEADS = {
    FIRST: ("js/main.js",),
    PICTURE: ("js/gl/viewport.js", "js/gl/warm.js", "js/building/page.js"),
}
APART = re.compile(r"js/gl/workers/[^/]+\.js|js/live/shared-stream\.js")  # scripts of workers have their own modules
_COMMENT = re.compile(r"/\*\*.*?\*/|^[ \t]*//[^\n]*$", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
_EXPORTS = re.compile(r"^export \{([^}]*)\};", re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
_OTHER = re.compile(r"^(?:import(?!\()|export)\b[^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Module:
    """A module without its imports and exports.

    Attributes:
        body: Its text.
        imports: Names as they are written, and where they come from.
        exports: Names.
    """

    body: str
    imports: tuple[tuple[str, str], ...]
    exports: tuple[str, ...]


Modules = Mapping[str, _Module]
Places = Mapping[str, tuple[str, str]]  # of each module: the file that holds it, and its name there


def joined(root: Path) -> dict[str, str]:
    """Return the joined files of the viewer below `root` by the address at which each is served.

    Raises:
        InvalidInput: (viewer-module) a module is written in a way that cannot be joined.
    """
    paths = [file.relative_to(root).as_posix() for file in sorted((root / "js").rglob("*.js"))]
    modules = {path: _read(path, (root / path).read_text(encoding="utf-8")) for path in paths}
    page = [path for path in paths if not APART.fullmatch(path)]
    files = _join(modules, {**HEADS, REST: page})
    for path in paths:
        if APART.fullmatch(path):
            files |= _join(modules, {path: [path]})
    return files


def _join(modules: Modules, heads: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return for each address a file with its heads and all they need that is in no file before it."""
    inside: dict[str, list[str]] = {}
    places: dict[str, tuple[str, str]] = {}
    for address, paths in heads.items():
        inside[address] = [path for path in _in_order(modules, paths) if path not in places]
        places |= {path: (address, f"$_{len(places) + i}") for i, path in enumerate(inside[address])}
    return {address: "".join(_file(address, paths, modules, places)) for address, paths in inside.items()}


def _file(address: str, inside: list[str], modules: Modules, places: Places) -> Iterator[str]:
    """Write a file: what it takes from others, what it gives, and its modules."""
    for need in sorted({need for path in inside for _, need in modules[path].imports} - set(inside)):
        there, name = places.get(need, (need, _stranger(need)))
        yield f'import {{ {name} }} from "' if need in places else f'import * as {name} from "'
        yield f'{_way(address, there)}";\n'
    yield f"export {{ {', '.join(places[path][1] for path in inside)} }};\n"
    for path in inside:
        yield _wrapped(address, path, modules[path], places)


def _wrapped(address: str, path: str, module: _Module, places: Places) -> str:
    """Return a module as a function that has run."""
    taken = "".join(
        f"const {{{names.replace(' as ', ': ')}}} = {places.get(need, ('', _stranger(need)))[1]};\n"
        for names, need in module.imports
    )
    body = _LATER.sub(lambda found: _later(address, normpath(join(dirname(path), found[1])), places), module.body)
    body = body.replace("import.meta.url", f'new URL("{_way(address, path)}", import.meta.url)')
    given = f"return {{ {', '.join(module.exports)} }};"
    return f"// {path}\nconst {places[path][1]} = (() => {{\n{taken}{body}\n{given}\n}})();\n"


def _later(address: str, path: str, places: Places) -> str:
    """Return an import that happens while the page runs."""
    there, name = places.get(path, (path, ""))
    return f'import("{_way(address, there)}")' + (f".then((all) => all.{name})" if name else "")


def _read(path: str, text: str) -> _Module:
    plain = _COMMENT.sub("", text)
    imports = [
        (names.strip().rstrip(","), normpath(join(dirname(path), way))) for names, way in _IMPORT.findall(plain)
    ]
    exports = [*_EXPORT.findall(plain), *(n.strip() for names in _EXPORTS.findall(plain) for n in names.split(","))]
    body = _EXPORT.sub("", _EXPORTS.sub("", _IMPORT.sub("", plain)))
    if (strange := _OTHER.search(body)) is not None:
        raise _unjoinable(path, strange[0])
    return _Module(re.sub(r"\n\s*\n+", "\n", body).strip(), tuple(imports), tuple(name for name in exports if name))


def _in_order(modules: Modules, heads: Iterable[str]) -> list[str]:
    """Return modules and all that they need, each after those that it needs."""
    found: dict[str, None] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise _unjoinable(path, "it needs itself: " + ", ".join(above))
        if path in found or path not in modules:
            return
        for _, need in modules[path].imports:
            visit(need, (*above, path))
        found[path] = None

    for head in heads:
        visit(head, ())
    return list(found)


def _stranger(path: str) -> str:
    """Return the name of a module of others."""
    return "$" + re.sub(r"\W", "_", path)


def _way(address: str, path: str) -> str:
    """Return the way from one address to another."""
    way = relpath(path, dirname(address))
    return way if way.startswith(".") else f"./{way}"


def _unjoinable(path: str, why: str) -> InvalidInput:
    hint = "Write imports and exports by name, and no circles."
    return InvalidInput(
        f"A module of the viewer cannot be joined: {why}", reason="viewer-module", entity=path, hint=hint
    )
