"""The supply air of the office: air handling unit, riser, ducts with ports and design flow, terminals."""

from dataclasses import dataclass, field

from samples.author import Entity
from samples.data import Sets, attach, group
from samples.services import point
from samples.shapes import box, tube
from samples.work import Level, Product, Work

DUCT_HEIGHT = 2.65  # axis of the ducts above the floor
RISER = (22.0, 9.0)
UNIT_BOX = ((19.0, 21.4), (8.4, 9.6), (0.1, 1.5))
OUTLET_HEIGHT = 0.8
CORRIDOR_Y = 6.9
FITTING = 0.25  # half the edge of a fitting
ROOM_REACH = {"S": 4.4, "N": 9.4}  # y at which the branch of a room ends
FLOWS = {"meeting": 0.12, "open": 0.10}  # m³/s; every other served room gets OFFICE_FLOW
OFFICE_FLOW = 0.05
RADIUS = {"main": 0.2, "branch": 0.1}
FIRST_MODEL = "Tuulik 5000"

Point3 = tuple[float, float, float]


@dataclass(slots=True)
class _Net:
    work: Work
    members: list[Entity] = field(default_factory=list)
    served: list[Entity] = field(default_factory=list)

    def port(self, element: Entity, key: str, direction: str) -> Entity:
        author = self.work.author
        entity = author.root(
            "IfcDistributionPort", f"{key}/port-{direction.lower()}", Name=direction.title(), FlowDirection=direction,
            PredefinedType="DUCT", SystemType="VENTILATION", ObjectPlacement=element.ObjectPlacement,
        )  # fmt: skip
        self.work.remember(f"{key}/port-{direction.lower()}", entity)
        author.relate("IfcRelNests", ("RelatingObject", element), ("RelatedObjects", entity))
        return entity

    def join(self, source: tuple[Entity, str], sink: tuple[Entity, str], number: int = 0) -> None:
        """Connect the outlet of one element with the inlet of another by two new ports."""
        suffix = f"-{number}" if number else ""
        start = self.port(source[0], source[1] + suffix, "SOURCE")
        end = self.port(sink[0], sink[1], "SINK")
        self.work.author.link(
            "IfcRelConnectsPorts", f"{source[1]}{suffix}>{sink[1]}", RelatingPort=start, RelatedPort=end
        )
        self.work.note("connections", {"from": source[0].GlobalId, "to": sink[0].GlobalId})


def write_ventilation(work: Work) -> None:
    """Write the ventilation system of the building, from the unit to the terminals."""
    net = _Net(work)
    levels = work.levels
    served = [_served(level) for level in levels]
    storey_flows = [round(sum(flow for _, _, _, flow in rooms), 6) for rooms in served]
    unit, unit_key = _unit(net, levels[-1], round(sum(storey_flows), 6))
    node = _outlet(net, levels[-1], (unit, unit_key), round(sum(storey_flows), 6))
    nodes = _riser(net, levels, node, storey_flows)
    for level, rooms, start in zip(levels, served, nodes, strict=True):
        _storey(net, level, rooms, start)
    _finish(net, round(sum(storey_flows), 6))


def _served(level: Level) -> list[tuple[str, float, str, float]]:
    """Return room key, x, side of the corridor and flow of the supplied rooms, from east to west."""
    rooms = []
    for key, (room, rect) in level.rooms.items():
        if room.category == "töötuba":
            x = room.windows[0].at if room.windows[0].at is not None else rect.centre[0]
            rooms.append((key, x, "S" if rect.y1 < CORRIDOR_Y else "N", FLOWS.get(key, OFFICE_FLOW)))
    return sorted(rooms, key=lambda row: -row[1])


def _unit(net: _Net, level: Level, flow: float) -> tuple[Entity, str]:
    work, author = net.work, net.work.author
    model = work.plan.air_handling
    key = "ahu-1" if model == FIRST_MODEL else "ahu-2"
    solid = box(author, *UNIT_BOX)
    author.paint(solid, author.style("Seade", (0.75, 0.78, 0.80)))
    kind = work.type_of(
        "IfcUnitaryEquipmentType", "AIRHANDLER", "Ventilatsiooniagregaat", PredefinedType="AIRHANDLER"
    )
    unit = work.put(
        Product("IfcUnitaryEquipment", key, f"SV-1 {model}", level.placement,
                representations=(author.shape([solid]),), geometry=UNIT_BOX,
                sets=_flow(flow) | {"Pset_ManufacturerTypeInformation": {"ModelReference": model,
                                                                         "Manufacturer": "Näidis OÜ"}},
                inside=level.spaces["plant"], type=kind)
    )  # fmt: skip
    net.members.append(unit)
    for suffix, kind_of_point, quantity, unit_code, limits in (
        ("supply-setpoint", "setpoint", "Temperature", "Cel", (10.0, 30.0)),
        ("fan-speed", "actuator", "DimensionlessRatio", "%", (0.0, 100.0)),
    ):
        point(work, f"ahu-{suffix}", key, f"SV-1 {suffix}", quantity, unit_code, limits, 60, kind_of_point)
    return unit, key


