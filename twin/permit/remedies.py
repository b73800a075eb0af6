"""What a result asks of the applicant: to change the design, to add data, and where, or nothing.

A check without its data says which data to add: the property set and property, or the geometry, and where authoring
tools keep it. The table goes by the sentence that says what is missing, so a new such sentence needs a line here.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from twin.permit.sentences import Sentence, render_all, say
from twin.permit.values import Outcome, Verdict

if TYPE_CHECKING:
    from twin.permit.pack import Rule

NOTHING = say("Nothing has to be changed.")
CONFIRM = say("Nothing has to be changed if a person confirms it.")
FILL = say(
    "Fill in the property {place} (property set.property) of these elements in the authoring tool, and have the set "
    "exported to IFC."
)
FILL_ANY = say(
    "Fill in the property {place} (property set.property) of these elements in the authoring tool, and have the set "
    "exported to IFC; instead of it this is read as well: {others}."
)
GENERAL = say("Add to the model what is named above, in the authoring tool.")
QUANTITY_SETS = ("Qto_", "BaseQuantities.")
QUANTITY = say("Switch on the export of base quantities in the authoring tool, so that {place} comes along.")
_BODY = say(
    "Give walls, slabs, roofs, doors and windows a body in the authoring tool, and have their geometry exported to "
    "IFC."
)
_GEOREFERENCE = say(
    "Set the place of the project on the map in the authoring tool (survey point, shared coordinates) and export it: "
    "IfcMapConversion with IfcProjectedCRS EPSG:3301, in IFC2X3 the property sets ePSet_MapConversion and "
    "ePSet_ProjectedCRS of the site."
)
_GROUND = say(
    "Export the terrain as geometry of the site (IfcSite), or fill in ElevationOfTerrain and ElevationOfRefHeight of "
    "the building."
)
_ROOM_BODY = say(
    "Draw the rooms with floor and height in the authoring tool, closed all around, and have the geometry of rooms "
    "(IfcSpace) exported to IFC."
)
_ROOMS = say("Draw the rooms in the authoring tool as rooms, and export them as IfcSpace with their geometry.")
_STOREYS = say("Set up the storeys with their levels in the authoring tool, and export them as IfcBuildingStorey.")
_SIDES = say(
    "Fill in for every storey whether it lies above ground: AR_Korrus.070_Maapealne or "
    "Pset_BuildingStoreyCommon.AboveGround."
)
_JOINS = say(
    "Place doors and windows in the walls between drawn rooms, or export space boundaries (IfcRelSpaceBoundary); "
    "mark outer doors in AR_Uks.335_Välispiire or Pset_DoorCommon.IsExternal."
)
_DOORS = say("Place the doors in the walls with the door tool, and export them as IfcDoor.")
_ZONES = say(
    "Group the rooms of each fire compartment in the authoring tool as a zone (IfcZone), and fill in its "
    "AR_Tsoon_Tuleohutus.085_Tuletõkkesektsioon."
)
_PLAN = say(
    "Bring the building areas of the plan along as GeoJSON in EPSG:3301, or have them loaded for the district."
)
_PARCELS = say("Bring the parcels along as GeoJSON in EPSG:3301, or have them loaded for the district.")
_PARCEL = say("Bring the parcel under the building along, or correct the place of the model on the map.")
_NEIGHBOURS = say(
    "Give the model its place on the map, and check it where the neighbouring buildings are loaded: in the district "
    "of the service."
)
_CLASS = say("Model it in the authoring tool, and export it as {ifc_class}.")
_ONE_BUILDING = say("Put exactly one building (IfcBuilding) into the file, and export others to files of their own.")
_USE = say(
    "Fill in the use code, five digits, of the building: AR_Hoone.705_Kasutusotstarbe-kood or "
    "Pset_BuildingCommon.OccupancyType."
)
_LEVEL = say("Give the storey a level in the authoring tool (Elevation of IfcBuildingStorey).")

_REMEDIES: Mapping[str, Sentence] = {
    "No element has an outline.": _BODY,
    "No element has geometry.": _BODY,
    "No parcel lies under the footprint.": _PARCEL,
    "No parcels are at hand.": _PARCELS,
    "No plan is at hand.": _PLAN,
    "No room is used as {kinds}.": say(
        "Draw the rooms of this use in the authoring tool, and fill in their AR_Ruum.115_Kategooria."
    ),
    "No way from the outside was found, and the model does not tell what some doors or rooms join.": _JOINS,
    "No door was found at the room, and the model does not tell what some doors or rooms stand beside.": _JOINS,
    "No window was found at the room, and the model does not tell to which rooms some windows belong.": _JOINS,
    "Some rooms have no usable geometry.": _ROOM_BODY,
    "Some rooms of the compartment have no usable geometry.": _ROOM_BODY,
    "Some storeys do not say whether they lie above ground.": _SIDES,
    "The building declares no use code of five digits.": _USE,
    "The building has no outline or no trusted place on the map.": _GEOREFERENCE,
    "The file does not name its height system.": say(
        "Name the height system in the file: VerticalDatum EH2000 of IfcProjectedCRS (in IFC2X3 of "
        "ePSet_ProjectedCRS)."
    ),
    "The file does not name its map system ({source}).": _GEOREFERENCE,
    "The file does not say where it stands on the map.": _GEOREFERENCE,
    "The ground level is not known, or no structural element has geometry.": _GROUND,
    "The ground level is not known.": _GROUND,
    "The ground level or the highest point is not known.": _GROUND,
    "The model assigns no room to a fire compartment (AR_Tsoon_Tuleohutus).": _ZONES,
    "The model does not hold exactly one building.": _ONE_BUILDING,
    "The model does not tell how the door opens.": say(
        "Choose in the authoring tool how the door opens (OperationType, such as SINGLE_SWING_LEFT), and place it "
        "with its side of opening."
    ),
    "The model does not tell what these doors join.": _JOINS,
    "The model does not tell which rooms these elements stand between.": say(
        "Export the space boundaries (IfcRelSpaceBoundary), which join walls and rooms."
    ),
    "The model has no elements.": _BODY,
    "The model has no physical elements.": _BODY,
    "The model has no rooms (IfcSpace).": _ROOMS,
    "The model has no rooms.": _ROOMS,
    "The model has no storeys.": _STOREYS,
    "The model has no {ifc_class} of type {kinds}.": say(
        "Set in the authoring tool the type of the element ({ifc_class}, PredefinedType {kinds}), and export it."
    ),
    "The model has no {ifc_class}.": _CLASS,
    "The model holds no doors.": _DOORS,
    "The model holds no walls with geometry.": _BODY,
    "The model holds no windows.": say(
        "Place the windows in the walls with the window tool, and export them as IfcWindow."
    ),
    "The model shows no parking places.": say(
        "Draw each parking place as a room (IfcSpace), and fill in its AR_Ruum.115_Kategooria: parkla."
    ),
    "The other buildings on the map are not at hand.": _NEIGHBOURS,
    "{what} are not at hand.": _NEIGHBOURS,
    "The ramp has neither geometry nor {path}.": say(
        "Give the ramp a body in the authoring tool, or fill in its property {path}."
    ),
    "The room has neither usable geometry nor a declared height.": _ROOM_BODY,
    "The room has neither usable geometry nor a declared net area.": _ROOM_BODY,
    "The room has no usable geometry to compare with.": _ROOM_BODY,
    "The room has no usable geometry, so its width is not known.": _ROOM_BODY,
    "The room has no usable geometry.": _ROOM_BODY,
    "The storey gives no {path}, or no level.": say(
        "Fill in {path} of the storey in the authoring tool, and give it a level (Elevation of IfcBuildingStorey)."
    ),
    "The storey has no level.": _LEVEL,
    "The windows of the room do not say whether they open (AR_Aken.315_Avanemine).": say(
        "Fill in AR_Aken.315_Avanemine of the windows of the room in the authoring tool."
    ),
    "{path} is '{value}', not TP1, TP2 or TP3.": say("Fill in TP1, TP2 or TP3 in {path} in the authoring tool."),
    "{first} or {second} is not filled in.": say(
        "Fill in the properties {first} and {second} (property set.property) of these elements in the authoring "
        "tool, and have the sets exported to IFC."
    ),
    "{number} storeys do not say whether they lie above ground.": _SIDES,
}


def advice(outcome: Outcome, verdict: Verdict, rule: "Rule") -> Mapping[str, str]:
    """Return what a result asks of the applicant, by language.

    Args:
        outcome: What the test found.
        verdict: What the report says of it.
        rule: Its rule.
    """
    if verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
        return render_all((NOTHING,))
    if verdict is Verdict.DATA_MISSING:
        return render_all((remedy(outcome.message, rule),))
    return render_all((CONFIRM,)) if outcome.verdict is Verdict.PASS else rule.advice


def remedy(message: Sentence, rule: "Rule") -> Sentence:
    """Return which data to add, and where, for a sentence that says what is missing."""
    values = dict(message.values)
    inner = values.get("message")
    if isinstance(inner, Sentence):  # of several elements
        return remedy(inner, rule)
    known = _REMEDIES.get(message.template)
    if known is not None:
        return say(known.template, **values) if "{" in known.template else known
    return _fill(str(values.get("path", "")), rule)


def _fill(path: str, rule: "Rule") -> Sentence:
    """Return where to fill in a property, and where else it may stand."""
    places = [place for place in _places(path, rule) if place]
    if not places:
        return GENERAL
    first, *others = places
    if any(name in first for name in QUANTITY_SETS):
        return say(QUANTITY.template, place=first)
    return (
        say(FILL_ANY.template, place=first, others=", ".join(others)) if others else say(FILL.template, place=first)
    )


def _places(path: str, rule: "Rule") -> Iterable[str]:
    for need in rule.spec.needs:
        stated = [name for item in need.paths for name in _resolved(item, rule)]
        if need.kind == "property" and path in stated:
            owner = _resolved(need.classes[0], rule)[0]
            return [f"{owner}.{name[1:]}" if name.startswith("@") else name for name in stated]
    return [path]


def _resolved(name: str, rule: "Rule") -> list[str]:
    value = rule.parameters.arguments[name[1:]] if name.startswith("$") else name
    return value if isinstance(value, list) else [value]
