"""Sensors, meters and equipment, and the points that name them."""

from typing import Any

from samples.author import Entity
from samples.data import Sets
from samples.plan import Rect, Room
from samples.shapes import box
from samples.work import Json, Level, Product, Work

SENSORS: dict[str, tuple[str, str, str, tuple[float, float], int]] = {
    # quantity kind: point suffix, IfcSensorTypeEnum, UCUM unit, range, interval in seconds
    "Temperature": ("temp", "TEMPERATURESENSOR", "Cel", (-30.0, 60.0), 60),
    "CO2": ("co2", "CO2SENSOR", "[ppm]", (300.0, 5000.0), 60),
    "RelativeHumidity": ("rh", "HUMIDITYSENSOR", "%", (0.0, 100.0), 60),
}
METERS: dict[str, tuple[str, str, str, tuple[float, float]]] = {
    "electricity": ("Elektriarvesti", "Energy", "kW.h", (0.0, 1e7)),
    "heat": ("Soojusarvesti", "Energy", "kW.h", (0.0, 1e7)),
}
QUANTITY_KINDS = {"CO2": "MoleFraction"}  # QUDT names where they differ from the name of the sensor
_METER_ROOMS = {"Tehnopind": 0, "Üldkasutatav pind": 1}
EQUIPMENT: dict[str, tuple[str, str, str, tuple[float, float, float]]] = {
    # kind: IFC4 class, IFC2X3 class, name, size
    "heat_pump": ("IfcUnitaryEquipment", "IfcEnergyConversionDevice", "Soojuspump", (0.6, 0.7, 1.8)),
    "substation": ("IfcUnitaryEquipment", "IfcEnergyConversionDevice", "Soojussõlm", (1.2, 0.6, 1.2)),
}


def point(
    work: Work, point_id: str, key: str, name: str, quantity_kind: str, unit: str, limits: tuple[float, float],
    interval: int, kind: str, space: Entity = None,
) -> None:  # fmt: skip
    """Add a point to the list, bound to an element and to the space that it speaks of, if there is one."""
    row: Json = {
        "point_id": point_id, "building_id": work.plan.building_id, "global_id": work.gid(key), "kind": kind,
        "quantity_kind": quantity_kind, "unit": unit, "name": name, "range": list(limits), "interval_s": interval,
    }  # fmt: skip
    if space is not None:
        row["space"] = space.GlobalId
    work.points.append(row)


def control(work: Work, classes: tuple[str, str], kind: str, **product: Any) -> Entity:
    """Write a control or flow element: its own class in IFC4, a typed general class in IFC2X3.

    Args:
        work: The building.
        classes: IFC4 class (its type is the same name with ``Type``) and the general IFC2X3 class.
        kind: Predefined type.
        product: Arguments of `Product` without class and type.
    """
    own, general = classes
    chosen = work.type_of(f"{own}Type", kind, f"{own} {kind}", PredefinedType=kind)
    return work.put(Product(ifc_class=own if work.author.is_ifc4 else general, type=chosen, **product))


def write_sensors(work: Work, level: Level, room: Room, rect: Rect) -> None:
    """Write the sensors of a room on its lower wall."""
    for index, quantity in enumerate(room.sensors):
        suffix, kind, unit, limits, interval = SENSORS[quantity]
        key = f"{level.storey.key}/{room.key}/sensor-{suffix}"
        title = f"{room.name}-{suffix}"
        control(
            work, ("IfcSensor", "IfcDistributionControlElement"), kind, key=key, name=title,
            parent=level.placement, at=(round(rect.x0 + 0.3 + 0.15 * index, 6), round(rect.y0 + 0.02, 6), 1.5),
            representations=(_block(work, (0.08, 0.03, 0.08), (0.95, 0.95, 0.95), "Andur"),),
            geometry=("sensor",), sets={"Pset_SensorTypeCommon": {"Reference": ("IfcIdentifier", title)}},
            inside=level.spaces[room.key],
        )  # fmt: skip
        point(work, title, key, f"{room.long_name} {room.name}: {quantity}",
              QUANTITY_KINDS.get(quantity, quantity), unit, limits, interval, "sensor",
              level.spaces[room.key])  # fmt: skip


def write_meters(work: Work, level: Level) -> None:
    """Write the meters of the building on its lowest level: in a technical or shared room if there is one."""
    room, rect = min(level.rooms.values(), key=lambda pair: _METER_ROOMS.get(pair[0].kind, len(_METER_ROOMS)))
    for index, energy in enumerate(work.plan.meters):
        title, quantity, unit, limits = METERS[energy]
        kind = "ELECTRICMETER" if energy == "electricity" and not work.author.is_ifc4 else "ENERGYMETER"
        key = f"meter-{energy}"
        control(
            work, ("IfcFlowMeter", "IfcFlowController"), kind, key=key, name=title, parent=level.placement,
            at=(round(rect.x1 - 0.5 - 0.5 * index, 6), round(rect.y0 + 0.02, 6), 1.2),
            representations=(_block(work, (0.35, 0.15, 0.45), (0.80, 0.80, 0.82), "Arvesti"),),
            geometry=("meter",), sets={"Pset_FlowMeterTypeCommon": {"Reference": ("IfcIdentifier", energy)}},
            inside=level.spaces[room.key],
        )  # fmt: skip
        point(work, key, key, title, quantity, unit, limits, 900, "meter")


def write_equipment(work: Work, level: Level) -> None:
    """Write the equipment of the plan that stands on a level."""
    for key, place, kind, model in work.plan.equipment:
        storey_key, room_key = place.split("/")
        if storey_key != level.storey.key:
            continue
        own, general, title, size = EQUIPMENT[kind]
        rect = level.rooms[room_key][1]
        sets: Sets = {"Pset_ManufacturerTypeInformation": {"ModelReference": model, "Manufacturer": "Näidis OÜ"}}
        at = (round(rect.x0 + 0.1, 6), round(rect.y1 - size[1] - 0.1, 6), 0.0)
        shape = _block(work, size, (0.75, 0.78, 0.80), "Seade")
        if work.author.is_ifc4:
            chosen = work.type_of(f"{own}Type", kind, title, PredefinedType="USERDEFINED", ElementType=kind.upper())
        else:
            predefined = "SHELLANDTUBE"
            chosen = work.type_of("IfcHeatExchangerType", kind, title, PredefinedType=predefined)
        work.put(Product(own if work.author.is_ifc4 else general, key, f"{title} {model}", level.placement, at,
                         representations=(shape,), geometry=size, sets=sets, inside=level.spaces[room_key],
                         type=chosen))  # fmt: skip


def _block(work: Work, size: tuple[float, float, float], colour: tuple[float, float, float], name: str) -> Entity:
    author = work.author
    solid = box(author, (0.0, size[0]), (0.0, size[1]), (0.0, size[2]))
    author.paint(solid, author.style(name, colour))
    return author.shape([solid])
