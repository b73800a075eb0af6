"""Questions about elements, their types, their materials and what they lack."""

from graph.questions.values import ELEMENT, STOREY, TEXT, Parameter, ParameterKind, Question, make

_ON_STOREY = (
    "MATCH (t:Storey {id: $storey})-[:HAS_SPACE*0..3]->(c)-[:CONTAINS_ELEMENT]->(w:Element)"
    "-[:HAS_SUB_ELEMENT*0..3]->(e:Element) "
)
_ENVELOPE = "['IfcWall', 'IfcWallStandardCase', 'IfcSlab', 'IfcRoof', 'IfcDoor', 'IfcWindow', 'IfcCurtainWall']"

ELEMENTS: tuple[Question, ...] = (
    make(
        "classes",
        "How many elements of each class are there?",
        "Mitu elementi igast klassist on?",
        "Combien d'éléments de chaque classe y a-t-il ?",
        "MATCH (e:Element {scope: $scope}) RETURN e.ifc_class AS ifc_class, count(e) AS elements "
        "ORDER BY elements DESC, ifc_class",
        columns="ifc_class elements",
    ),
    make(
        "classes-of-storey",
        "How many elements of each class are on this storey?",
        "Mitu elementi igast klassist on sellel korrusel?",
        "Combien d'éléments de chaque classe y a-t-il à cet étage ?",
        _ON_STOREY
        + "RETURN e.ifc_class AS ifc_class, count(DISTINCT e) AS elements ORDER BY elements DESC, ifc_class",
        STOREY,
        columns="ifc_class elements",
    ),
    make(
        "elements-of-storey",
        "Which elements of a class are on this storey?",
        "Millised selle klassi elemendid on sellel korrusel?",
        "Quels éléments d'une classe sont à cet étage ?",
        _ON_STOREY + "WHERE e.ifc_class = $ifc_class "
        "RETURN DISTINCT e.global_id AS element, e.name AS name ORDER BY name, element",
        STOREY,
        Parameter("ifc_class", ParameterKind.TEXT, default="IfcDoor"),
        columns="element name",
    ),
    make(
        "elements-by-name",
        "Which elements have this text in their name?",
        "Milliste elementide nimes on see tekst?",
        "Quels éléments ont ce texte dans leur nom ?",
        "MATCH (e:Element {scope: $scope}) WHERE toLower(e.name) CONTAINS toLower($text) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY ifc_class, name, element",
        TEXT,
        columns="element ifc_class name",
    ),
    make(
        "narrow-doors",
        "Which doors are narrower than this?",
        "Millised uksed on sellest kitsamad?",
        "Quelles portes sont plus étroites que cela ?",
        "MATCH (d:Element {scope: $scope, ifc_class: 'IfcDoor'}) WHERE d.width_m < $width_m "
        "RETURN d.global_id AS door, d.name AS name, d.width_m AS width_m ORDER BY width_m, name, door",
        Parameter("width_m", ParameterKind.NUMBER, "m", 0.8),
        columns="door name width_m",
    ),
    make(
        "escape-doors",
        "Which doors are escape exits?",
        "Millised uksed on evakuatsiooniväljapääsud?",
        "Quelles portes sont des sorties de secours ?",
        "MATCH (d:Element {scope: $scope}) WHERE d.fire_exit = true "
        "RETURN d.global_id AS door, d.name AS name, d.width_m AS width_m, d.fire_rating AS fire_rating "
        "ORDER BY name, door",
        columns="door name width_m fire_rating",
    ),
    make(
        "fire-rated",
        "Which elements carry a fire rating?",
        "Millistel elementidel on tulepüsivus määratud?",
        "Quels éléments portent un degré de résistance au feu ?",
        "MATCH (e:Element {scope: $scope}) WHERE e.fire_rating IS NOT NULL "
        "RETURN e.fire_rating AS fire_rating, e.ifc_class AS ifc_class, count(e) AS elements "
        "ORDER BY fire_rating, ifc_class",
        columns="fire_rating ifc_class elements",
        key="fire_rating ifc_class",
    ),
    make(
        "bounded-by-element",
        "Which rooms does this wall or slab bound?",
        "Milliseid ruume see sein või plaat piirab?",
        "Quelles pièces ce mur ou cette dalle limite-t-il ?",
        "MATCH (s:Space)-[:ADJACENT_ELEMENT]->(e:Element {id: $element}) "
        "RETURN DISTINCT s.global_id AS space, s.name AS name, s.long_name AS long_name ORDER BY name, space",
        ELEMENT,
        columns="space name long_name",
    ),
    make(
        "openings-of-element",
        "Which openings has this element, and what fills them?",
        "Millised avad on selles elemendis ja mis neid täidab?",
        "Quelles ouvertures a cet élément, et que contiennent-elles ?",
        "MATCH (e:Element {id: $element})-[:HAS_OPENING]->(o:Opening) OPTIONAL MATCH (o)-[:FILLED_BY]->(f:Element) "
        "RETURN o.global_id AS opening, f.global_id AS filling, f.ifc_class AS ifc_class, f.name AS name "
        "ORDER BY opening, filling",
        ELEMENT,
        columns="opening filling ifc_class name",
        key="opening filling",
    ),
    make(
        "parts-of-element",
        "Which parts has this element?",
        "Millised osad on sellel elemendil?",
        "Quelles parties a cet élément ?",
        "MATCH (e:Element {id: $element})-[:HAS_SUB_ELEMENT*1..5]->(p:Element) "
        "RETURN DISTINCT p.global_id AS element, p.ifc_class AS ifc_class, p.name AS name "
        "ORDER BY ifc_class, name, element",
        ELEMENT,
        columns="element ifc_class name",
    ),
    make(
        "types",
        "Which types are there, and how often is each used?",
        "Millised tüübid on ja kui palju igaüht kasutatakse?",
        "Quels types y a-t-il, et combien de fois chacun est-il employé ?",
        "MATCH (k:ElementType {scope: $scope}) OPTIONAL MATCH (e)-[:HAS_TYPE]->(k) "
        "RETURN k.global_id AS type, k.ifc_class AS ifc_class, k.name AS name, count(e) AS elements "
        "ORDER BY elements DESC, ifc_class, name, type",
        columns="type ifc_class name elements",
    ),
    make(
        "elements-of-type",
        "Which elements are of this type?",
        "Millised elemendid on sellest tüübist?",
        "Quels éléments sont de ce type ?",
        "MATCH (e)-[:HAS_TYPE]->(k:ElementType {id: $element}) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY name, element",
        ELEMENT,
        columns="element ifc_class name",
    ),
    make(
        "u-values",
        "Which thermal transmittances (U) do the elements have?",
        "Millised on elementide soojusläbivused (U)?",
        "Quels coefficients de transmission thermique (U) ont les éléments ?",
        "MATCH (e:Element {scope: $scope}) WHERE e.u_value_w_m2k IS NOT NULL "
        "OPTIONAL MATCH (e)-[:HAS_TYPE]->(k:ElementType) "
        "RETURN e.ifc_class AS ifc_class, k.name AS type_name, e.u_value_w_m2k AS u_value_w_m2k, "
        "count(e) AS elements, sum(e.area_m2) AS area_m2 ORDER BY ifc_class, type_name, u_value_w_m2k",
        columns="ifc_class type_name u_value_w_m2k elements area_m2",
        key="ifc_class type_name u_value_w_m2k",
    ),
    make(
        "envelope-without-u-value",
        "Which external elements have no thermal transmittance (U)?",
        "Millistel välispiirde elementidel puudub soojusläbivus (U)?",
        "Quels éléments extérieurs n'ont pas de coefficient de transmission thermique (U) ?",
        f"MATCH (e:Element {{scope: $scope}}) WHERE e.is_external = true AND e.ifc_class IN {_ENVELOPE} "
        "AND e.u_value_w_m2k IS NULL "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name ORDER BY ifc_class, name, element",
        columns="element ifc_class name",
    ),
    make(
        "load-bearing",
        "How many elements of each class bear loads?",
        "Mitu elementi igast klassist on kandvad?",
        "Combien d'éléments porteurs de chaque classe y a-t-il ?",
        "MATCH (e:Element {scope: $scope}) WHERE e.load_bearing IS NOT NULL "
        "RETURN e.ifc_class AS ifc_class, e.load_bearing AS load_bearing, count(e) AS elements "
        "ORDER BY ifc_class, load_bearing",
        columns="ifc_class load_bearing elements",
        key="ifc_class load_bearing",
    ),
    make(
        "materials",
        "Which materials are used, and in how many elements?",
        "Milliseid materjale on kasutatud ja mitmes elemendis?",
        "Quels matériaux sont employés, et dans combien d'éléments ?",
        "MATCH (e:Element {scope: $scope})-[:MADE_OF]->(m:Material) "
        "RETURN m.name AS material, count(DISTINCT e) AS elements ORDER BY elements DESC, material",
        columns="material elements",
    ),
    make(
        "material-take-off",
        "How much of each material is there, as far as volumes are given?",
        "Kui palju igat materjali on, niipalju kui mahud on antud?",
        "Quelle quantité de chaque matériau y a-t-il, si les volumes sont donnés ?",
        "MATCH (e:Element {scope: $scope})-[r:MADE_OF]->(m:Material) "
        "RETURN m.name AS material, count(DISTINCT e) AS elements, "
        "sum(CASE WHEN e.volume_m3 IS NOT NULL AND r.share IS NOT NULL THEN 1 ELSE 0 END) AS with_volume, "
        "sum(coalesce(e.volume_m3 * r.share, 0.0)) AS volume_m3 ORDER BY material",
        columns="material elements with_volume volume_m3",
    ),
    make(
        "elements-of-material",
        "What is made of a material with this text in its name?",
        "Mis on tehtud materjalist, mille nimes on see tekst?",
        "Qu'est-ce qui est fait d'un matériau dont le nom contient ce texte ?",
        "MATCH (e:Element {scope: $scope})-[:MADE_OF]->(m:Material) WHERE toLower(m.name) CONTAINS toLower($text) "
        "RETURN e.global_id AS element, e.ifc_class AS ifc_class, e.name AS name, m.name AS material "
        "ORDER BY material, ifc_class, name, element",
        TEXT,
        columns="element ifc_class name material",
        key="element material",
    ),
    make(
        "points-of-element",
        "Which points are bound to this element?",
        "Millised punktid on selle elemendiga seotud?",
        "Quels points sont liés à cet élément ?",
        "MATCH (p:Point)-[:IS_POINT_OF]->(e:Element {id: $element}) "
        "RETURN p.point_id AS point, p.kind AS kind, p.quantity_kind AS quantity_kind, p.unit AS unit ORDER BY point",
        ELEMENT,
        columns="point kind quantity_kind unit",
    ),
)
