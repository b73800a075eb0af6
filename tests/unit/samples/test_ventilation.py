import ifcopenshell.util.element as ue
import ifcopenshell.util.system as us
import pytest


def test_air_reaches_every_terminal(district):
    model, truth = district.of("120900103")
    unit = next(e for e in model.by_type("IfcUnitaryEquipment") if e.Name.startswith("SV-1"))
    reached, waiting = set(), [unit]
    while waiting:
        element = waiting.pop()
        if element in reached:
            continue
        reached.add(element)
        waiting += us.get_connected_to(element, flow_direction="SOURCE")
    terminals = set(model.by_type("IfcAirTerminal"))
    assert len(terminals) == 21
    assert terminals <= reached
    assert len(reached) == truth["systems"][0]["members"]


def test_flow_is_kept_at_every_node(district):
    model, truth = district.of("120900103")
    out = {}
    for link in truth["connections"]:
        out.setdefault(link["from"], []).append(link["to"])

    def flow(gid):
        sets = ue.get_psets(model.by_guid(gid))
        return (sets.get("Design_AirFlow") or sets["Pset_AirTerminalOccurrence"])["AirFlowRate"]

    for source, sinks in out.items():
        if model.by_guid(source).is_a("IfcDuctFitting"):
            arriving = sum(flow(sink) for sink in sinks)
            assert flow(source) == pytest.approx(arriving), source
    total = sum(row["supply_m3_s"] for row in truth["air_flows"])
    assert total == pytest.approx(truth["systems"][0]["supply_m3_s"])


def test_ports_are_joined_source_to_sink(district):
    model, _ = district.of("120900103")
    links = model.by_type("IfcRelConnectsPorts")
    assert len(links) * 2 == len(model.by_type("IfcDistributionPort"))
    assert {link.RelatingPort.FlowDirection for link in links} == {"SOURCE"}
    assert {link.RelatedPort.FlowDirection for link in links} == {"SINK"}


def test_sensors_stand_in_their_spaces(district):
    model, _ = district.of("120900103")
    containers = [ue.get_container(sensor).is_a() for sensor in model.by_type("IfcSensor")]
    assert len(containers) == 64
    assert set(containers) == {"IfcSpace"}
