"""Height of the geoid above the ellipsoid: from EH2000 to heights as satellites and globes have them.

The model in force is EST-GEOID2017 (EH2000 to ETRS89, 4 mm), which is given out on demand only. Name a file of it
with `KAKSIK_GEOID_GRID`; without one, EGM96 is taken, which is in the public domain and stands here as a table.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError

from twin.errors import InvalidInput

FloatArray = NDArray[np.float64]

EGM96_DOUBT_M = 1.0  # not checked against EST-GEOID2017; EGM96 itself is stated with 0.5 to 1 m
_WEST, _SOUTH, _STEP_LON, _STEP_LAT = 21.5, 57.25, 0.5, 0.25  # degrees
# Read from egm96_15.gtx (NIMA and NASA, 1996) and rounded to a centimetre: rows from south to north, columns from
# west to east. Between them it is interpolated: within 0.07 m of the grid of 15 minutes.
_EGM96_M = (
    (21.31, 21.22, 20.97, 20.49, 19.93, 19.57, 19.64, 20.09, 20.58, 20.74, 20.49, 19.95, 19.30, 18.72, 18.39),
    (20.81, 20.68, 20.38, 19.88, 19.33, 19.01, 19.09, 19.52, 20.01, 20.28, 20.23, 19.86, 19.28, 18.66, 18.19),
    (20.40, 20.26, 19.98, 19.57, 19.16, 18.93, 18.97, 19.25, 19.62, 19.89, 19.91, 19.61, 19.06, 18.41, 17.83),
    (19.96, 19.91, 19.79, 19.58, 19.38, 19.28, 19.28, 19.37, 19.53, 19.67, 19.61, 19.25, 18.64, 17.96, 17.30),
    (19.48, 19.63, 19.74, 19.73, 19.71, 19.74, 19.73, 19.64, 19.56, 19.49, 19.28, 18.82, 18.19, 17.49, 16.79),
    (18.99, 19.38, 19.74, 19.89, 19.95, 20.02, 19.97, 19.72, 19.41, 19.15, 18.84, 18.37, 17.78, 17.16, 16.48),
    (18.51, 19.13, 19.72, 19.99, 20.04, 20.03, 19.85, 19.45, 18.99, 18.62, 18.29, 17.88, 17.42, 16.93, 16.37),
    (18.14, 18.88, 19.64, 20.01, 20.00, 19.81, 19.44, 18.92, 18.42, 18.07, 17.77, 17.42, 17.05, 16.70, 16.32),
    (18.01, 18.72, 19.50, 19.88, 19.81, 19.44, 18.90, 18.32, 17.88, 17.59, 17.33, 16.99, 16.65, 16.41, 16.23),
    (18.23, 18.79, 19.39, 19.67, 19.53, 19.07, 18.45, 17.85, 17.44, 17.17, 16.88, 16.53, 16.22, 16.06, 16.03),
    (18.69, 19.08, 19.42, 19.53, 19.36, 18.91, 18.28, 17.63, 17.14, 16.76, 16.39, 16.03, 15.77, 15.66, 15.69),
    (19.12, 19.38, 19.51, 19.51, 19.38, 19.02, 18.41, 17.68, 16.99, 16.42, 15.95, 15.60, 15.39, 15.29, 15.27),
)


class Geoid(Protocol):
    """Where the geoid lies."""

    @property
    def name(self) -> str:
        """Return which model it is."""

    @property
    def doubt_m(self) -> float | None:
        """Return how far it may be from EST-GEOID2017 in metres, or None if that is not known."""

    def heights(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return heights of the geoid above the ellipsoid in metres at places in degrees."""


@dataclass(frozen=True, slots=True)
class Egm96:
    """EGM96 over Estonia; outside the table its edge goes on."""

    name: str = "EGM96, table of 30 by 15 minutes"
    doubt_m: float | None = EGM96_DOUBT_M

    def heights(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return heights above the ellipsoid, interpolated between the four corners around."""
        table = np.array(_EGM96_M)
        rows, columns = table.shape
        x = np.clip((longitude - _WEST) / _STEP_LON, 0.0, columns - 1)
        y = np.clip((latitude - _SOUTH) / _STEP_LAT, 0.0, rows - 1)
        i, j = np.minimum(x.astype(np.int64), columns - 2), np.minimum(y.astype(np.int64), rows - 2)
        u, v = x - i, y - j
        low = table[j, i] * (1 - u) + table[j, i + 1] * u
        high = table[j + 1, i] * (1 - u) + table[j + 1, i + 1] * u
        found: FloatArray = low * (1 - v) + high * v
        return found


@dataclass(frozen=True, slots=True)
class Level:
    """A geoid of one height everywhere, as a caller wants it."""

    height_m: float
    doubt_m: float | None = None

    @property
    def name(self) -> str:
        """Return what it is."""
        return f"{self.height_m:g} m everywhere"

    def heights(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return the one height for every place."""
        return np.full(np.shape(longitude), self.height_m) + 0.0 * latitude


@dataclass(frozen=True, slots=True)
class GridGeoid:
    """A geoid from a file."""

    name: str
    transformer: Transformer
    doubt_m: float | None = None

    def heights(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return heights above the ellipsoid.

        Raises:
            InvalidInput: (geoid) a place lies outside the file.
        """
        _, _, found = self.transformer.transform(longitude, latitude, np.zeros(np.shape(longitude)))
        heights: FloatArray = np.asarray(found, dtype=np.float64)
        if not np.isfinite(heights).all():
            raise InvalidInput("A place lies outside the geoid grid.", reason="geoid", entity=self.name)
        return heights


def open_geoid(path: Path | None) -> Geoid:
    """Return the geoid of a grid file that PROJ reads (GTX, GeoTIFF), or EGM96 if none is named.

    Raises:
        InvalidInput: (geoid) the file is no such grid.
    """
    if path is None:
        return Egm96()
    degrees = "+proj=unitconvert +xy_in=deg +xy_out=rad"
    try:
        if not path.is_file() or any(c in str(path) for c in ' ",'):
            raise InvalidInput(
                "There is no such geoid grid.", reason="geoid", entity=path.name, hint="A path without blanks."
            )
        back = degrees.replace("in=deg", "in=rad").replace("out=rad", "out=deg")
        shift = f"+proj=vgridshift +grids={path.resolve()} +multiplier=1"
        made = Transformer.from_pipeline(f"+proj=pipeline +step {degrees} +step {shift} +step {back}")
    except ProjError as error:
        raise InvalidInput(
            "The geoid grid cannot be read.", reason="geoid", entity=path.name, hint="GTX or GeoTIFF, as PROJ has it."
        ) from error
    return GridGeoid(path.name, made)
