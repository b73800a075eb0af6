"""Files that write every statement in one way, as exporters do: split at once, a third of the cost of a search.

What is not beyond doubt is left to the search: texts that are not closed, statements without an end or with two, a
number that comes twice, brackets that stay open.
"""

import re

_ASSIGNMENT = re.compile(rb"#\d+(\s*=\s*)")
_GAP = re.compile(rb"\);(\s*)#\d+\s*=")
_STRING = re.compile(rb"'[^']*'")
_MAX_KEY_BYTES = 10  # numbers below a thousand million are certainly ones that the parser can hold


def split_evenly(data: bytes, start: int) -> dict[bytes, bytes] | None:
    """Return ``b"#12"`` -> statement body, or None unless the file is sound and evenly written.

    Args:
        data: The whole file without comments.
        start: Where the data section begins.
    """
    first, end = data.find(b"#", start), data.rfind(b"ENDSEC")
    if first < 0 or end < first or data[start:first].strip():
        return None
    block = data[first:end].rstrip()
    mark, gap = _ASSIGNMENT.match(block), _GAP.search(block)
    if mark is None or gap is None or block[-2:] != b");":
        return None
    block = block[:-1]
    count = _sound(block, gap[1])
    if not count:
        return None
    if block.count(mark[1]) == count and block.count(b";" + gap[1]) == count - 1:
        flat = block.replace(b";" + gap[1], mark[1]).split(mark[1])
        found = dict(zip(flat[::2], flat[1::2], strict=True))
    else:
        pairs = [piece.split(mark[1], 1) for piece in block.split(b";" + gap[1])]
        if len(pairs) != count or any(len(pair) != 2 for pair in pairs):
            return None
        found = dict(pairs)
    return found if len(found) == count and _numbered(found) else None


def _sound(block: bytes, gap: bytes) -> int:
    """Return the number of statements, or 0 if marks outside texts betray that it cannot be told for sure."""
    bare = _STRING.sub(b"", block) if b"'" in block else block
    count = bare.count(b");" + gap + b"#") + 1
    whole = bare.count(b";") == count - 1 and bare.count(b"=") == count and bare.count(b"(") == bare.count(b")")
    return count if whole and b"'" not in bare and b"/*" not in bare else 0


def _numbered(found: dict[bytes, bytes]) -> bool:
    """Tell whether every key is a cross and digits."""
    keys = b"\n" + b"\n".join(found)
    clean = keys.count(b"\n#") == keys.count(b"#") == len(found) and keys.translate(None, b"\n#").isdigit()
    return clean and len(max(found, key=len)) <= _MAX_KEY_BYTES
