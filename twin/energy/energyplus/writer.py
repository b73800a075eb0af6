"""An energy model as EnergyPlus input (epJSON 25.2): plain data, nothing but the standard library."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.energy.climate import ClimateYear
from twin.energy.construction import surface_resistance
from twin.energy.energyplus.materials import Objects, construction
from twin.energy.engine import AIR_HEAT, FURNITURE, set_points
from twin.energy.faces import ground_c
from twin.energy.inside import PANE_M
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind, Layer, Source, Sourced
from twin.errors import InvalidInput

VERSION = "25.2"
ZONE = "zone"
HEIGHT_M = 2.7  # of the rectangles that stand for walls
MOST_GLASS = 0.97  # share of a wall that its windows may fill; a carrier wall is added beyond it
SIDES_OF_MASS = ("one side", "other side")
STEPS_AN_HOUR = 6
SURFACES = {Kind.WALL: "Wall", Kind.DOOR: "Wall", Kind.WINDOW: "Wall", Kind.ROOF: "Roof", Kind.FLOOR: "Floor"}
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
HEATING, COOLING, AIR = (
    "Zone Air System Sensible Heating Energy",
    "Zone Air System Sensible Cooling Energy",
    "Zone Mean Air Temperature",
)
INCIDENT = "Surface Outside Face Incident Solar Radiation Rate per Area"


def epjson(model: EnergyModel, climate: ClimateYear, *, furniture: bool = True) -> dict[str, Any]:
    """Return the epJSON document of a model.

    Faces are rectangles of the right area, azimuth and tilt that do not shade each other; sun through glass meets the
    floor first. Systems are ideal loads without outdoor air.

    Raises:
        InvalidInput: (energyplus-horizon) a face has a horizon, which this input cannot say.
    """
    if any(element.horizon is not None for element in model.elements):
        raise InvalidInput(
            "Horizons before faces are not written for EnergyPlus.",
            reason="energyplus-horizon",
            hint="Compare the engines without neighbours.",
            entity=model.name,
        )
    objects: defaultdict[str, Objects] = defaultdict(dict)
    for kind, rows in _frame(model, climate, furniture).items():
        objects[kind].update(rows)
    _surfaces(model, objects)
    _use(model, objects)
    return dict(objects)


def _frame(model: EnergyModel, climate: ClimateYear, furniture: bool) -> dict[str, Objects]:
    zone = model.zone
    air = zone.volume_m3.value * climate.air_density_kg_m3() * AIR_HEAT
    more = 1.0 + (FURNITURE * zone.floor_area_m2.value / air if furniture else 0.0)
    ground = ground_c(climate, model.ground_c)
    starts = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30]) * 24
    months = {f"{name}_ground_temperature": float(ground[at]) for name, at in zip(MONTHS, starts, strict=True)}
    return {
        "Version": {"v": {"version_identifier": VERSION}},
        "SimulationControl": {"s": {"run_simulation_for_sizing_periods": "No"}},
        "Timestep": {"t": {"number_of_timesteps_per_hour": STEPS_AN_HOUR}},
        "Building": {"b": {"terrain": "Country", "solar_distribution": "MinimalShadowing"}},
        "GlobalGeometryRules": {"g": {"starting_vertex_position": "UpperLeftCorner",
            "vertex_entry_direction": "Counterclockwise", "coordinate_system": "World"}},
        # EnergyPlus warms up by the first day again and again; a heavy house would begin the year as hot as a sunny
        # 1 January makes it. The December before comes first, as the own engine warms up by it; it is dropped.
        "RunPeriod": {"year": {"begin_month": 12, "begin_day_of_month": 1, "begin_year": 2017, "end_month": 12,
            "end_day_of_month": 31, "end_year": 2018}},
        "Site:GroundTemperature:BuildingSurface": {"ground": months},
        "Zone": {ZONE: {"volume": zone.volume_m3.value, "floor_area": zone.floor_area_m2.value}},
        "ZoneCapacitanceMultiplier:ResearchSpecial": {"m": {"temperature_capacity_multiplier": more}},
        "OutputControl:Files": {"o": {"output_csv": "No", "output_tabular": "No", "output_eio": "No"}},
        "Output:Variable": {str(place): {"variable_name": name, "reporting_frequency": "Hourly"}
            for place, name in enumerate((HEATING, COOLING, AIR, INCIDENT))},
    }  # fmt: skip


def _surfaces(model: EnergyModel, objects: dict[str, Objects]) -> None:
    for element in model.elements:
        if element.kind is Kind.INTERNAL:
            # Faces of inner mass look at each other, as floors do at ceilings; one object would not see itself.
            common = {"construction_name": construction(element, objects), "zone_or_zonelist_name": ZONE}
            for side in SIDES_OF_MASS:
                objects["InternalMass"][f"{element.element_id} {side}"] = {
                    **common, "surface_area": element.area_m2.value / len(SIDES_OF_MASS),
                }  # fmt: skip
    windows = [element for element in model.elements if element.g is not None]
    for host in [element for element in model.elements if element.g is None and element.kind is not Kind.INTERNAL]:
        mine = [one for one in windows if one not in _taken(objects, windows) and _same_plane(host, one)]
        glass = sum(one.area_m2.value for one in mine)
        if host.kind not in (Kind.WALL, Kind.ROOF) or glass > MOST_GLASS * (glass + host.area_m2.value):
            mine = []
        _host(host, mine, objects)
    for one in windows:
        if one not in _taken(objects, windows):
            _host(_carrier(one), [one], objects)


def _taken(objects: dict[str, Objects], windows: Sequence[EnergyElement]) -> list[EnergyElement]:
    return [one for one in windows if one.element_id in objects["FenestrationSurface:Detailed"]]


def _same_plane(wall: EnergyElement, window: EnergyElement) -> bool:
    turned = abs((wall.azimuth_deg - window.azimuth_deg + 180.0) % 360.0 - 180.0)
    return wall.boundary is Boundary.OUTSIDE and turned < 1.0 and abs(wall.tilt_deg - window.tilt_deg) < 1.0


def _carrier(window: EnergyElement) -> EnergyElement:
    """Return a sliver of well insulated wall that holds a window which has no wall in its plane."""
    layer = Layer(1.0, 0.1)
    u = Sourced(1.0 / (layer.resistance_m2k_w + surface_resistance(Kind.WALL)), "W/(m2.K)", Source.DERIVED)
    area = Sourced(window.area_m2.value * (1.0 / MOST_GLASS - 1.0), "m2", Source.DERIVED)
    name = f"carrier of {window.element_id}"
    return EnergyElement(name, Kind.WALL, Boundary.OUTSIDE, area, window.azimuth_deg, window.tilt_deg, u, (layer,))


def _host(wall: EnergyElement, windows: Sequence[EnergyElement], objects: dict[str, Objects]) -> None:
    glass = sum(one.area_m2.value for one in windows)
    gross = wall.area_m2.value + glass
    width = gross / HEIGHT_M
    outside = wall.boundary is Boundary.OUTSIDE
    objects["BuildingSurface:Detailed"][wall.element_id] = {
        "surface_type": _surface_type(wall),
        "construction_name": construction(wall, objects),
        "zone_name": ZONE,
        "outside_boundary_condition": {Boundary.OUTSIDE: "Outdoors", Boundary.GROUND: "Ground"}.get(
            wall.boundary, "Adiabatic"
        ),
        "sun_exposure": "SunExposed" if outside else "NoSun",
        "wind_exposure": "WindExposed" if outside else "NoWind",
        "vertices": [
            dict(zip(("vertex_x_coordinate", "vertex_y_coordinate", "vertex_z_coordinate"), corner, strict=True))
            for corner in _corners(wall, (0.0, width), (0.0, HEIGHT_M))
        ],
    }
    high, start = max(PANE_M, HEIGHT_M * glass / gross), 0.0
    for one in windows:
        strip = one.area_m2.value / high
        _window(one, wall, (start, start + strip), (0.0, high), objects)
        start += strip


def _surface_type(element: EnergyElement) -> str:
    if element.tilt_deg <= 60.0:
        return "Roof"
    return "Floor" if element.tilt_deg >= 120.0 else "Wall"


def _window(
    window: EnergyElement, wall: EnergyElement, across: tuple[float, float], up: tuple[float, float],
    objects: dict[str, Objects],
) -> None:  # fmt: skip
    corners = {
        f"vertex_{place}_{axis}_coordinate": value
        for place, corner in enumerate(_corners(wall, across, up), 1)
        for axis, value in zip("xyz", corner, strict=True)
    }
    objects["FenestrationSurface:Detailed"][window.element_id] = {
        "surface_type": "Window",
        "construction_name": construction(window, objects),
        "building_surface_name": wall.element_id,
        "number_of_vertices": 4,
        **corners,
    }


def _corners(
    element: EnergyElement, across: tuple[float, float], up: tuple[float, float]
) -> list[tuple[float, float, float]]:
    """Return upper left, lower left, lower right, upper right as seen from outside."""
    azimuth, tilt = np.radians(element.azimuth_deg), np.radians(element.tilt_deg)
    normal = np.array([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)])
    right = np.array([-np.cos(azimuth), np.sin(azimuth), 0.0])
    above = np.cross(normal, right)
    places = ((across[0], up[1]), (across[0], up[0]), (across[1], up[0]), (across[1], up[1]))
    flat = abs(element.tilt_deg - 90.0) > 30.0
    lift = np.array([0.0, 0.0, HEIGHT_M if flat and element.tilt_deg < 90.0 else 0.0])
    points = [lift + a * right + b * above for a, b in places]
    return [(float(p[0]), float(p[1]), float(p[2])) for p in points]


def _use(model: EnergyModel, objects: dict[str, Objects]) -> None:
    profile, zone = model.zone.profile, model.zone
    ventilation = [rate * (1.0 - profile.heat_recovery) for rate in profile.ventilation_1_h]
    heating, cooling = set_points(profile, np.arange(24), STEPS_AN_HOUR)
    days = {
        "always": [1.0],
        "dual": [4.0],
        "heating": [float(v) for v in heating.reshape(-1)],
        "cooling": [float(v) for v in cooling.reshape(-1)],
        "gains": list(profile.gains_w_m2),
        "ventilation": ventilation,
    }
    for name, values in days.items():
        objects["Schedule:Compact"][name] = {"data": [{"field": one} for one in _day(values)]}
    _air(zone.infiltration_1_h.value, objects)
    objects["OtherEquipment"]["gains"] = {
        "fuel_type": "None", "zone_or_zonelist_or_space_or_spacelist_name": ZONE, "schedule_name": "gains",
        "design_level_calculation_method": "EquipmentLevel", "design_level": zone.floor_area_m2.value,
        "fraction_radiant": profile.radiative_share,
    }  # fmt: skip
    objects["ZoneControl:Thermostat"]["thermostat"] = {
        "zone_or_zonelist_name": ZONE, "control_type_schedule_name": "dual",
        "control_1_object_type": "ThermostatSetpoint:DualSetpoint", "control_1_name": "set-points",
    }  # fmt: skip
    objects["ThermostatSetpoint:DualSetpoint"]["set-points"] = {
        "heating_setpoint_temperature_schedule_name": "heating",
        "cooling_setpoint_temperature_schedule_name": "cooling",
    }
    objects["ZoneHVAC:EquipmentConnections"]["connections"] = {
        "zone_name": ZONE, "zone_conditioning_equipment_list_name": "equipment",
        "zone_air_inlet_node_or_nodelist_name": "supply", "zone_air_node_name": "air",
        "zone_return_air_node_or_nodelist_name": "return",
    }  # fmt: skip
    objects["ZoneHVAC:EquipmentList"]["equipment"] = {"equipment": [{
        "zone_equipment_object_type": "ZoneHVAC:IdealLoadsAirSystem", "zone_equipment_name": "ideal",
        "zone_equipment_cooling_sequence": 1, "zone_equipment_heating_or_no_load_sequence": 1}]}  # fmt: skip
    objects["ZoneHVAC:IdealLoadsAirSystem"]["ideal"] = {
        "zone_supply_air_node_name": "supply", "dehumidification_control_type": "None",
        "humidification_control_type": "None",
    }  # fmt: skip


def _air(infiltration_1_h: float, objects: dict[str, Objects]) -> None:
    # Both engines count the air at the density of the room.
    common = {"zone_or_zonelist_or_space_or_spacelist_name": ZONE, "density_basis": "Indoor",
              "design_flow_rate_calculation_method": "AirChanges/Hour"}  # fmt: skip
    objects["ZoneInfiltration:DesignFlowRate"]["leaks"] = {
        **common, "schedule_name": "always", "air_changes_per_hour": infiltration_1_h,
    }  # fmt: skip
    objects["ZoneVentilation:DesignFlowRate"]["ventilation"] = {
        **common, "schedule_name": "ventilation", "air_changes_per_hour": 1.0, "minimum_indoor_temperature": -100.0,
        "minimum_outdoor_temperature": -100.0, "delta_temperature": -100.0,
    }  # fmt: skip


def _day(values: Sequence[float]) -> list[Any]:
    """Return a day of equal steps as the fields of a compact schedule."""
    fields: list[Any] = ["Through: 12/31", "For: AllDays"]
    step = 1440 // len(values)
    for place, value in enumerate(values, 1):
        if place < len(values) and values[place] == value:
            continue
        minute = place * step
        fields += [f"Until: {minute // 60:02d}:{minute % 60:02d}", value]
    return fields
