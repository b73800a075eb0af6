"""A building as it is run: readings of the sensor store against the energy model of a version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

import numpy as np

from twin.catalogue import Version
from twin.energy import ClimateYear, EnergyModel, build_envelope, build_model, reference_area
from twin.energy.indicator import UsePart, bundled_rules, kek
from twin.energy.operated import (
    Calibration,
    ChangePoint,
    Daily,
    Normalised,
    attribute,
    calibrate,
    contract_saving,
    daily_of_year,
    designed_operation,
    fit_change_point,
    hours_of_year,
    lumped_engine,
    mean_by_day,
    normalise,
    use_by_register,
    with_outdoor,
)
from twin.errors import InvalidInput, TwinError
from twin.live import LiveWing, convert
from twin.reports import GAP, ReportDesk
from twin.snapshots import SnapshotReader

LAST_TOLD = "last told"  # stands for the inputs of a kept gap: whoever asks of other times replaces it
STEP = timedelta(hours=1)  # a year of them is under the limit of the store, whatever the meter sends
KWH, CELSIUS = "kW.h", "Cel"
HOT_WATER_KWH_M2 = 30.0  # of flats a year; source status unverified
YEAR_DAYS = 365.0
USE_GROUP = "apartment"  # of the limits of classes; KEK itself does not depend on it
ONE_METER = "Only the energy of one meter is counted; the indicator is that of all energy."
NOT_OFFICIAL = "It was brought to a weather year that is not the official one."

Readings = list[tuple[datetime, float]]


@dataclass(frozen=True, slots=True)
class OperationQuery:
    """What is compared.

    Attributes:
        meter: Point that counts energy for heat and hot water.
        start: Aware time.
        end: Aware time.
        outdoor: Point of the outdoor temperature, or None.
        rooms: Points of room temperatures.
        hot_water_kwh_m2: As designed, by year.
        efficiency: Heat for the building per metered energy.
        carrier: What the meter counts, by the rules of the indicator.
    """

    meter: str
    start: datetime
    end: datetime
    outdoor: str | None = None
    rooms: tuple[str, ...] = ()
    hot_water_kwh_m2: float = HOT_WATER_KWH_M2
    efficiency: float = 1.0
    carrier: str = "district-heating"


class Operations:
    """Compares meters with models.

    Args:
        live: The sensor store.
        snapshots: Versions.
        desk: Keeps what was found, for the map.
        make_climate: Gives the reference year.
    """

    def __init__(
        self, live: LiveWing, snapshots: SnapshotReader, desk: ReportDesk, make_climate: Callable[[], ClimateYear]
    ) -> None:
        self._live = live
        self._desk = desk
        self._snapshots = snapshots
        self._make_climate = make_climate

    @cached_property
    def _climate(self) -> ClimateYear:
        return self._make_climate()

    def report(self, version: Version, query: OperationQuery) -> dict[str, Any]:
        """Return measured use, brought to the reference year, and why it differs from the model.

        What cannot be said is null with its reason; the measured use is said where a day of it is known.

        Raises:
            NotFound: (point-unknown) there is no such point.
            InvalidInput: the meter cannot be used; (energy-carrier) the rules do not know the carrier.
        """
        building_id, rules = version.key.building_id, bundled_rules()
        if query.carrier not in rules.weights:
            raise InvalidInput(
                f"The rules {rules.rule_id} have no weight for {query.carrier!r}.",
                reason="energy-carrier",
                hint=f"Use one of {', '.join(sorted(rules.weights))}.",
                entity=query.carrier,
            )
        use = self._use(building_id, query.meter, query.start, query.end)
        known = {
            "meter": query.meter,
            "start": use.start.isoformat(),
            "days": len(use.values),
            "known_days": int(use.known.sum()),
            "measured_kwh": round(float(np.nansum(use.values)), 1) if use.known.any() else None,
            "efficiency": query.efficiency,
        }
        empty = {"change_point": None, "normalised": None, "kek": None, "calibration": None, "attribution": None}
        if query.outdoor is None:
            reason = "Not normalised: no outdoor temperature of these days was given."
            return {**known, **empty, "reasons": [reason]}
        found = {**known, **empty, **self._explained(version, query, use)}
        self._keep_gap(version, query, found)
        return found

    def _keep_gap(self, version: Version, query: OperationQuery, found: Mapping[str, Any]) -> None:
        """Keep what was found, so that the map can show the gap; nothing if none could be told."""
        if found["attribution"] is not None:
            share, key = found["attribution"]["gap_share"], version.key
            told = {"gap_share": share, "meter": query.meter, "days": found["known_days"]}
            told |= {"stage": key.stage.value, "version": key.number}
            self._desk.keep(version, GAP, LAST_TOLD, found, told)

    def contract(
        self, building_id: str, meter: str, outdoor: str, times: Sequence[tuple[datetime, datetime]], promised: float
    ) -> dict[str, Any]:
        """Return a promised saving against the measured one.

        Args:
            building_id: The building.
            meter: Point that counts energy.
            outdoor: Point of the outdoor temperature.
            times: Start and end before the measures, and after them.
            promised: Share of the use without the measures.
        """
        pairs = []
        for start, end in times:
            use = self._use(building_id, meter, start, end)
            pairs.append((use, self._days(building_id, outdoor, start, end, use).values))
        return contract_saving(pairs[0], pairs[1], promised).to_json()

    def _explained(self, version: Version, query: OperationQuery, use: Daily) -> dict[str, Any]:
        building_id, outdoor = version.key.building_id, query.outdoor or ""
        warm = self._days(building_id, outdoor, query.start, query.end, use)
        reasons: list[str] = []
        found: dict[str, Any] = {}

        def attempt(name: str, make: Callable[[], Any]) -> Any:
            try:
                made = make()
            except InvalidInput as error:
                reasons.append(f"{name}: {error.message}")
                return None
            found[name] = made.to_json()
            return made

        point: ChangePoint | None = attempt("change_point", lambda: fit_change_point(use, warm.values))
        normal: Normalised | None = None
        if point is not None:
            normal = attempt("normalised", lambda: normalise(use, warm.values, self._climate, point))
        model = cache(lambda: self._model(version))
        makes: list[tuple[str, Callable[[], dict[str, Any]]]] = [
            ("calibration", lambda: self._calibrated(model(), query, use))
        ]
        if normal is not None:
            year = normal
            makes.append(("kek", lambda: {"kek": measured_indicator(year, query.carrier, model())}))
        for name, make in makes:
            try:
                found |= make()
            except TwinError as error:
                reasons.append(f"{name}: {error.message}")
        return {**found, "reasons": reasons}

    def _calibrated(self, model: EnergyModel, query: OperationQuery, use: Daily) -> dict[str, Any]:
        building_id = model.name
        hourly = hours_of_year(self._readings(building_id, query.outdoor or "", query, CELSIUS), self._zone)
        needed = np.repeat(np.isin(np.arange(365), use.places()), 24)
        climate = with_outdoor(self._climate, hourly, needed, query.outdoor or "")
        heat = Daily(use.start, use.values * query.efficiency)
        area = model.zone.floor_area_m2.value
        designed = designed_operation(model, query.hot_water_kwh_m2 * area / YEAR_DAYS)
        engine = lumped_engine(climate)
        rooms = self._rooms(building_id, query, use)
        calibration: Calibration = calibrate(model, designed, heat, engine, rooms)
        why = attribute(model, calibration, heat, engine)
        return {
            "calibration": calibration.to_json(),
            "attribution": why.to_json(),
            "climate": {"name": climate.name, "notes": list(climate.notes), "sha256": climate.sha256,
                        "mean_c": round(float(daily_of_year(climate.dry_bulb_c).mean()), 2)},
        }  # fmt: skip

    def _model(self, version: Version) -> EnergyModel:
        snapshot = self._snapshots.read(version)
        envelope = build_envelope(snapshot)
        return build_model(version.key.building_id, envelope, reference_area(snapshot, envelope).area_m2)

    @property
    def _zone(self) -> float:
        return self._climate.time_zone_h

    def _use(self, building_id: str, meter: str, start: datetime, end: datetime) -> Daily:
        """Return daily use; the first reading of an hour stands for its beginning."""
        answer = self._live.history(building_id, meter, start, end, STEP.total_seconds())
        unit = answer["point"]["unit"]
        rows = [
            (datetime.fromisoformat(item["t"]), convert(float(item["min"]), unit, KWH)) for item in answer["items"]
        ]
        return use_by_register(rows, self._zone)

    def _readings(self, building_id: str, point: str, query: OperationQuery, unit: str) -> Readings:
        return self._between(building_id, point, query.start, query.end, unit)

    def _between(self, building_id: str, point: str, start: datetime, end: datetime, unit: str) -> Readings:
        answer = self._live.history(building_id, point, start, end, STEP.total_seconds())
        own = answer["point"]["unit"]
        return [(datetime.fromisoformat(item["t"]), convert(float(item["v"]), own, unit)) for item in answer["items"]]

    def _days(self, building_id: str, point: str, start: datetime, end: datetime, use: Daily) -> Daily:
        rows = self._between(building_id, point, start, end, CELSIUS)
        return mean_by_day(rows, self._zone, use.start, len(use.values))

    def _rooms(self, building_id: str, query: OperationQuery, use: Daily) -> Daily | None:
        """Return the mean of the rooms by day, or None if no room is measured."""
        if not query.rooms:
            return None
        days = [self._days(building_id, room, query.start, query.end, use).values for room in query.rooms]
        table = np.stack(days)
        known = np.isfinite(table)
        sums, counts = np.where(known, table, 0.0).sum(axis=0), known.sum(axis=0)
        return Daily(use.start, np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def measured_indicator(normal: Normalised, carrier: str, model: EnergyModel) -> dict[str, Any]:
    """Return KEK of a normalised year of one meter, as plain JSON; never a class, since other energy is not counted.

    Raises:
        InvalidInput: (energy-carrier) the rules have no weight for the carrier.
    """
    area = model.zone.floor_area_m2.value
    doubts = [ONE_METER] if normal.official else [ONE_METER, NOT_OFFICIAL]
    return kek({carrier: normal.normalised_kwh}, (UsePart(USE_GROUP, area),), bundled_rules(), doubts).to_json(area)