def _outlet(net: _Net, level: Level, unit: tuple[Entity, str], flow: float) -> tuple[Entity, str]:
    work = net.work
    start = (UNIT_BOX[0][1], RISER[1], OUTLET_HEIGHT)
    duct = _segment(net, level, "sv/outlet", start, (RISER[0] - FITTING, RISER[1], OUTLET_HEIGHT), flow, "main")
    net.join(unit, duct)
    node = _fitting(net, level, "sv/outlet-tee", (*RISER, OUTLET_HEIGHT), flow)
    net.join(duct, node)
    kind = work.type_of("IfcSensorType", "TEMPERATURESENSOR", "IfcSensor TEMPERATURESENSOR",
                        PredefinedType="TEMPERATURESENSOR")  # fmt: skip
    author = work.author
    solid = box(author, (0.0, 0.06), (0.0, 0.06), (0.0, 0.12))
    author.paint(solid, author.style("Andur", (0.95, 0.95, 0.95)))
    key = "ahu-supply-temp"
    sensor = work.put(
        Product("IfcSensor", key, "SV-1 sissepuhke temperatuur", level.placement, (21.5, RISER[1], 1.0),
                representations=(author.shape([solid]),), geometry=("duct sensor",),
                sets={"Pset_SensorTypeCommon": {"Reference": ("IfcIdentifier", key)}},
                inside=level.spaces["plant"], type=kind)
    )  # fmt: skip
    author.link("IfcRelFlowControlElements", key, RelatedControlElements=[sensor], RelatingFlowElement=duct[0])
    point(work, key, key, "SV-1 supply air temperature", "Temperature", "Cel", (-30.0, 60.0), 60, "sensor")
    return node


def _riser(net: _Net, levels: list[Level], node: tuple[Entity, str], flows: list[float]) -> list[tuple[Entity, str]]:
    """Lead the air up to the ducts of the top level and down to those below; return the node of each level."""
    top = levels[-1]
    low, high = OUTLET_HEIGHT + FITTING, DUCT_HEIGHT - FITTING
    up = _segment(net, top, "sv/riser-up", (*RISER, low), (*RISER, high), flows[-1], "main")
    net.join(node, up, 1)
    nodes = [_fitting(net, top, "sv/node", (*RISER, DUCT_HEIGHT), flows[-1])]
    net.join(up, nodes[0])
    above, source, port = top, node, 2
    base = OUTLET_HEIGHT
    for index in range(len(levels) - 2, -1, -1):
        level, flow = levels[index], round(sum(flows[: index + 1]), 6)
        drop = above.elevation - level.elevation + base
        down = _segment(
            net, level, "sv/riser", (*RISER, drop - FITTING), (*RISER, DUCT_HEIGHT + FITTING), flow, "main"
        )
        net.join(source, down, port)
        nodes.insert(0, _fitting(net, level, "sv/node", (*RISER, DUCT_HEIGHT), flow))
        net.join(down, nodes[0])
        above, source, port, base = level, nodes[0], 2, DUCT_HEIGHT
    return nodes


def _storey(net: _Net, level: Level, rooms: list[tuple[str, float, str, float]], start: tuple[Entity, str]) -> None:
    rest = round(sum(flow for _, _, _, flow in rooms), 6)
    x, z = RISER[0], DUCT_HEIGHT
    header = _segment(net, level, "sv/header", (x, RISER[1] - FITTING, z), (x, CORRIDOR_Y + FITTING, z), rest, "main")
    net.join(start, header, 1)
    node = _fitting(net, level, "sv/elbow", (x, CORRIDOR_Y, z), rest)
    net.join(header, node)
    for room, at, side, flow in rooms:
        main = _segment(net, level, f"sv/main-{room}", (x - FITTING, CORRIDOR_Y, z), (at + FITTING, CORRIDOR_Y, z),
                        rest, "main")  # fmt: skip
        net.join(node, main, 1)
        node = _fitting(net, level, f"sv/tee-{room}", (at, CORRIDOR_Y, z), rest)
        net.join(main, node)
        _branch(net, level, room, (at, side, flow), node)
        rest, x = round(rest - flow, 6), at


