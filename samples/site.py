"""Project, site, building and where they lie on the map."""

from math import cos, radians, sin

from samples.author import Entity
from samples.constructions import CONSTRUCTIONS
from samples.data import Quantities, Sets, Value, attach
from samples.plan import Rect
from samples.work import MapPlacement, Product, Work

CRS = "EPSG:3301"
DATUM = "EH2000"
LATITUDE, LONGITUDE = (59, 25, 48, 0), (24, 44, 24, 0)


def to_map(place: MapPlacement, x: float, y: float) -> tuple[float, float]:
    """Return easting and northing of a point of the model."""
    turn = radians(place.rotation_deg)
    return (
        round(place.easting_m + x * cos(turn) - y * sin(turn), 4),
        round(place.northing_m + x * sin(turn) + y * cos(turn), 4),
    )


def footprint(place: MapPlacement, outer: Rect) -> list[list[float]]:
    """Return the closed ring of the outer walls on the map, counter-clockwise."""
    corners = ((outer.x0, outer.y0), (outer.x1, outer.y0), (outer.x1, outer.y1), (outer.x0, outer.y1))
    ring = [list(to_map(place, x, y)) for x, y in corners]
    return [*ring, ring[0]]


def write_spatial_root(work: Work) -> None:
    """Write project, site and building with their georeference."""
    author, plan, place = work.author, work.plan, work.place
    turn = radians(place.rotation_deg)
    author.context.TrueNorth = author.direction(sin(turn), cos(turn))
    project = author.root(
        "IfcProject", "project", Name=plan.name, LongName=f"{plan.name}, {plan.address}",
        RepresentationContexts=[author.context], UnitsInContext=author.units,
    )  # fmt: skip
    site_placement = author.placement(None, 0.0, 0.0, 0.0, (1.0, 0.0))
    work.site = author.root(
        "IfcSite", "site", Name="Kinnistu", LongName=plan.cadastral_number, ObjectPlacement=site_placement,
        CompositionType="ELEMENT", RefLatitude=LATITUDE, RefLongitude=LONGITUDE,
        RefElevation=author.length(place.height_m),
    )  # fmt: skip
    placement = author.placement(site_placement, 0.0, 0.0, 0.0, (1.0, 0.0))
    address = author.make("IfcPostalAddress", AddressLines=[plan.address], Town="Tallinn", Country="EE")
    ground = place.height_m - CONSTRUCTIONS["ground"].thickness
    work.building = author.root(
        "IfcBuilding", "building", Name=plan.name, LongName=plan.name, ObjectPlacement=placement,
        CompositionType="ELEMENT", ElevationOfRefHeight=author.length(place.height_m),
        ElevationOfTerrain=author.length(ground), BuildingAddress=address,
    )  # fmt: skip
    author.relate("IfcRelAggregates", ("RelatingObject", project), ("RelatedObjects", work.site))
    work.part_of(work.site, work.building)
    attach(author, work.site, {"AR_Kinnistu": {"010_Katastritunnus": plan.cadastral_number}})
    work.remember("project", project)
    work.remember("site", work.site, plan.cadastral_number)
    if author.is_ifc4:
        _map_conversion(work)
    else:
        _benchmark(work, project)


def describe_building(work: Work, height: float) -> None:
    """Give the building its register data and quantities; its levels must be open already."""
    plan = work.plan
    rooms = [
        (rect.area, room.ceiling or level.storey.clear_height)
        for level in work.levels
        for room, rect in level.rooms.values()
    ]
    net_area = round(sum(area for area, _ in rooms), 6)
    net_volume = round(sum(area * clear for area, clear in rooms), 6)
    hoone: dict[str, Value] = {
        "001_Nimetus": plan.name,
        "030_Hoone-aadress": plan.address,
        "040_Kõrgus": ("IfcLengthMeasure", height),
        "041_Sügavus": ("IfcLengthMeasure", 0.0),
        "045_Hoonealune-pindala": ("IfcAreaMeasure", plan.outer.area),
        "050_Neto-pindala": ("IfcAreaMeasure", net_area),
        "055_Neto-ruumala": ("IfcVolumeMeasure", net_volume),
        "703_Kasutajate-arv": plan.users,
        "704_Kasutusotstarve": plan.use[0],
        "705_Kasutusotstarbe-kood": plan.use[1],
        "706_Eripõlemiskoormus": 599,
        "707_Tuleohutusklass": plan.fire_class,
    }
    if plan.ehr_code:
        hoone["700_EHR-kood"] = plan.ehr_code
        hoone["701_ETAK-id"] = f"99{plan.ehr_code[-5:]}"
        hoone["702_ADS-id"] = f"ME99{plan.ehr_code[-6:]}"
    sets: Sets = {
        "Pset_BuildingCommon": {
            "BuildingID": ("IfcIdentifier", plan.building_id),
            "NumberOfStoreys": len(plan.storeys),
            "OccupancyType": plan.use[1],
        },
        "AR_Hoone": hoone,
    }
    if work.author.is_ifc4:
        quantities: Quantities = {"Height": ("length", height), "FootprintArea": ("area", plan.outer.area)}
    else:
        quantities = {"TotalHeight": ("length", height), "SiteCoverage": ("area", plan.outer.area)}
    quantities |= {"NetFloorArea": ("area", net_area), "NetVolume": ("volume", net_volume)}
    attach(work.author, work.building, sets, "Qto_BuildingBaseQuantities", quantities)
    work.remember("building", work.building, sets, quantities)


def _map_conversion(work: Work) -> None:
    author, place = work.author, work.place
    turn = radians(place.rotation_deg)
    crs = author.make(
        "IfcProjectedCRS", Name=CRS, Description="Estonian Coordinate System of 1997", GeodeticDatum="ETRS89",
        VerticalDatum=DATUM, MapProjection="Lambert-EST", MapUnit=author.metre,
    )  # fmt: skip
    author.make(
        "IfcMapConversion", SourceCRS=author.context, TargetCRS=crs, Eastings=place.easting_m,
        Northings=place.northing_m, OrthogonalHeight=place.height_m, XAxisAbscissa=round(cos(turn), 15),
        XAxisOrdinate=round(sin(turn), 15), Scale=1.0 / author.per_metre,
    )  # fmt: skip


def _benchmark(work: Work, project: Entity) -> None:
    place, turn = work.place, radians(work.place.rotation_deg)
    sets: Sets = {"AR_Reeper": {
        "01_X-(L-EST)": place.easting_m, "02_Y-(L-EST)": place.northing_m, "03_Z-(EH2000)": place.height_m,
        "04_Nurk(◦)": round(-place.rotation_deg % 360, 6),
    }}  # fmt: skip
    work.put(Product("IfcBuildingElementProxy", "reeper", "Reeper", work.building.ObjectPlacement, sets=sets,
                     inside=work.site))  # fmt: skip
    conversion: Sets = {
        "ePset_MapConversion": {
            "Eastings": ("IfcLengthMeasure", place.easting_m), "Northings": ("IfcLengthMeasure", place.northing_m),
            "OrthogonalHeight": ("IfcLengthMeasure", place.height_m), "XAxisAbscissa": round(cos(turn), 15),
            "XAxisOrdinate": round(sin(turn), 15), "Scale": 1.0,
        },
        "ePset_ProjectedCRS": {"Name": CRS, "GeodeticDatum": "ETRS89", "VerticalDatum": DATUM,
                               "MapProjection": "Lambert-EST"},
    }  # fmt: skip
    attach(work.author, project, conversion)
    attach(work.author, work.site, conversion)
