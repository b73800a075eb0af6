"""What lists and maps show of each building: the newest version of its furthest stage, with its reports."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twin.catalogue import Building, Catalogue, ReportShelf, Version
from twin.layers import PARCELS, PLAN_AREAS, Layers
from twin.live import LiveWing
from twin.register_rows import RegisterRows
from twin.reports import GAP

CRS = "EPSG:3301"


class Overview:
    """Summaries of buildings and of the district.

    Args:
        catalogue: Buildings and versions.
        shelf: Reports that are there already.
        layers: Parcels and plan areas.
        register: What the register says of buildings.
        live: Points and their latest readings.
        open_alarms: Returns how many alarms last or wait for somebody to see them, by building.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        shelf: ReportShelf,
        layers: Layers,
        register: RegisterRows,
        live: LiveWing,
        open_alarms: Callable[[], Mapping[str, int]],
    ) -> None:
        self._catalogue = catalogue
        self._shelf = shelf
        self._layers = layers
        self._register = register
        self._live = live
        self._open_alarms = open_alarms

    def buildings(self) -> list[dict[str, Any]]:
        """Return a summary of every building that has a version, by id."""
        return self.page(None, 0)[0]

    def page(self, limit: int | None, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Return summaries of `limit` buildings from `offset`, by id, and how many there are in all."""
        reports = {kind: self._shelf.summaries(kind) for kind in ("permit", "energy", "seal")}
        found = [building for building in self._catalogue.buildings() if building.latest]
        shown = found[offset:] if limit is None else found[offset : offset + limit]
        alarms, gaps = self._open_alarms(), self._gaps()
        described = self._register.of([b.building_id for b in found])
        return [self._summary(building, reports, alarms, gaps, described) for building in shown], len(found)

    def building(self, building_id: str) -> dict[str, Any]:
        """Return the summary of one building with all its versions.

        Raises:
            NotFound: (building) there is none of that id.
        """
        building = self._catalogue.building(building_id)
        reports = {kind: self._shelf.summaries(kind) for kind in ("permit", "energy", "seal")}
        versions = [
            version_summary(v, sealed=_key(v) in reports["seal"]) for v in self._catalogue.versions(building_id)
        ]
        described = self._register.of([building_id])
        summary = self._summary(building, reports, self._open_alarms(), self._gaps(), described)
        return {**summary, "versions": versions}

    def district(self) -> dict[str, Any]:
        """Return all buildings with the parcels and plan areas around them."""
        buildings = self.buildings()
        return {
            "crs": CRS,
            "bounds": _bounds([b["footprint"] for b in buildings if b["footprint"]]),
            "buildings": buildings,
            "parcels": self._layers.geojson(PARCELS),
            "plan_areas": self._layers.geojson(PLAN_AREAS),
        }

    def _summary(
        self,
        building: Building,
        reports: Mapping[str, Mapping[Any, Any]],
        alarms: Mapping[str, int],
        gaps: Mapping[str, Mapping[str, Any]],
        described: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Any]:
        version = self._newest(building)
        key = _key(version)
        latest = self._live.latest(building.building_id)["items"]
        seal = reports["seal"].get(key)
        return {
            "building_id": building.building_id,
            "name": building.name,
            "address": building.address,
            "ehr_code": building.ehr_code,
            "stages": {stage.value: number for stage, number in building.latest.items()},
            "stage": version.key.stage.value,
            "footprint": version.facts["footprint"],
            "footprint_model": version.facts["footprint_model"],
            "ground_m": version.facts["ground_m"],
            "height_m": version.facts["height_m"],
            "storeys_above": version.facts["storeys_above"],
            "placement": _placement(version),
            "permit": reports["permit"].get(key),
            "energy": reports["energy"].get(key),
            "measured": gaps.get(building.building_id),
            "register": described.get(building.building_id),
            "seal": "unsealed" if seal is None else seal["verdict"],
            "alarms": alarms.get(building.building_id, 0),
            "points": len(latest),
            "silent": sum(1 for item in latest if item["stale"] and item["value"] is not None),  # they spoke once
            "data_age_s": min((item["age_s"] for item in latest if item["age_s"] is not None), default=None),
        }

    def _gaps(self) -> dict[str, Mapping[str, Any]]:
        """Return what meters last told of each building beside one of its versions."""
        return {building_id: told for (building_id, _, _), told in self._shelf.summaries(GAP).items()}

    def _newest(self, building: Building) -> Version:
        return self._catalogue.version(building.building_id, building.furthest)


def version_summary(version: Version, *, sealed: bool) -> dict[str, Any]:
    """Return what a list of versions shows of one."""
    return {
        "building_id": version.key.building_id,
        "stage": version.key.stage.value,
        "version": version.key.number,
        "created": version.created,
        "file_name": version.file_name,
        "file_sha256": version.file_sha256,
        "content_sha256": version.content_sha256,
        "schema": version.header.declared_schema,
        "elements": version.elements,
        "spaces": version.spaces,
        "sealed": sealed,
        "file_signature": _file_signature(version.facts.get("file_signatures", [])),
    }


def _file_signature(found: Sequence[Mapping[str, Any]]) -> str:
    """Return one word for what is signed inside the files: invalid if one is, valid if one is, else none."""
    verdicts = {item["verdict"] for item in found}
    return next((word for word in ("invalid", "valid") if word in verdicts), "none")


def _key(version: Version) -> tuple[str, str, int]:
    return (version.key.building_id, version.key.stage.value, version.key.number)


def _placement(version: Version) -> dict[str, Any] | None:
    place = version.georeference
    if place is None:
        return None
    return {
        "easting_m": place.easting_m,
        "northing_m": place.northing_m,
        "height_m": place.height_m,
        "rotation_deg": place.rotation_deg,
        "scale": place.scale,
        "source": place.source,
        "crs": place.crs,
    }


def _bounds(footprints: list[Mapping[str, Any]]) -> list[float] | None:
    points = [point for footprint in footprints for point in _positions(footprint["coordinates"])]
    if not points:
        return None
    eastings, northings = zip(*points, strict=True)
    return [min(eastings), min(northings), max(eastings), max(northings)]


def _positions(value: Any) -> list[tuple[float, float]]:
    if value and isinstance(value[0], (int, float)):
        return [(value[0], value[1])]
    return [position for item in value for position in _positions(item)]
