"""Questions about what stands around a building, on which land, and what may be built there."""

from graph.questions.values import TEXT, Parameter, ParameterKind, Question, make

_HERE = "MATCH (h:CityBuilding {id: $place})"
_WITHIN = Parameter("distance_m", ParameterKind.NUMBER, "m", 50.0)
_OTHER = (
    "o.global_id AS building, o.name AS name, o.address AS address, r.distance_m AS distance_m, "
    "o.height_m AS height_m"
)

CITY_QUESTIONS: tuple[Question, ...] = (
    make(
        "neighbours",
        "Which buildings stand around this one?",
        "Millised hooned on selle ümber?",
        "Quels bâtiments entourent celui-ci ?",
        f"{_HERE}-[r:NEAR]-(o:CityBuilding) WHERE r.distance_m <= $distance_m "
        f"RETURN {_OTHER}, r.shared_wall_m AS shared_wall_m, o.source AS source ORDER BY distance_m, building",
        _WITHIN,
        columns="building name address distance_m height_m shared_wall_m source",
    ),
    make(
        "taller-neighbours",
        "Which buildings around this one rise higher?",
        "Millised ümberkaudsed hooned on sellest kõrgemad?",
        "Quels bâtiments alentour sont plus hauts ?",
        f"{_HERE}-[r:NEAR]-(o:CityBuilding) WHERE r.distance_m <= $distance_m AND o.height_m > h.height_m "
        f"RETURN {_OTHER} ORDER BY height_m DESC, building",
        _WITHIN,
        columns="building name address distance_m height_m",
    ),
    make(
        "touching-a-taller-one",
        "Which buildings with this text in their address touch a building taller than theirs?",
        "Millised selle aadressiga hooned puutuvad kokku endast kõrgema hoonega?",
        "Quels bâtiments à cette adresse touchent un bâtiment plus haut qu'eux ?",
        "MATCH (h:CityBuilding {scope: $city})-[r:NEAR]-(o:CityBuilding) "
        "WHERE toLower(h.address) CONTAINS toLower($text) AND r.shared_wall_m > 0 AND o.height_m > h.height_m "
        "RETURN h.global_id AS building, h.address AS address, h.height_m AS height_m, "
        "o.global_id AS taller, o.height_m AS taller_height_m, r.shared_wall_m AS shared_wall_m "
        "ORDER BY address, building, taller",
        TEXT,
        columns="building address height_m taller taller_height_m shared_wall_m",
        key="building taller",
    ),
    make(
        "parcels-of-building",
        "On which land does this building stand?",
        "Millisel maal see hoone seisab?",
        "Sur quel terrain se trouve ce bâtiment ?",
        f"{_HERE}-[r:STANDS_ON]->(p:Parcel) "
        "RETURN p.global_id AS parcel, p.address AS address, p.area_m2 AS area_m2, p.land_use AS land_use, "
        "r.share AS share ORDER BY share DESC, parcel",
        columns="parcel address area_m2 land_use share",
    ),
    make(
        "buildings-of-same-parcel",
        "Which other buildings stand on the land of this one?",
        "Millised teised hooned seisavad samal maal?",
        "Quels autres bâtiments se trouvent sur le même terrain ?",
        f"{_HERE}-[:STANDS_ON]->(p:Parcel)<-[:STANDS_ON]-(o:CityBuilding) "
        "RETURN DISTINCT o.global_id AS building, o.name AS name, o.height_m AS height_m, p.global_id AS parcel "
        "ORDER BY building, parcel",
        columns="building name height_m parcel",
        key="building parcel",
    ),
    make(
        "plan-areas-of-building",
        "Which building rights hold where this building stands?",
        "Milline ehitusõigus kehtib selle hoone maal?",
        "Quels droits à bâtir valent là où se trouve ce bâtiment ?",
        f"{_HERE}-[:STANDS_ON]->(p:Parcel)<-[:APPLIES_TO]-(a:PlanArea) "
        "RETURN DISTINCT a.plan_id AS plan, a.name AS name, p.global_id AS parcel, a.max_height_m AS max_height_m, "
        "h.height_m AS height_m, a.max_storeys AS max_storeys, a.max_footprint_m2 AS max_footprint_m2, "
        "a.global_id AS plan_area ORDER BY plan, parcel, plan_area",
        columns="plan name parcel max_height_m height_m max_storeys max_footprint_m2 plan_area",
        key="plan_area parcel",
    ),
)
