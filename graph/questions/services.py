"""Questions about building services: systems, what feeds what, and what is left loose."""

from graph.questions.values import ELEMENT, SPACE, SYSTEM, Question, make

# Equipment that makes, moves or treats what a system carries
_UNITS = (
    "['IfcUnitaryEquipment', 'IfcAirToAirHeatRecovery', 'IfcFan', 'IfcBoiler', 'IfcChiller', 'IfcPump', "
    "'IfcHeatExchanger', 'IfcEnergyConversionDevice', 'IfcFlowMovingDevice', 'IfcFlowTreatmentDevice', 'IfcCoil', "
    "'IfcElectricDistributionBoard', 'IfcElectricGenerator', 'IfcSolarDevice', 'IfcTransformer']"
)
_LINES = (
    "['IfcDuctSegment', 'IfcDuctFitting', 'IfcPipeSegment', 'IfcPipeFitting', 'IfcCableSegment', "
    "'IfcCableCarrierSegment', 'IfcFlowSegment', 'IfcFlowFitting']"
)

SERVICES: tuple[Question, ...] = (
    make(
        "systems",
        "Which systems and zones are there?",
        "Millised süsteemid ja tsoonid on?",
        "Quels systèmes et zones y a-t-il ?",
        "MATCH (g:System|Zone {scope: $scope})<-[:PART_OF]-(m) "
        "RETURN g.global_id AS system, g.ifc_class AS ifc_class, g.name AS name, count(m) AS members "
        "ORDER BY name, system",
        columns="system ifc_class name members",
    ),
    make(
        "members-of-system",
        "What belongs to this system or zone?",
        "Mis sellesse süsteemi või tsooni kuulub?",
        "Qu'est-ce qui appartient à ce système ou à cette zone ?",
        "MATCH (g:System|Zone {id: $system})<-[:PART_OF]-(m) "
        "RETURN m.global_id AS element, m.ifc_class AS ifc_class, m.name AS name ORDER BY ifc_class, name, element",
        SYSTEM,
        columns="element ifc_class name",
    ),
    make(
        "rooms-of-system",
        "In which rooms does this system have elements?",
        "Millistes ruumides on selle süsteemi elemente?",
        "Dans quelles pièces ce système a-t-il des éléments ?",
        "MATCH (y:System {id: $system})<-[:PART_OF]-(e:Element)<-[:CONTAINS_ELEMENT]-(s:Space) "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, count(DISTINCT e) AS elements "
        "ORDER BY name, space",
        SYSTEM,
        columns="space name long_name elements",
    ),
    make(
        "rooms-served-by",
        "Which rooms does this equipment serve?",
        "Milliseid ruume see seade teenindab?",
        "Quelles pièces cet équipement dessert-il ?",
        "MATCH (e:Element {id: $element})-[:FEEDS*1..30]->(t:Element)<-[:CONTAINS_ELEMENT]-(s:Space) "
        "RETURN DISTINCT s.global_id AS space, s.name AS name, s.long_name AS long_name ORDER BY name, space",
        ELEMENT,
        columns="space name long_name",
    ),
    make(
        "units-serving-space",
        "Which equipment serves this room?",
        "Milline seade teenindab seda ruumi?",
        "Quel équipement dessert cette pièce ?",
        "MATCH (s:Space {id: $space})-[:CONTAINS_ELEMENT]->(t:Element)<-[:FEEDS*1..30]-(u:Element) "
        f"WHERE u.ifc_class IN {_UNITS} "
        "RETURN DISTINCT u.global_id AS element, u.ifc_class AS ifc_class, u.name AS name "
        "ORDER BY ifc_class, name, element",
        SPACE,
        columns="element ifc_class name",
    ),
    make(
        "fed-by",
        "What feeds this element?",
        "Mis seda elementi toidab?",
        "Qu'est-ce qui alimente cet élément ?",
        "MATCH (u:Element)-[:FEEDS*1..30]->(e:Element {id: $element}) "
        "RETURN DISTINCT u.global_id AS element, u.ifc_class AS ifc_class, u.name AS name "
        "ORDER BY ifc_class, name, element",
        ELEMENT,
        columns="element ifc_class name",
    ),
    make(
        "equipment-without-system",
        "Which equipment belongs to no system?",
        "Millised seadmed ei kuulu ühtegi süsteemi?",
        "Quels équipements n'appartiennent à aucun système ?",
        "MATCH (e:Element {scope: $scope}) "
        f"WHERE (e.ifc_class IN {_UNITS} OR EXISTS {{ MATCH (e)-[:HAS_PORT]->(p:Port) }}) "
        "AND NOT EXISTS { MATCH (e)-[:PART_OF]->(y:System) } "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY ifc_class, name, element",
        columns="element ifc_class name",
    ),
    make(
        "dead-ends-of-system",
        "Which ducts, pipes and cables of this system end loose?",
        "Millised selle süsteemi kanalid, torud ja kaablid lõpevad lahtiselt?",
        "Quels conduits, tuyaux et câbles de ce système finissent sans raccord ?",
        f"MATCH (y:System {{id: $system}})<-[:PART_OF]-(e:Element) WHERE e.ifc_class IN {_LINES} "
        "OPTIONAL MATCH (e)-[:FEEDS]-(n:Element) WITH e, count(DISTINCT n) AS connections WHERE connections < 2 "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name, connections "
        "ORDER BY ifc_class, name, element",
        SYSTEM,
        columns="element ifc_class name connections",
    ),
)
