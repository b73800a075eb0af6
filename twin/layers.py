"""Layers of the district: parcels, plan areas, the city around; checked when they come in and kept as they came."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import shapely
from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert as upsert

from ifc import ReadFinding
from twin.blobs import BlobStore
from twin.catalogue.tables import LAYER
from twin.clock import Clock, rfc3339
from twin.district import Bounds, Parcel, Plan, Read, read_parcels, read_plan_areas
from twin.errors import InvalidInput

PARCELS, PLAN_AREAS = "parcels", "plan_areas"
_CHECKS: dict[str, Callable[[bytes], Read[Any]]] = {PARCELS: read_parcels, PLAN_AREAS: read_plan_areas}
EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a layer.

    Attributes:
        sha256: Digest of what is kept.
        read: Number of features.
        skipped: Number left out.
        findings: What was left out and why.
    """

    sha256: str
    read: int
    skipped: int
    findings: tuple[ReadFinding, ...]


class Layers:
    """The parcels and plan areas in force."""

    def __init__(self, engine: Engine, blobs: BlobStore, clock: Clock) -> None:
        self._engine = engine
        self._blobs = blobs
        self._clock = clock
        self._last: dict[str, tuple[str, Any]] = {}  # of each layer what was read last, by its digest

    def put(self, name: str, data: bytes) -> Put:
        """Check a GeoJSON layer and keep its usable features in place of the old ones.

        Raises:
            InvalidInput: (layer) no such layer, or the file as a whole cannot be used; nothing is stored.
        """
        if name not in _CHECKS:
            raise InvalidInput(
                "There is no such layer.", reason="layer", entity=name[:80], hint="parcels, plan_areas"
            )
        read = _CHECKS[name](data)
        sha256 = self._blobs.put(_without_faulty(data, read) if read.skipped else data)
        self.switch(name, sha256)
        return Put(sha256, len(read.places), read.skipped, read.findings)

    def switch(self, name: str, sha256: str) -> None:
        """Show stored and checked bytes as a layer in place of the old ones."""
        values = {"sha256": sha256, "created": rfc3339(self._clock())}
        with self._engine.begin() as connection:
            statement = upsert(LAYER).values(name=name, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each layer that there is."""
        with self._engine.connect() as connection:
            return {row.name: row.sha256 for row in connection.execute(select(LAYER))}

    def geojson(self, name: str) -> dict[str, Any]:
        """Return a layer as it came, or an empty collection."""
        return self._read(name, json.loads, "json") or EMPTY

    def features(self, name: str, bounds: Bounds | None = None) -> list[dict[str, Any]]:
        """Return the features of a layer whose box touches a box in EPSG:3301, as they came."""
        features: list[dict[str, Any]] = self.geojson(name)["features"]
        if bounds is None or not features:
            return features
        things = self.parcels() if name == PARCELS else self.plan()
        boxes = shapely.bounds([thing.shape for thing in things or ()])
        meets = shapely.intersects(shapely.box(*boxes.T), shapely.box(*bounds))
        return [feature for feature, hit in zip(features, np.atleast_1d(meets), strict=True) if hit]

    def given(self, plan: bytes | None, parcels: bytes | None) -> tuple[Plan | None, tuple[Parcel, ...] | None]:
        """Return the plan and the parcels that somebody brings along; None takes those of the district.

        Raises:
            InvalidInput: (crs, axes, geometry, property, feature) a file or one feature of it cannot be used.
        """
        return (
            self.plan() if plan is None else read_plan_areas(plan).whole(),
            self.parcels() if parcels is None else read_parcels(parcels).whole(),
        )

    def parcels(self) -> tuple[Parcel, ...] | None:
        """Return the parcels, or None if none were given."""
        return self._read(PARCELS, lambda data: read_parcels(data).content)

    def plan(self) -> Plan | None:
        """Return the plan areas, or None if none were given."""
        return self._read(PLAN_AREAS, lambda data: read_plan_areas(data).content)

    def _read(self, name: str, read: Callable[[bytes], Kept], form: str = "values") -> Kept | None:
        """Return a layer as `read` gives it; read once, until another one is put in its place."""
        sha256 = self.digests().get(name)
        if sha256 is None:
            return None
        known = self._last.get(f"{name} {form}")
        if known is None or known[0] != sha256:
            known = (sha256, read(self._blobs.get(sha256)))
            self._last[f"{name} {form}"] = known
        made: Kept = known[1]
        return made


def _without_faulty(data: bytes, read: Read[Any]) -> bytes:
    """Return a layer with its usable features only."""
    document = json.loads(data)
    document["features"] = [document["features"][place] for place in read.places]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
