"""A thematic map as GeoJSON with a legend, in pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shapely.geometry import mapping

from twin.district import Body, CodedTable, Thematic, colours

CRS_MEMBER = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}

Json = dict[str, Any]


def thematic_legend(theme: Thematic, column: str, method: str, drawn: Sequence[str], table: CodedTable) -> Json:
    """Return the members of the FeatureCollection that speak of all of it.

    Args:
        theme: Values in classes.
        column: Name of the value.
        method: How the classes were made.
        drawn: Codes of the buildings that are on the map.
        table: Where the values came from.
    """
    shades = colours(len(theme.breaks) - 1)
    counts = [0] * len(shades)
    for code in drawn:
        counts[theme.classes[code]] += 1
    classes = [
        {"class": i, "from": theme.breaks[i], "to": theme.breaks[i + 1], "colour": shade, "buildings": counts[i]}
        for i, shade in enumerate(shades)
    ]
    return {
        "crs": CRS_MEMBER,
        "legend": {"column": column, "method": method, "classes": classes},
        "skipped_rows": table.skipped,
        "findings": [asdict(finding) for finding in table.findings],
    }


def thematic_page(theme: Thematic, column: str, codes: Sequence[str], bodies: Mapping[str, Body]) -> Iterator[Json]:
    """Yield a feature for each of some codes.

    Args:
        theme: Values in classes.
        column: Name of the value.
        codes: Codes of the page.
        bodies: Their buildings.
    """
    shades = colours(len(theme.breaks) - 1)
    return (_feature(code, bodies[code], theme, column, shades) for code in codes)


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
