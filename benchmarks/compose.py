"""Compose a larger model of a real one at the level of its text: copies side by side in one project.

A copy has its numbers shifted, GlobalIds of its own (derived from the old ones and the number of the copy, so that
two runs give equal bytes), and stands some way off along x. It shares project, contexts and owner histories with the
first.

    python benchmarks/compose.py FILE COPIES TARGET
"""

import argparse
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

SPACING_M = 200.0  # farther than any building of the corpus is long
SHARED = frozenset(
    {
        b"IFCPROJECT",
        b"IFCUNITASSIGNMENT",
        b"IFCGEOMETRICREPRESENTATIONCONTEXT",
        b"IFCGEOMETRICREPRESENTATIONSUBCONTEXT",
        b"IFCOWNERHISTORY",
    }
)
ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"

_STATEMENT = re.compile(rb"#(\d+)\s*=\s*([A-Z0-9_]*)\s*((?:[^';]|'(?:[^']|'')*')*);")
_REFERENCE = re.compile(rb"'(?:[^']|'')*'|#(\d+)")
_GLOBAL_ID = re.compile(rb"\(\s*'([0-3][0-9A-Za-z_$]{21})'")
_ROOT_PLACEMENT = re.compile(rb"\(\s*\$\s*,")


def compose(source: Path, copies: int, target: Path, length_unit_m: float) -> None:
    """Write `copies` of the model at `source` side by side into `target`."""
    data = source.read_bytes()
    start = data.index(b"DATA;") + len(b"DATA;")
    end = data.rindex(b"ENDSEC;")
    statements = [match.groups() for match in _STATEMENT.finditer(data, start, end)]
    shared = {number for number, kind, _ in statements if kind in SHARED}
    step = 10 ** len(str(max(int(number) for number, _, _ in statements)))
    with target.open("wb") as stream:
        stream.write(data[:end].rstrip() + b"\n")
        for copy in range(1, copies):
            _write_copy(stream, statements, shared, copy, copy * step, copy * SPACING_M / length_unit_m)
        stream.write(data[end:])


def _write_copy(
    stream: BinaryIO, statements: list[tuple[bytes, ...]], shared: set[bytes], copy: int, shift: int, offset: float
) -> None:
    root = shift + shift // copy - 1  # the last number of the copy
    stream.writelines(_root(root, offset))
    parent = b"(#%d," % root

    def shifted(match: re.Match[bytes]) -> bytes:
        number = match[1]
        return match[0] if number is None or number in shared else b"#%d" % (int(number) + shift)

    for number, kind, body in statements:
        if number in shared:
            continue
        text = _REFERENCE.sub(shifted, body)
        if kind == b"IFCLOCALPLACEMENT":
            text = _ROOT_PLACEMENT.sub(parent, text, count=1)
        else:
            text = _GLOBAL_ID.sub(lambda match: b"('%s'" % derived_id(match[1], copy), text, count=1)
        stream.write(b"#%d=%s%s;\n" % (int(number) + shift, kind, text))


def _root(number: int, offset: float) -> Iterator[bytes]:
    """Yield the placement under which a whole copy stands."""
    yield b"#%d=IFCCARTESIANPOINT((%.6f,0.,0.));\n" % (number - 2, offset)
    yield b"#%d=IFCAXIS2PLACEMENT3D(#%d,$,$);\n" % (number - 1, number - 2)
    yield b"#%d=IFCLOCALPLACEMENT($,#%d);\n" % (number, number - 1)


def derived_id(global_id: bytes, copy: int) -> bytes:
    """Return the GlobalId of a copy of the element `global_id`."""
    number = int.from_bytes(hashlib.sha256(global_id + b"/%d" % copy).digest()[:16], "big")
    return bytes(ALPHABET[number >> 6 * place & 63] for place in range(21, -1, -1))


def length_unit_m(source: Path) -> float:
    """Return the length of one unit of the model in metres."""
    import ifcopenshell
    import ifcopenshell.util.unit

    return float(ifcopenshell.util.unit.calculate_unit_scale(ifcopenshell.open(str(source))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("copies", type=int)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    compose(given.source, given.copies, given.target, length_unit_m(given.source))


if __name__ == "__main__":
    main()