def _branch(net: _Net, level: Level, room: str, where: tuple[float, str, float], node: tuple[Entity, str]) -> None:
    at, side, flow = where
    work, author, sign = net.work, net.work.author, -1 if side == "S" else 1
    end = ROOM_REACH[side]
    begin = CORRIDOR_Y + sign * FITTING
    duct = _segment(net, level, f"sv/branch-{room}", (at, begin, DUCT_HEIGHT), (at, end, DUCT_HEIGHT), flow, "branch")
    net.join(node, duct, 2)
    solid = box(author, (-0.2, 0.2), (-0.2, 0.2), (-0.15, 0.1))
    author.paint(solid, author.style("Õhujaotur", (0.90, 0.90, 0.92)))
    kind = work.type_of("IfcAirTerminalType", "DIFFUSER", "Lagihajuti", PredefinedType="DIFFUSER")
    key = f"{level.storey.key}/sv/terminal-{room}"
    terminal = work.put(
        Product("IfcAirTerminal", key, f"SV-1 {level.index + 1} {room}", level.placement,
                (at, round(end + sign * 0.2, 6), DUCT_HEIGHT), representations=(author.shape([solid]),),
                geometry=("terminal",),
                sets={"Pset_AirTerminalOccurrence": {"AirFlowRate": ("IfcVolumetricFlowRateMeasure", flow)}},
                inside=level.spaces[room], type=kind)
    )  # fmt: skip
    net.join(duct, (terminal, key))
    net.members.append(terminal)
    net.served.append(level.spaces[room])
    work.note("air_flows", {"terminal": terminal.GlobalId, "space": level.spaces[room].GlobalId, "supply_m3_s": flow})


def _segment(
    net: _Net, level: Level, name: str, start: Point3, end: Point3, flow: float, size: str
) -> tuple[Entity, str]:
    work, author, radius = net.work, net.work.author, RADIUS[size]
    delta = tuple(round(b - a, 6) for a, b in zip(start, end, strict=True))
    length = round(sum(abs(value) for value in delta), 6)
    along = (delta[0] / length, delta[1] / length, delta[2] / length)
    solid = tube(author, (0.0, 0.0, 0.0), along, radius, length)
    author.paint(solid, author.style("Õhukanal", (0.72, 0.76, 0.80)))
    kind = work.type_of("IfcDuctSegmentType", size, f"Ümarkanal {2000 * radius:.0f}", PredefinedType="RIGIDSEGMENT")
    key = f"{level.storey.key}/{name}"
    sets: Sets = _flow(flow) | {
        "Pset_DuctSegmentTypeCommon": {"NominalDiameterOrWidth": ("IfcPositiveLengthMeasure", 2 * radius)}
    }
    entity = work.put(
        Product("IfcDuctSegment", key, f"SV-1 {name[3:]}", level.placement,
                (round(start[0], 6), round(start[1], 6), round(start[2], 6)),
                representations=(author.shape([solid]),), geometry=(along, radius, length), sets=sets,
                quantity_set="Qto_DuctSegmentBaseQuantities", quantities={"Length": ("length", length)},
                inside=level.entity, type=kind)
    )  # fmt: skip
    net.members.append(entity)
    return entity, key


def _fitting(net: _Net, level: Level, name: str, at: Point3, flow: float) -> tuple[Entity, str]:
    work, author = net.work, net.work.author
    solid = box(author, (-FITTING, FITTING), (-FITTING, FITTING), (-FITTING, FITTING))
    author.paint(solid, author.style("Õhukanal", (0.72, 0.76, 0.80)))
    kind = work.type_of("IfcDuctFittingType", "JUNCTION", "Kanali sõlm", PredefinedType="JUNCTION")
    key = f"{level.storey.key}/{name}"
    entity = work.put(
        Product("IfcDuctFitting", key, f"SV-1 {name[3:]}", level.placement, at,
                representations=(author.shape([solid]),), geometry=("fitting",), sets=_flow(flow),
                inside=level.entity, type=kind)
    )  # fmt: skip
    net.members.append(entity)
    return entity, key


def _flow(flow: float) -> Sets:
    return {"Design_AirFlow": {"AirFlowRate": ("IfcVolumetricFlowRateMeasure", flow)}}


def _finish(net: _Net, flow: float) -> None:
    work, author = net.work, net.work.author
    system = author.root(
        "IfcDistributionSystem", "sv/system", Name="SV-1", LongName="Sissepuhe", PredefinedType="VENTILATION"
    )
    attach(author, system, _flow(flow))
    work.remember("sv/system", system, flow)
    group(author, system, net.members)
    author.link(
        "IfcRelServicesBuildings", "sv/system", RelatingSystem=system, RelatedBuildings=[work.building, *net.served]
    )
    work.note("systems", {"global_id": system.GlobalId, "name": "SV-1", "members": len(net.members),
                          "supply_m3_s": flow, "serves": [space.GlobalId for space in net.served]})  # fmt: skip
