"""A thematic map as GeoJSON with a legend."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shapely.geometry import mapping

from twin.district import Body, CodedTable, Thematic, colours

CRS_MEMBER = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}


def thematic_json(
    theme: Thematic, column: str, method: str, bodies: Mapping[str, Body], table: CodedTable
) -> dict[str, Any]:
    """Return a FeatureCollection with the legend and with what was not drawn.

    Args:
        theme: Values in classes.
        column: Name of the value.
        method: How the classes were made.
        bodies: Buildings by register code.
        table: Where the values came from.
    """
    shades = colours(len(theme.breaks) - 1)
    drawn = [code for code in theme.values if code in bodies]
    counts = [0] * len(shades)
    for code in drawn:
        counts[theme.classes[code]] += 1
    return {
        "type": "FeatureCollection",
        "crs": CRS_MEMBER,
        "features": [_feature(code, bodies[code], theme, column, shades) for code in drawn],
        "legend": {
            "column": column,
            "method": method,
            "classes": [
                {
                    "class": i,
                    "from": theme.breaks[i],
                    "to": theme.breaks[i + 1],
                    "colour": shade,
                    "buildings": counts[i],
                }
                for i, shade in enumerate(shades)
            ],
        },
        "unmatched": sorted(code for code in theme.values if code not in bodies),
        "unreadable": sorted(theme.unreadable),
        "skipped_rows": table.skipped,
        "findings": [asdict(finding) for finding in table.findings],
    }


def _feature(code: str, body: Body, theme: Thematic, column: str, shades: tuple[str, ...]) -> dict[str, Any]:
    number = theme.classes[code]
    properties = {
        "ehr_code": code,
        "building_id": body.building_id,
        column: theme.values[code],
        "value": theme.values[code],
        "class": number,
        "colour": shades[number],
    }
    return {"type": "Feature", "id": code, "geometry": mapping(body.shape), "properties": properties}
