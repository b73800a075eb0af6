"""Tilesets and property tables of sample blocks against the written rules; `test_readers` asks the whole service."""

import copy

import jsonschema
import pytest
from shapely import MultiPolygon, box

from api.formats import root_tileset, square_tileset, tile
from tests.conformance.tiles.rules import check_metadata, check_tileset
from twin.city import ShownTile
from twin.district import Body, Egm96, Level, cell_of

E, N = 542_000.0, 6_588_000.0
BODIES = (
    Body("120900101", box(E, N, E + 40, N + 30), 12.0, 9.0, "model", {}),
    Body(
        'õu "1"',
        MultiPolygon([box(E + 50, N, E + 60, N + 8), box(E + 70, N, E + 75, N + 8)]),
        1.5,
        6.0,
        "context",
        {},
    ),
    Body("flat", box(E + 80, N, E + 90, N + 8), None, None, "context", {}),
)


def shown():
    cell = cell_of(BODIES[0].shape.bounds)
    return ShownTile(cell, "0", (E, N, E + 90, N + 30), 0.0, 21.0)


@pytest.mark.parametrize("geoid", [Level(17.5), Egm96()])
def test_tilesets_keep_the_rules(geoid):
    check_tileset(root_tileset([shown()], geoid))
    check_tileset(square_tileset([shown()], geoid, "?geoid_m=17"))
    check_tileset(root_tileset([], geoid))


def test_property_tables_keep_the_rules():
    assert check_metadata(tile(BODIES, shown().cell, Egm96())) == len(BODIES)


@pytest.mark.parametrize("fault", [
    lambda made: made["root"].pop("refine"),
    lambda made: made["root"].update(bounds=[]),
    lambda made: made["root"]["children"][0].update(geometricError=1e9),
    lambda made: made["root"]["boundingVolume"]["region"].pop(),
    lambda made: made["root"]["boundingVolume"]["region"].reverse(),
    lambda made: made.pop("asset"),
])  # fmt: skip
def test_a_fault_is_seen(fault):
    made = copy.deepcopy(root_tileset([shown()], Egm96()))
    fault(made)
    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        check_tileset(made)
