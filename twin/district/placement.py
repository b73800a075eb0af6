"""From model coordinates to the map and back, with every doubt about the georeference said."""

import math
import re
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from ifc import Georeference, ReadFinding, Severity
from twin.district.values import CRS, Area, lies_in_estonia
from twin.errors import InvalidInput

SCALE_TOLERANCE = 0.01  # map projection and height change a length by less than 0.1 %; more is a wrong unit
EH2000_RANGE_M = (-10.0, 330.0)  # the sea to above Suur Munamägi (318 m)
FARTHEST_HEIGHT_M = 1_000.0  # an origin may lie below or above the ground, but not farther than any building reaches


@dataclass(frozen=True, slots=True)
class Placement:
    """A rigid, evenly scaled mapping from model metres (z up) to EPSG:3301 and EH2000.

    Attributes:
        georeference: What the mapping was made of.
        findings: Doubts; an ERROR means that the position on the map is not to be trusted.
    """

    georeference: Georeference
    findings: tuple[ReadFinding, ...] = ()

    @property
    def trusted(self) -> bool:
        """Return whether the position on the map can be used."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def to_map(self, points: ArrayLike) -> NDArray[np.float64]:
        """Turn model points into map points.

        Args:
            points: float64 (n, 3) or (n, 2), metres, model coordinates.

        Returns:
            float64 of the same shape: easting, northing and, if given, EH2000 height in metres.
        """
        local = np.asarray(points, dtype=np.float64)
        place, (cosine, sine) = self.georeference, self._turn()
        mapped = local.copy()
        mapped[:, 0] = place.easting_m + place.scale * (local[:, 0] * cosine - local[:, 1] * sine)
        mapped[:, 1] = place.northing_m + place.scale * (local[:, 0] * sine + local[:, 1] * cosine)
        if local.shape[1] == 3:
            mapped[:, 2] = place.height_m + local[:, 2]
        return mapped

    def to_model(self, points: ArrayLike) -> NDArray[np.float64]:
        """Turn map points into model points; the inverse of `to_map`.

        Args:
            points: float64 (n, 3) or (n, 2): easting, northing and, if given, EH2000 height in metres.

        Returns:
            float64 of the same shape, metres, model coordinates.
        """
        world = np.asarray(points, dtype=np.float64)
        place, (cosine, sine) = self.georeference, self._turn()
        east = (world[:, 0] - place.easting_m) / place.scale
        north = (world[:, 1] - place.northing_m) / place.scale
        local = world.copy()
        local[:, 0] = east * cosine + north * sine
        local[:, 1] = north * cosine - east * sine
        if world.shape[1] == 3:
            local[:, 2] = world[:, 2] - place.height_m
        return local

    def area_to_map(self, area: Area) -> Area:
        """Return a polygon of model coordinates (metres) in EPSG:3301."""
        return shapely.transform(area, self.to_map)

    def area_to_model(self, area: Area) -> Area:
        """Return a polygon of EPSG:3301 in model coordinates (metres)."""
        return shapely.transform(area, self.to_model)

    def _turn(self) -> tuple[float, float]:
        angle = math.radians(self.georeference.rotation_deg)
        return math.cos(angle), math.sin(angle)


def place(georeference: Georeference) -> Placement:
    """Place a model on the map.

    Args:
        georeference: What the file says of its origin.

    Returns:
        The placement with its doubts as findings.

    Raises:
        InvalidInput: (georeference) a number is not finite or the scale is not positive, so there is no mapping.
    """
    numbers = (
        georeference.easting_m,
        georeference.northing_m,
        georeference.height_m,
        georeference.rotation_deg,
        georeference.scale,
    )
    if not all(math.isfinite(number) for number in numbers) or georeference.scale <= 0:
        raise InvalidInput(
            "The georeference cannot be used: a number is not finite or the scale is not positive.",
            reason="georeference",
            hint="Set the map conversion in the authoring tool and export again.",
            entity=georeference.source,
        )
    checks = (_crs(georeference), _position(georeference), _scale(georeference), _height(georeference))
    return Placement(georeference, tuple(finding for finding in checks if finding is not None))


def epsg_of(name: str) -> str:
    """Return the EPSG code in the name of a CRS as ``EPSG:n``, or an empty string if it holds none.

    ``L-EST97`` and its spellings are EPSG:3301.
    """
    match = re.search(r"EPSG\D{0,30}?(\d{4,6})\b", name, re.IGNORECASE)
    if match:
        return f"EPSG:{match[1]}"
    plain = re.sub(r"[^A-Z0-9]", "", name.upper())
    return CRS if re.search(r"LEST(19)?97|ESTONIACOORDINATESYSTEMOF1997", plain) else ""


def axes_swapped(georeference: Georeference) -> bool:
    """Return whether easting and northing stand in each other's place, judged by Estonia's ranges."""
    return lies_in_estonia(georeference.northing_m, georeference.easting_m)


def in_estonia(georeference: Georeference) -> bool:
    """Return whether easting and northing lie in Estonia's ranges."""
    return lies_in_estonia(georeference.easting_m, georeference.northing_m)


def _crs(georeference: Georeference) -> ReadFinding | None:
    stated = georeference.crs.strip()
    if not stated:
        return ReadFinding(
            "georeference.crs-missing",
            Severity.WARNING,
            f"The file does not name its map system; {CRS} is assumed.",
            f"Name {CRS} as the projected CRS.",
        )
    if epsg_of(stated) == CRS:
        return None
    return ReadFinding(
        "georeference.crs-other",
        Severity.ERROR,
        f"The file is placed in '{stated}', not in {CRS}.",
        f"Place the model in {CRS} (L-EST97).",
    )


def _position(georeference: Georeference) -> ReadFinding | None:
    where = f"easting {georeference.easting_m:.1f} m, northing {georeference.northing_m:.1f} m"
    if in_estonia(georeference):
        return None
    if axes_swapped(georeference):
        return ReadFinding(
            "georeference.axes-swapped",
            Severity.ERROR,
            f"Easting and northing stand in each other's place: {where}.",
            "Surveyors call the northing X; write the easting (370000 to 740000) as Eastings.",
        )
    return ReadFinding(
        "georeference.outside-estonia",
        Severity.ERROR,
        f"The model lies outside Estonia: {where}.",
        f"Set the map conversion to {CRS} metres.",
    )


def _scale(georeference: Georeference) -> ReadFinding | None:
    if abs(georeference.scale - 1.0) <= SCALE_TOLERANCE:
        return None
    return ReadFinding(
        "georeference.scale",
        Severity.ERROR,
        f"One model metre would be {georeference.scale:g} m on the map.",
        "Set the scale of the map conversion for the length unit of the file.",
    )


def _height(georeference: Georeference) -> ReadFinding | None:
    if EH2000_RANGE_M[0] <= georeference.height_m <= EH2000_RANGE_M[1]:
        return None
    return ReadFinding(
        "georeference.height",
        Severity.WARNING if abs(georeference.height_m) <= FARTHEST_HEIGHT_M else Severity.ERROR,
        f"The height of the origin, {georeference.height_m:.1f} m, is not a ground height in Estonia.",
        "Give the orthogonal height in EH2000 metres.",
    )
