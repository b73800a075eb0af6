"""Last resort for the place of a building: latitude and longitude of IfcSite."""

import math
from collections.abc import Sequence

from pyproj import Transformer
from pyproj.exceptions import ProjError

from ifc.records import ElementRecord, Georeference, Measure

_LATITUDES = (57.3, 59.9)  # Estonia; EPSG:3301 means nothing elsewhere
_LONGITUDES = (21.5, 28.4)
_STEP_DEG = 1e-4  # about 11 m northwards: long enough for a direction, short enough to be straight


def from_site(records: Sequence[ElementRecord], north: float) -> tuple[Georeference, str] | None:
    """Return a georeference in EPSG:3301 from the first site that has one in Estonia, with a sentence of doubt.

    Args:
        records: All records.
        north: Angle in radians from the model's x axis to true north, counter-clockwise.
    """
    for record in [item for item in records if item.ifc_class == "IfcSite"]:
        latitude, longitude = (record.attributes.get(name) for name in ("RefLatitude", "RefLongitude"))
        if not isinstance(latitude, Measure) or not isinstance(longitude, Measure):
            continue
        if not _inside(latitude.value, _LATITUDES) or not _inside(longitude.value, _LONGITUDES):
            continue
        found = _project(record, latitude.value, longitude.value, north)
        if found is not None:
            return found, "The place is taken from latitude and longitude of IfcSite: tens of metres may be wrong."
    return None


def _inside(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _project(record: ElementRecord, latitude: float, longitude: float, north: float) -> Georeference | None:
    try:
        transformer = Transformer.from_crs("EPSG:4326", "EPSG:3301", always_xy=True)
        east, northing = transformer.transform(longitude, latitude, errcheck=True)
        east_up, northing_up = transformer.transform(longitude, latitude + _STEP_DEG, errcheck=True)
    except ProjError:
        return None
    turn = math.atan2(northing_up - northing, east_up - east) - north
    x, y, z = (record.placement[index] if record.placement else 0.0 for index in (3, 7, 11))
    elevation = record.attributes.get("RefElevation")
    return Georeference(
        source="IfcSite",
        crs="EPSG:3301",
        vertical_datum="",
        easting_m=east - (x * math.cos(turn) - y * math.sin(turn)),
        northing_m=northing - (x * math.sin(turn) + y * math.cos(turn)),
        height_m=(elevation.value if isinstance(elevation, Measure) else 0.0) - z,
        rotation_deg=math.degrees(math.atan2(math.sin(turn), math.cos(turn))),
    )
