"""Layers of the district: parcels, plan areas, the city around; checked when they come in and kept as they came."""

import json
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert as upsert

from twin.blobs import BlobStore
from twin.catalogue.tables import LAYER
from twin.clock import Clock, rfc3339
from twin.district import Parcel, Plan, read_parcels, read_plan_areas
from twin.errors import InvalidInput

PARCELS, PLAN_AREAS = "parcels", "plan_areas"
_CHECKS = {PARCELS: read_parcels, PLAN_AREAS: read_plan_areas}
EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}


class Layers:
    """The parcels and plan areas in force."""

    def __init__(self, engine: Engine, blobs: BlobStore, clock: Clock) -> None:
        self._engine = engine
        self._blobs = blobs
        self._clock = clock

    def put(self, name: str, data: bytes) -> str:
        """Check a GeoJSON layer, keep it in place of the old one and return its SHA-256.

        Raises:
            InvalidInput: (layer) no such layer, or what the check of the layer says; nothing is stored.
        """
        if name not in _CHECKS:
            raise InvalidInput(
                "There is no such layer.", reason="layer", entity=name[:80], hint="parcels, plan_areas"
            )
        _CHECKS[name](data)
        return self.keep(name, data)

    def keep(self, name: str, data: bytes) -> str:
        """Keep checked bytes as a layer in place of the old ones and return their SHA-256."""
        sha256 = self._blobs.put(data)
        values = {"sha256": sha256, "created": rfc3339(self._clock())}
        with self._engine.begin() as connection:
            statement = upsert(LAYER).values(name=name, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
        return sha256

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each layer that there is."""
        with self._engine.connect() as connection:
            return {row.name: row.sha256 for row in connection.execute(select(LAYER))}

    def content(self, name: str) -> bytes | None:
        """Return a layer as it came, or None if none was given."""
        sha256 = self.digests().get(name)
        return None if sha256 is None else self._blobs.get(sha256)

    def geojson(self, name: str) -> dict[str, Any]:
        """Return a layer as it came, or an empty collection."""
        sha256 = self.digests().get(name)
        return EMPTY if sha256 is None else json.loads(self._blobs.get(sha256))

    def parcels(self) -> tuple[Parcel, ...] | None:
        """Return the parcels, or None if none were given."""
        sha256 = self.digests().get(PARCELS)
        return None if sha256 is None else tuple(read_parcels(self._blobs.get(sha256)))

    def plan(self) -> Plan | None:
        """Return the plan areas, or None if none were given."""
        sha256 = self.digests().get(PLAN_AREAS)
        return None if sha256 is None else read_plan_areas(self._blobs.get(sha256))
