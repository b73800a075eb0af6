"""Questions about storeys, rooms and the ways between them."""

from graph.questions.values import SPACE, STOREY, TEXT, Parameter, ParameterKind, Question, make

_WALLS = "['IfcWall', 'IfcWallStandardCase', 'IfcWallElementedCase', 'IfcCurtainWall']"

ROOMS: tuple[Question, ...] = (
    make(
        "storeys",
        "Which storeys are there, and how many rooms has each?",
        "Millised korrused on ja mitu ruumi on igaühel?",
        "Quels étages y a-t-il, et combien de pièces par étage ?",
        "MATCH (t:Storey {scope: $scope}) OPTIONAL MATCH (t)-[:HAS_SPACE]->(s:Space) "
        "RETURN t.global_id AS storey, t.name AS name, t.elevation_m AS elevation_m, count(s) AS spaces "
        "ORDER BY elevation_m, name, storey",
        columns="storey name elevation_m spaces",
    ),
    make(
        "spaces-of-storey",
        "Which rooms are on this storey?",
        "Millised ruumid on sellel korrusel?",
        "Quelles pièces se trouvent à cet étage ?",
        "MATCH (t:Storey {id: $storey})-[:HAS_SPACE*1..3]->(s:Space) "
        "RETURN DISTINCT s.global_id AS space, s.name AS name, s.long_name AS long_name, s.area_m2 AS area_m2 "
        "ORDER BY name, space",
        STOREY,
        columns="space name long_name area_m2",
    ),
    make(
        "adjacent-spaces",
        "Which rooms touch this room?",
        "Millised ruumid külgnevad selle ruumiga?",
        "Quelles pièces touchent cette pièce ?",
        "MATCH (s:Space {id: $space})-[r:ADJACENT_TO]-(o:Space) "
        "RETURN DISTINCT o.global_id AS space, o.name AS name, o.long_name AS long_name, r.source AS source "
        "ORDER BY name, space, source",
        SPACE,
        columns="space name long_name source",
    ),
    make(
        "doors-of-space",
        "Which doors lead into this room?",
        "Millised uksed viivad sellesse ruumi?",
        "Quelles portes mènent à cette pièce ?",
        "MATCH (d:Element)-[r:CONNECTS]->(s:Space {id: $space}) "
        "RETURN d.global_id AS door, d.name AS name, d.width_m AS width_m, d.fire_rating AS fire_rating, "
        "r.source AS source ORDER BY name, door",
        SPACE,
        columns="door name width_m fire_rating source",
    ),
    make(
        "windows-of-space",
        "Which windows has this room?",
        "Millised aknad on sellel ruumil?",
        "Quelles fenêtres a cette pièce ?",
        "MATCH (w:Element)-[r:LIGHTS]->(s:Space {id: $space}) "
        "RETURN w.global_id AS window, w.name AS name, w.width_m AS width_m, w.u_value_w_m2k AS u_value_w_m2k, "
        "r.source AS source ORDER BY name, window",
        SPACE,
        columns="window name width_m u_value_w_m2k source",
    ),
    make(
        "external-walls-of-space",
        "Which external walls bound this room?",
        "Millised välisseinad piiravad seda ruumi?",
        "Quels murs extérieurs limitent cette pièce ?",
        "MATCH (s:Space {id: $space})-[:ADJACENT_ELEMENT]->(w:Element) "
        f"WHERE w.is_external = true AND w.ifc_class IN {_WALLS} "
        "RETURN w.global_id AS element, w.ifc_class AS ifc_class, w.name AS name, w.u_value_w_m2k AS u_value_w_m2k "
        "ORDER BY name, element",
        SPACE,
        columns="element ifc_class name u_value_w_m2k",
    ),
    make(
        "boundaries-of-space",
        "What bounds this room?",
        "Mis seda ruumi piirab?",
        "Qu'est-ce qui limite cette pièce ?",
        "MATCH (s:Space {id: $space})-[r:ADJACENT_ELEMENT]->(e:Element) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name, e.is_external AS external, "
        "r.source AS source ORDER BY ifc_class, name, element",
        SPACE,
        columns="element ifc_class name external source",
    ),
    make(
        "spaces-without-door",
        "Which rooms have no door?",
        "Millistel ruumidel ei ole ust?",
        "Quelles pièces n'ont pas de porte ?",
        "MATCH (s:Space {scope: $scope}) WHERE NOT EXISTS { MATCH (s)<-[:CONNECTS]-(d:Element) } "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name ORDER BY name, space",
        columns="space name long_name",
    ),
    make(
        "spaces-without-window",
        "Which rooms have no window?",
        "Millistel ruumidel ei ole akent?",
        "Quelles pièces n'ont pas de fenêtre ?",
        "MATCH (s:Space {scope: $scope}) WHERE NOT EXISTS { MATCH (s)<-[:LIGHTS]-(w:Element) } "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, s.category AS category "
        "ORDER BY name, space",
        columns="space name long_name category",
    ),
    make(
        "elements-in-space",
        "What stands in this room?",
        "Mis selles ruumis on?",
        "Que contient cette pièce ?",
        "MATCH (s:Space {id: $space})-[:CONTAINS_ELEMENT]->(e:Element) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY ifc_class, name, element",
        SPACE,
        columns="element ifc_class name",
    ),
    make(
        "way-between-spaces",
        "Through which doors does one walk from one room to another?",
        "Milliste uste kaudu saab ühest ruumist teise?",
        "Par quelles portes va-t-on d'une pièce à l'autre ?",
        "MATCH (a:Space {id: $space}), (b:Space {id: $to}) "
        "MATCH p = shortestPath((a)-[:CONNECTS|OPEN_TO*1..30]-(b)) "
        "UNWIND nodes(p) AS n RETURN n.global_id AS element, n.ifc_class AS ifc_class, n.name AS name",
        SPACE,
        Parameter("to", ParameterKind.SPACE),
        columns="element ifc_class name",
    ),
    make(
        "rooms-by-category",
        "How many rooms of each category are there, and how large are they?",
        "Mitu ruumi on igas kategoorias ja kui suured need on?",
        "Combien de pièces par catégorie, et de quelle surface ?",
        "MATCH (s:Space {scope: $scope}) RETURN s.category AS category, count(s) AS spaces, "
        "sum(s.area_m2) AS area_m2 ORDER BY area_m2 DESC, category",
        columns="category spaces area_m2",
    ),
    make(
        "spaces-of-category",
        "Which rooms have this category?",
        "Millised ruumid on selles kategoorias?",
        "Quelles pièces ont cette catégorie ?",
        "MATCH (s:Space {scope: $scope}) WHERE toLower(s.category) = toLower($text) "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, s.area_m2 AS area_m2 "
        "ORDER BY name, space",
        TEXT,
        columns="space name long_name area_m2",
    ),
    make(
        "largest-spaces",
        "Which rooms are the largest?",
        "Millised ruumid on suurimad?",
        "Quelles sont les plus grandes pièces ?",
        "MATCH (s:Space {scope: $scope}) WHERE s.area_m2 IS NOT NULL "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name, s.area_m2 AS area_m2 "
        "ORDER BY area_m2 DESC, name, space LIMIT 20",
        columns="space name long_name area_m2",
    ),
    make(
        "dwellings",
        "Which dwellings are there, and how large are they?",
        "Millised eluruumid (korterid) on ja kui suured need on?",
        "Quels logements y a-t-il, et de quelle surface ?",
        "MATCH (s:Space {scope: $scope}) WHERE s.dwelling IS NOT NULL "
        "RETURN s.dwelling AS dwelling, count(s) AS spaces, sum(s.area_m2) AS area_m2 ORDER BY dwelling",
        columns="dwelling spaces area_m2",
    ),
    make(
        "fire-compartments",
        "Which fire compartments are there, and which rooms lie in each?",
        "Millised tuletõkkesektsioonid on ja millised ruumid on igas?",
        "Quels compartiments coupe-feu y a-t-il, et quelles pièces contiennent-ils ?",
        "MATCH (z:Zone {scope: $scope})<-[:PART_OF]-(s:Space) "
        "WHERE z.compartment_rating IS NOT NULL OR z.predefined_type IN ['FIRESAFETY', 'FIRECOMPARTMENT'] "
        "RETURN z.global_id AS zone, z.name AS name, z.compartment_rating AS rating, s.global_id AS space, "
        "s.area_m2 AS area_m2 ORDER BY name, zone, space",
        columns="zone name rating space area_m2",
        key="zone space",
    ),
    make(
        "points-of-space",
        "Which points measure or control this room?",
        "Millised punktid mõõdavad või juhivad seda ruumi?",
        "Quels points mesurent ou commandent cette pièce ?",
        "MATCH (p:Point)-[:HAS_LOCATION]->(s:Space {id: $space}) "
        "RETURN p.point_id AS point, p.kind AS kind, p.quantity_kind AS quantity_kind, p.unit AS unit, "
        "p.global_id AS element ORDER BY point",
        SPACE,
        columns="point kind quantity_kind unit element",
    ),
    make(
        "spaces-without-point",
        "Which rooms have no point of the live state?",
        "Millistes ruumides ei ole ühtegi punkti?",
        "Quelles pièces n'ont aucun point de mesure ?",
        "MATCH (s:Space {scope: $scope}) WHERE NOT EXISTS { MATCH (s)<-[:HAS_LOCATION]-(p:Point) } "
        "RETURN s.global_id AS space, s.name AS name, s.long_name AS long_name ORDER BY name, space",
        columns="space name long_name",
    ),
)
