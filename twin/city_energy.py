"""The energy need of the city: from what is on the map to results that are kept, summed and shown."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from twin.blobs import BlobStore
from twin.city import City
from twin.district import Body, ContextBuilding
from twin.energy import ClimateYear
from twin.energy.city import (
    ASSUMPTIONS,
    DEFAULT_K,
    ILLUSTRATIVE,
    Carrier,
    Need,
    Package,
    StockBuilding,
    districts,
    facades_of,
    first_to_renovate,
    histogram,
    poverty_layer,
    read_groups,
    recompute,
    results,
    table_csv,
    total,
)
from twin.errors import InvalidInput, NotFound
from twin.reading import Progress

YEAR_KEYS = ("year", "aasta", "yearOfConstruction", "year_of_construction", "ehitusaasta")
STOREY_KEYS = ("storeys", "storeysAboveGround", "storeys_above", "korruseid")
DISTRICT_KEYS = ("district", "linnaosa", "asum", "omavalitsus")
CELL_M = 1_000.0  # where no district is given: a square of the map
MOST_LEFT_OUT = 200  # that are named; the rest is counted
FIRST = 100  # buildings in the list of those to renovate first
RUN_LENGTH = 32


class CityEnergy:
    """Computes the city and answers from what was computed.

    Args:
        folder: Where results are kept.
        city: What is on the map.
        blobs: Keeps tables for thematic maps.
        make_climate: Gives the weather year.
        processes: Child processes at the same time.
        k: Fewest households or buildings of a group in the layer of energy poverty.
    """

    def __init__(
        self,
        folder: Path,
        city: City,
        blobs: BlobStore,
        make_climate: Callable[[], ClimateYear],
        processes: int = 2,
        k: int = DEFAULT_K,
    ) -> None:
        self._folder = folder
        self._city = city
        self._blobs = blobs
        self._make_climate = make_climate
        self._processes = processes
        self._k = k

    @cached_property
    def _climate(self) -> ClimateYear:
        return self._make_climate()

    def run(self, request: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Compute every building, or a selection with a package of measures; what was computed is not again.

        Args:
            request: ``package``, ``carrier`` and ``selection`` as plain JSON, each may be missing.
            progress: Told how far the work is; what it raises stops it, and what is done stays.

        Raises:
            InvalidInput: the package, carrier or selection cannot be used.
            NotFound: (city-empty) nothing on the map is selected.
        """
        package = None if request.get("package") is None else Package.from_json(request["package"])
        carrier = carrier_of(request.get("carrier"))
        progress(0.0, "Reading buildings")
        bodies = self._city.bodies()
        buildings, left_out = blocks(bodies)
        chosen = _selected(buildings, request.get("selection") or {})
        if not chosen:
            raise NotFound(
                "No building of the map is in this selection.",
                reason="city-empty",
                hint="Import a city first, or select more.",
            )
        ran = recompute(self._folder, self._climate, chosen, package, processes=self._processes, progress=progress)
        found = list(results(ran.path))
        csv = table_csv(found)
        run = ran.path.stem.removeprefix("energy-")
        return {
            "run": run,
            "computed": ran.computed,
            "kept": ran.kept,
            "table": None if csv is None else self._blobs.put(csv),
            "left_out": left_out[:MOST_LEFT_OUT],
            "left_out_total": len(left_out),
            **self._summary(found, carrier, package),
        }

    def _summary(self, found: Sequence[Need], carrier: Carrier, package: Package | None) -> dict[str, Any]:
        return {
            "climate": self._climate.to_json(),
            "carrier": carrier.to_json(),
            "package": None if package is None else package.to_json(),
            "assumptions": list(ASSUMPTIONS),
            "total": total(found, carrier),
            "districts": districts(found, carrier),
            "histogram": histogram(one.heating_kwh_m2 for one in found),
            "first": [] if package is None else first_to_renovate(found, FIRST),
        }

    def poverty(self, run: str, table: bytes, carrier: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the layer of energy poverty by district over the results of a run; the table is not kept.

        Raises:
            NotFound: (energy-run) there is no such run.
            InvalidInput: (poverty-…) the table cannot be used, or speaks of too few.
        """
        groups = read_groups(table, self._k)
        price = carrier_of(carrier)
        layer = poverty_layer(groups, list(results(self._path(run))), price, self._k)
        return {"run": run, "k": self._k, "carrier": price.to_json(), "items": layer}

    def _path(self, run: str) -> Path:
        path = self._folder / f"energy-{run}.sqlite"
        if len(run) != RUN_LENGTH or not run.isalnum() or not path.is_file():
            raise NotFound(
                "There is no such run.", reason="energy-run", hint="Compute the city first.", entity=run[:80]
            )
        return path


def carrier_of(data: Mapping[str, Any] | None) -> Carrier:
    """Return the carrier that a request gives; the illustrative one if it gives none.

    Raises:
        InvalidInput: (energy-carrier) a member is missing or no number.
    """
    if data is None:
        return ILLUSTRATIVE
    try:
        return Carrier(
            str(data["name"]), float(data["efficiency"]), float(data["co2_kg_kwh"]), float(data["price_eur_kwh"]),
            str(data.get("source", "the asker")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "This is no carrier.", reason="energy-carrier", hint="name, efficiency, co2_kg_kwh, price_eur_kwh"
        ) from error


def blocks(bodies: Sequence[Body]) -> tuple[list[StockBuilding], list[dict[str, str]]]:
    """Return the bodies of a map as heated blocks, and those that cannot be with the reason."""
    free = facades_of([body.shape for body in bodies], [body.height_m or 0.0 for body in bodies]) if bodies else []
    made, left_out = [], []
    for body, facades in zip(bodies, free, strict=True):
        try:
            made.append(_block(body, facades))
        except InvalidInput as error:
            left_out.append({"building_id": body.building_id, "reason": error.reason, "message": error.message})
    return made, left_out


def _block(body: Body, facades: tuple[float, ...]) -> StockBuilding:
    known = ContextBuilding(body.building_id, body.shape, body.ground_m, body.height_m, body.properties)
    storeys = _whole(body.properties, STOREY_KEYS)
    return StockBuilding(
        body.building_id, known.register_code, _district(body), float(body.shape.area), facades,
        body.height_m or 0.0, storeys if storeys and storeys > 0 else None, _whole(body.properties, YEAR_KEYS),
    )  # fmt: skip


def _district(body: Body) -> str:
    for key in DISTRICT_KEYS:
        value = body.properties.get(key)
        if value not in (None, ""):
            return str(value)[:80]
    middle = body.shape.representative_point()
    east, north = (math.floor(one / CELL_M) for one in (middle.x, middle.y))
    return f"1 km square E{east} N{north}"


def _whole(properties: Mapping[str, Any], keys: Sequence[str]) -> int | None:
    for key in keys:
        try:
            return int(str(properties[key])[:4])
        except (KeyError, ValueError):
            continue
    return None


def _selected(buildings: Sequence[StockBuilding], selection: Mapping[str, Any]) -> list[StockBuilding]:
    """Return the buildings of a selection: ``districts``, ``building_ids``, ``built_from``, ``built_to``.

    Raises:
        InvalidInput: (selection) a member is not known or of another kind.
    """
    unknown = set(selection) - {"districts", "building_ids", "built_from", "built_to"}
    if unknown:
        raise InvalidInput("The selection has unknown members.", reason="selection", entity=min(unknown)[:80])
    names, ids = selection.get("districts"), selection.get("building_ids")
    low, high = selection.get("built_from"), selection.get("built_to")
    wanted_names = None if names is None else frozenset(names)
    wanted_ids = None if ids is None else frozenset(ids)
    return [
        one
        for one in buildings
        if (wanted_names is None or one.district in wanted_names)
        and (wanted_ids is None or one.building_id in wanted_ids)
        and (low is None or (one.year is not None and one.year >= low))
        and (high is None or (one.year is not None and one.year <= high))
    ]
