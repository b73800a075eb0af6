"""Named parts of shapes (IfcShapeAspect), as an attribute of the object whose shape it is."""

from collections import Counter
from collections.abc import Collection

from ifc.canonical_text import value_text
from ifc.geometry_digest import GeometryDigester
from ifc.links import Links
from ifc.records import Value
from ifc.source import Source, step_id

_CLASS = "IfcShapeAspect"
_SAID = ("Name", "Description", "ProductDefinitional")


def read_shape_aspects(source: Source, links: Links, digester: GeometryDigester) -> dict[int, tuple[Value, ...]]:
    """Return the aspects of every shape by its STEP number, with the digest of what is drawn of each.

    Args:
        source: The parsed file.
        links: What its statements refer to.
        digester: Its geometry digests.
    """
    shapes = links.of(_CLASS, "PartOfProductDefinitionShape")
    if not shapes:
        return {}
    drawn = links.of(_CLASS, "ShapeRepresentations")
    digests = dict(zip(drawn, digester.digests(list(drawn.values())), strict=True))
    found: dict[int, list[Value]] = {}
    for entity, *said in source.rows(_CLASS, *_SAID):
        number = step_id(entity)
        named = zip(_SAID, said, strict=True)
        aspect = {name: source.text(v) if isinstance(v, str) else v for name, v in named if v is not None}
        for shape in shapes.get(number, ()):
            found.setdefault(shape, []).append({**aspect, "geometry_digest": digests.get(number, "")})
    return {shape: tuple(sorted(aspects, key=value_text)) for shape, aspects in found.items()}


def lost_aspects(links: Links, shapes: Collection[int]) -> Counter[str]:
    """Count the aspects of none of the `shapes`."""
    known = links.of(_CLASS, "PartOfProductDefinitionShape")
    every = [number for _, numbers in links.numbers(_CLASS) for number in numbers]
    return +Counter({_CLASS: sum(not any(shape in shapes for shape in known.get(number, ())) for number in every)})
