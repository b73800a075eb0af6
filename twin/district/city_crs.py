"""From the reference system of a city file to EPSG:3301 and EH2000."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.crs import CRS as ProjCRS  # noqa: N811 - the name of the module is taken by the name of the system
from pyproj.exceptions import CRSError, ProjError

from twin.district.context import Findings
from twin.district.geojson import CRS_NAME
from twin.district.values import CRS, lies_in_estonia
from twin.errors import InvalidInput

EH2000 = 9663  # EPSG code of the heights in force
_HINT = 'State it: "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/3301"}'


@dataclass(frozen=True, slots=True)
class MapTransform:
    """The way to the map.

    Attributes:
        transformer: Turns eastings and northings; None if the file is in EPSG:3301 already.
    """

    transformer: Transformer | None

    def to_map(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 3) in EPSG:3301; heights stay, what has no place on the map becomes infinite."""
        if self.transformer is None or not len(points):
            return points
        east, north = self.transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([east, north, points[:, 2]])


def map_transform(stated: Any, sample: NDArray[np.float64], findings: Findings) -> MapTransform:
    """Return the way from the reference system that a file states.

    Args:
        stated: `metadata.referenceSystem`, or None.
        sample: Some corners of the file, for judging a file that states none.
        findings: Doubts go here.

    Raises:
        InvalidInput: (crs) there is none and the coordinates do not lie in Estonia, or it is not known.
    """
    if stated is None:
        return _assumed(sample, findings)
    match = CRS_NAME.fullmatch(stated) if isinstance(stated, str) else None
    if match is None:
        raise InvalidInput(
            "The reference system is not an EPSG name.", reason="crs", entity=str(stated)[:80], hint=_HINT
        )
    if match[1] == "3301":
        return MapTransform(None)
    try:
        system = ProjCRS.from_epsg(int(match[1]))
        transformer = Transformer.from_crs(_plane(system), ProjCRS(CRS), always_xy=True)
    except (CRSError, ProjError) as error:
        raise InvalidInput(
            f"EPSG:{match[1]} cannot be brought to {CRS}.", reason="crs", entity=str(stated)[:80], hint=_HINT
        ) from error
    if not _heights_known(system):
        findings.warn(
            "context.heights",
            f"The heights of EPSG:{match[1]} are taken as EH2000 without a change.",
            "Export with heights in EH2000 (EPSG:9663).",
        )
    return MapTransform(transformer)


def _assumed(sample: NDArray[np.float64], findings: Findings) -> MapTransform:
    if not (len(sample) > 0 and lies_in_estonia(float(np.median(sample[:, 0])), float(np.median(sample[:, 1])))):
        raise InvalidInput(
            "The file does not say its reference system, and its coordinates do not lie in Estonia.",
            reason="crs",
            entity="metadata.referenceSystem",
            hint=_HINT,
        )
    findings.warn(
        "context.crs-missing", f"The file does not say its reference system; {CRS} is assumed by its range.", _HINT
    )
    return MapTransform(None)


def _plane(system: ProjCRS) -> ProjCRS:
    parts = system.sub_crs_list
    plane = parts[0] if parts else system.to_2d()
    if not (plane.is_projected or plane.is_geographic):
        raise CRSError("no map")
    return plane


def _heights_known(system: ProjCRS) -> bool:
    return any(part.to_epsg() == EH2000 for part in system.sub_crs_list)
