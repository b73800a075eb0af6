"""Buildings with a model and buildings of the city file in one form."""

from collections.abc import Mapping
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from twin.catalogue import Version
from twin.district import Body, ContextBuilding

MODEL, CONTEXT = "model", "context"  # sources


def told(body: Body) -> dict[str, Any]:
    """Return everything that is known of a building, by name."""
    known = {"source": body.source, "ground_m": body.ground_m, "height_m": body.height_m}
    return {**body.properties, "building_id": body.building_id, **known}


def model_body(version: Version, properties: Mapping[str, Any]) -> Body | None:
    """Return a version as a building on the map, or None if it has no place there."""
    facts = version.facts
    outline = None if facts.get("footprint") is None else shape(facts["footprint"])
    if not isinstance(outline, Polygon | MultiPolygon):
        return None
    known = {**properties, "stage": version.key.stage.value, "version": version.key.number}
    known["storeys_above"] = facts.get("storeys_above")
    return Body(version.key.building_id, outline, facts.get("ground_m"), facts.get("height_m"), MODEL, known)


def described(body: Body, register: Mapping[str, Any]) -> Body:
    """Return a building with what the register says of it; what its model says stands before that."""
    if not register:
        return body
    properties = {**register, **body.properties}
    return Body(body.building_id, body.shape, body.ground_m, body.height_m, body.source, properties)


def context_body(building: ContextBuilding) -> Body:
    """Return a building of the city file."""
    return Body(
        building.building_id, building.shape, building.ground_m, building.height_m, CONTEXT, building.attributes
    )
