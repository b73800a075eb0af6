"""A city in numbers: totals, histogram, districts, and what a package of measures would change."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from twin.energy.city.carriers import Carrier
from twin.energy.city.compute import Need

BIN_KWH_M2 = 25.0
BINS = 20  # the last one is open upwards: 475 kWh/(m2.a) and more
UNKNOWN = "unknown"
COLUMNS = ("ehr_code", "heating_kwh_m2", "cooling_kwh_m2", "peak_w_m2", "area_m2", "saved_kwh_m2")
NO_CLASS = (
    "Blocks carry usual values of their period, not those of the building.",
    "The weather year, the use profile and the class limits are not official.",
)


def histogram(values: Iterable[float]) -> list[dict[str, Any]]:
    """Return how many buildings need how much heat per area."""
    places = np.minimum(np.array(list(values)) / BIN_KWH_M2, BINS - 1).astype(int)
    counts = np.bincount(places, minlength=BINS)
    return [
        {"from_kwh_m2": place * BIN_KWH_M2, "to_kwh_m2": None if place == BINS - 1 else (place + 1) * BIN_KWH_M2,
         "buildings": int(count)}
        for place, count in enumerate(counts)
    ]  # fmt: skip


def total(needs: Sequence[Need], carrier: Carrier) -> dict[str, Any]:
    """Return sums over some buildings, and what is saved where a package was tried."""
    area, heat = sum(one.area_m2 for one in needs), sum(one.heating_kwh for one in needs)
    tried = [one for one in needs if one.after_heating_kwh is not None]
    known: dict[str, Any] = {
        "buildings": len(needs),
        "area_m2": round(area, 1),
        "heating_kwh": round(heat, 1),
        "heating_kwh_m2": round(heat / area, 2) if area else None,
        "cooling_kwh": round(sum(one.cooling_kwh for one in needs), 1),
        "peak_kw": round(sum(one.peak_kw for one in needs), 1),
        "co2_kg": round(carrier.co2_kg(heat), 1),
    }
    return {**known, "package": _saved(tried, carrier)} if tried else known


def _saved(tried: Sequence[Need], carrier: Carrier) -> dict[str, Any]:
    heat = sum(one.heating_kwh - (one.after_heating_kwh or 0.0) for one in tried)
    cool = sum((one.after_cooling_kwh or 0.0) - one.cooling_kwh for one in tried)
    peak = sum(one.peak_kw - (one.after_peak_kw or 0.0) for one in tried)
    return {
        "buildings": len(tried),
        "saved_heating_kwh": round(heat, 1),
        "saved_share": round(heat / max(sum(one.heating_kwh for one in tried), 1e-9), 4),
        "added_cooling_kwh": round(cool, 1),
        "saved_co2_kg": round(carrier.co2_kg(heat), 1),
        "saved_eur": round(carrier.price_eur(heat), 2),
        "saved_peak_kw": round(peak, 1),
        "class_shift": None,
        "class_reasons": list(NO_CLASS),
    }


def districts(needs: Iterable[Need], carrier: Carrier) -> list[dict[str, Any]]:
    """Return the sums of each district, the largest need per area first."""
    groups: dict[str, list[Need]] = {}
    for one in needs:
        groups.setdefault(one.district, []).append(one)
    rows = [{"district": name, **total(members, carrier)} for name, members in groups.items()]
    return sorted(rows, key=lambda row: (-(row["heating_kwh_m2"] or 0.0), row["district"]))


def first_to_renovate(needs: Iterable[Need], count: int) -> list[dict[str, Any]]:
    """Return the buildings where the package saves most heat, kWh."""
    tried = [one for one in needs if one.after_heating_kwh is not None]
    tried.sort(key=lambda one: ((one.after_heating_kwh or 0.0) - one.heating_kwh, one.building_id))
    return [
        {"building_id": one.building_id, "ehr_code": one.code, "district": one.district,
         "saved_kwh": round(one.heating_kwh - (one.after_heating_kwh or 0.0), 1),
         "heating_kwh_m2": round(one.heating_kwh_m2, 1)}
        for one in tried[:count]
    ]  # fmt: skip


def table_csv(needs: Iterable[Need]) -> bytes | None:
    """Return the needs by register code as the CSV that thematic maps read, or None if no building has a code."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = 0
    for one in needs:
        if one.code is None:
            continue
        saved = (
            "" if one.after_heating_kwh is None else round((one.heating_kwh - one.after_heating_kwh) / one.area_m2, 2)
        )
        values = (one.heating_kwh_m2, one.cooling_kwh / one.area_m2, 1000.0 * one.peak_kw / one.area_m2, one.area_m2)
        writer.writerow([one.code, *(round(value, 2) for value in values), saved])
        rows += 1
    return text.getvalue().encode() if rows else None
