"""The table of all mutations: two violations and a near-miss for each permit check."""

from samples.apartment import Flat
from samples.builder import total_height
from samples.district import EASTING, NORTHING
from samples.edits import (
    buildings,
    contained_in,
    gross_volume,
    lift,
    loose,
    move,
    new_id,
    plate,
    repeated_id,
    shrink_space,
    storey_over,
    turn_door,
    without_axis,
    without_geometry,
)
from samples.mutation_sizes import (
    areas,
    bay,
    compliant,
    flats_in_house,
    ground_over_floor,
    large_school,
    long_school,
    net,
    places,
    users,
)
from samples.mutations import (
    LENGTH,
    PLACED,
    Elsewhere,
    Mutation,
    added,
    all_of,
    area,
    edited,
    flats,
    height,
    neighbours,
    omitted,
    on_area,
    parcel,
    placed,
    right,
    school_with,
    sized,
    stated,
    swapped,
    system,
    tall,
    three,
    width,
)
from samples.permit import volume_of

HOONE, B = "AR_Hoone.", "building"
RATING = ("AR_Uks.330_Tulekindlus", "Pset_DoorCommon.FireRating")
EXIT = ("AR_Uks.370_Evakuatsiooniväljapääs", "Pset_DoorCommon.FireExit")
UNIT = "AR_Ruum.722_Eluruumi-number"
CLASS = "AR_Hoone.707_Tuleohutusklass"
FURNITURE = tuple(f"k1/class1/furniture-{index}" for index in range(8))
STOREYED = frozenset({"sh.shelter", "fire.escape-path", "acc.reach", "acc.lift", "fire.operational-card"})
WAYS = ("r85.way-out", "fire.escape-path")
ROOMS = ("r57.room-area", "r57.net-area", "r57.net-volume", "fire.escape-path")
OF_BUILDING = (
    "r57.",
    "r85.",
    "plan.",
    "fire.",
    "acc.",
    "ubn.",
    "en.",
    "pk.",
    "sh.",
    "geo.cadastral-match",
)  # families


def mutations() -> tuple[Mutation, ...]:
    """Return all mutations, by family."""
    return (
        *_register(),
        *_figures(),
        *_plan(),
        *_dwellings(),
        *_fire(),
        *_access(),
        *_energy(),
        *_place(),
        *_model(),
    )


def _register() -> tuple[Mutation, ...]:
    def hoone(check: str, name: str, beyond: object, inside: object, *depends: str) -> tuple[Mutation, ...]:
        paths = (HOONE + name, "Pset_BuildingCommon.OccupancyType" if "705" in name else HOONE + name)
        return three(check, "house", stated(B, *paths, value=beyond), stated(B, *paths, value=None),
                     stated(B, *paths, value=inside), depends=depends)  # fmt: skip

    uses = ("plan.use", "r57.units-single", "r85.room-area", "r85.room-width", "r85.room-height", "r85.room-door",
            "r85.room-window", "r85.way-out", "r85.outer-door-width", "r85.inner-door-width", "r85.wet-door-width",
            "r85.door-height", "r85.own-entrance", "r57.units-multi", "fire.flat-doors", "fire.exits",
            "fire.exit-direction", "fire.technical-doors", "acc.outer-door-width", "acc.inner-door-width",
            "acc.ramp-slope", "acc.turning-circle", "acc.reach", "acc.lift", "acc.corridor-width", "pk.places",
            "pk.bay")  # fmt: skip
    rated = ("fire.stair-doors", "fire.flat-doors", "fire.self-closing", "ubn.fire-rating-form")
    door, wall = "k2/door-s1-flat", "k1/c1.1"
    return (
        *hoone("ubn.ehr-code", "700_EHR-kood", "12090010", "199999999"),
        *hoone("ubn.ads-id", "702_ADS-id", "ME9990010", "EE12345678"),
        *hoone("ubn.etak-id", "701_ETAK-id", "12a45", "12345"),
        *hoone("ubn.use-code", "705_Kasutusotstarbe-kood", "1110", "11101", *uses),
        *hoone("ubn.fire-class", "707_Tuleohutusklass", "TP4", "TP-3", "fire.class-storeys"),
        *hoone("ubn.users", "703_Kasutajate-arv", 0, 1),
        *hoone("ubn.fire-load", "706_Eripõlemiskoormus", 0, 1),
        *three("ubn.cadastral-number", "house",
               stated("site", "AR_Kinnistu.010_Katastritunnus", value="78499:999:001"),
               stated("site", "AR_Kinnistu.010_Katastritunnus", value="x"),
               stated("site", "AR_Kinnistu.010_Katastritunnus", value="78499:999:0002"),
               depends=("geo.cadastral-match",)),
        *three("ubn.storey-above-ground", "house", stated("k2", "AR_Korrus.070_Maapealne", value="võib-olla"),
               stated("k2", "AR_Korrus.070_Maapealne", "Pset_BuildingStoreyCommon.AboveGround", value=None),
               stated("k2", "AR_Korrus.070_Maapealne", value="jah"),
               depends=("r57.storeys-above", "r57.storey-sides", "plan.storeys", "fire.class-storeys")),
        *three("ubn.room-type", "house", stated("k1/wc", "AR_Ruum.110_Tüüp", value="Tehnopinnad"),
               stated("k1/wc", "AR_Ruum.110_Tüüp", "Pset_SpaceCommon.Reference", value=None),
               stated("k1/wc", "AR_Ruum.110_Tüüp", value="Tehnopind")),
        *three("ubn.room-temperature", "house", stated("k1/wc", "AR_Ruum.721_Ruumitemperatuuriga-pind", value="soe"),
               stated("k1/wc", "AR_Ruum.721_Ruumitemperatuuriga-pind", value=None),
               stated("k1/wc", "AR_Ruum.721_Ruumitemperatuuriga-pind", value="jah"), depends=("en.reference-area",)),
        *three("ubn.door-exit", "house", stated("k1/door-wc", EXIT[0], value="tagauks"),
               stated("k1/door-wc", *EXIT, value=None), stated("k1/door-wc", EXIT[0], value="ei")),
        *three("ubn.door-fire-rating", "block", stated(door, *RATING, value="EI35"),
               stated(door, *RATING, value=None),
               stated(door, *RATING, value="EI 30"), depends=rated),
        *three("ubn.wall-fire-rating", "block", stated(wall, "AR_Sein.330_Tulekindlus", value="REI50"),
               stated(wall, "AR_Sein.330_Tulekindlus", "Pset_WallCommon.FireRating", value=None),
               stated(wall, "AR_Sein.330_Tulekindlus", value="REI 60"), depends=("ubn.fire-rating-form",)),
        *three("ubn.fire-rating-form", "block", stated("k2/door-stair", *RATING, value="EI31"),
               stated("k2/door-stair", *RATING, value="tulekindel"), stated("k2/door-stair", *RATING, value="EI45"),
               depends=("fire.stair-doors",)),
    )  # fmt: skip


def _figures() -> tuple[Mutation, ...]:
    def figure(check: str, name: str, exact: float, share_: float, kind: str) -> tuple[Mutation, ...]:
        return three(check, "house", *(stated(B, name, value=(kind, exact * (1 + share_ * factor)))
                                       for factor in (1.05, 10.0, 0.95)))  # fmt: skip

    floor_area, volume = net("house")
    whole = compliant("house").plan
    high = total_height(whole)
    return (
        *figure("r57.footprint", HOONE + "045_Hoonealune-pindala", 99.0, 0.02, "IfcAreaMeasure"),
        *three("r57.height", "house", *(stated(B, HOONE + "040_Kõrgus", value=(LENGTH, high + d))
                                        for d in (0.11, 2.0, 0.09))),
        *three("r57.room-area", "house", *(stated("k1/living", "AR_Ruum.120_Pindala", value=("IfcAreaMeasure", a))
                                           for a in areas("house", "k1", "living", (1.021, 1.5, 1.019)))),
        *figure("r57.net-area", HOONE + "050_Neto-pindala", floor_area, 0.02, "IfcAreaMeasure"),
        *figure("r57.net-volume", HOONE + "055_Neto-ruumala", volume, 0.02, "IfcVolumeMeasure"),
        *three("r57.volume", "house", *(edited(gross_volume(volume_of(whole) * part))
                                       for part in (1.075, 2.0, 1.03))),
        *three("r57.depth", "house", *(stated(B, HOONE + "041_Sügavus", value=(LENGTH, d))
                                       for d in (0.11, 3.0, 0.09))),
        *three("r57.storeys-above", "house", *(stated(B, "Pset_BuildingCommon.NumberOfStoreys", value=n)
                                               for n in (3, 9, 2.0))),
        *three("r57.storey-sides", "house", *(ground_over_floor(d) for d in (1.03, 2.0, 0.98)),
               depends=("r57.height", "r57.depth", "plan.height")),
        *three("r57.units-single", "house", stated("k2/bed1", UNIT, value="2"),
               all_of(*(stated(f"k2/bed{n}", UNIT, value=str(n + 1)) for n in (1, 2, 3))),
               stated("k2/bed1", UNIT, value="1"), depends=("r85.own-entrance", "pk.places")),
        *three("r57.units-multi", "house", flats_in_house("2"), flats_in_house(), flats_in_house("2", "3"),
               depends=("r85.own-entrance", "pk.places", "r57.units-single", "fire.flat-doors", "fire.exit-direction",
                "plan.use", "ubn.use-code")),
    )  # fmt: skip


def _plan() -> tuple[Mutation, ...]:
    high, built = total_height(compliant("house").plan), 99.0
    ground = compliant("house").ground
    covered = built / ground.parcel.area
    return (
        *three("plan.building-area", "house", area(-0.06), area(-3.0), area(-0.04)),
        *three("plan.footprint", "house", right(max_footprint_m2=built - 0.1), right(max_footprint_m2=50.0),
               right(max_footprint_m2=built + 0.1)),
        *three("plan.height", "house", right(max_height_m=high - 0.02), right(max_height_m=5.0),
               right(max_height_m=high + 0.02)),
        *three("plan.storeys", "block", right(max_storeys=4), right(max_storeys=1), right(max_storeys=5)),
        *three("plan.buildings", "house", on_area(2), on_area(4), on_area(1)),
        *three("plan.use", "house", right(use_codes=["11102"]), right(use_codes=["12"]), right(use_codes=["1110"])),
        *three("plan.parcel", "house", parcel(-0.06), parcel(-4.0), parcel(-0.04),
               depends=("plan.boundary-distance", "plan.coverage")),
        *three("plan.overlap", "house", neighbours(-0.06), neighbours(-5.0), neighbours(-0.05),
               depends=("fire.separation", "plan.buildings", "plan.coverage")),
        *three("plan.coverage", "house", right(max_coverage=covered - 0.002), right(max_coverage=0.05),
               right(max_coverage=covered + 0.002)),
        *three("plan.boundary-distance", "house", parcel(3.99), parcel(0.5), parcel(4.01)),
        *three("fire.separation", "house", neighbours(7.98), neighbours(4.0), neighbours(8.02)),
    )  # fmt: skip


def _dwellings() -> tuple[Mutation, ...]:
    moved = ("r57.room-area", "fire.escape-path")
    return (
        *three("r85.room-area", "block", flats(flat=Flat(3.0, 2.66, 5.8)), flats(flat=Flat(2.5, 2.5, 5.8)),
               flats(flat=Flat(3.0, 2.67, 5.8)), depends=moved),
        *three("r85.room-width", "block", flats(flat=Flat(4.0, 2.38, 6.0)), flats(flat=Flat(4.4, 1.9, 6.2)),
               flats(flat=Flat(4.0, 2.41, 6.0)), depends=moved),
        *three("r85.room-height", "block", flats(flat=Flat(ceiling=2.49)), flats(flat=Flat(ceiling=2.2)),
               flats(flat=Flat(ceiling=2.51))),
        *three("r85.room-door", "house", omitted("k2/door-bed2"), omitted("k2/door-bed2", "k2/door-bed3"),
               omitted("k1/door-kitchen"), depends=WAYS),  # the kitchen keeps its door to the study
        *three("r85.room-window", "block",
               stated("k2/s1-bed/window-S0", "AR_Aken.315_Avanemine", value="mitteavatav"),
               flats(flat=Flat(window=False)),
               Elsewhere("house", stated("k1/living/window-S0", "AR_Aken.315_Avanemine", value="mitteavatav"))),
        *three("r85.way-out", "block", omitted("k2/door-s1-flat"), omitted("k2/door-s1-flat", "k3/door-s2-flat"),
               Elsewhere("house", omitted("k1/door-living")),  # the way to the living room leads over the terrace
               depends=("r85.own-entrance", "fire.escape-path")),
        *three("r85.own-entrance", "block", omitted("k2/door-s2-flat"), omitted("k2/door-s2-flat", "k3/door-s2-flat"),
               Elsewhere("house", omitted("k1/door-entrance")), depends=(*WAYS, "fire.exits")),  # the terrace stays
        *three("r85.outer-door-width", "house", width("k1/door-terrace", 0.89), width("k1/door-terrace", 0.6),
               width("k1/door-terrace", 1.01)),
        *three("r85.inner-door-width", "house", width("k1/door-living", 0.69), width("k1/door-living", 0.5),
               width("k1/door-living", 0.81)),
        *three("r85.wet-door-width", "house", width("k1/door-wc", 0.59), width("k1/door-wc", 0.4),
               width("k1/door-wc", 0.71)),
        *three("r85.door-height", "house", height("k1/door-living", 1.94), height("k1/door-living", 1.7),
               height("k1/door-living", 2.06)),
        *three("pk.places", "block", places(23), places(5), places(24)),
        *three("pk.bay", "house", *(bay(w) for w in (2.49, 1.8, 2.51))),
        *three("sh.shelter", "block", *(stated(B, HOONE + "703_Kasutajate-arv", value=n) for n in users())),
    )  # fmt: skip


def _fire() -> tuple[Mutation, ...]:
    flat, stair, store = "k2/door-s1-flat", "k2/door-stair", "k1/door-store"
    closing = ("AR_Uks.365_Isesulguv", "Pset_DoorCommon.SelfClosing")
    lost = ("fire.self-closing", "ubn.fire-rating-form", "ubn.door-fire-rating")
    ways = ("fire.escape-path", "fire.exit-width", "fire.exit-direction", "fire.exits")
    return (
        *three("fire.operational-card", "block", tall(10), tall(14), tall(9),
               depends=("sh.shelter", "fire.escape-path")),
        *three("fire.class-storeys", "block", stated(B, CLASS, value="TP2"), stated(B, CLASS, value="TP3"),
               stated(B, CLASS, value="TP-1")),
        *three("fire.compartment-area", "school", *(large_school(m2) for m2 in (1602.0, 2400.0, 1598.0)),
               depends=STOREYED),
        *three("fire.stair-doors", "block", stated(stair, *RATING, value="EI20"), stated(stair, *RATING, value=None),
               stated(stair, *RATING, value="EI30"), depends=lost),
        *three("fire.flat-doors", "block", stated(flat, *RATING, value="EI20"), stated(flat, *RATING, value=None),
               stated(flat, *RATING, value="EI60"), depends=lost),
        *three("fire.technical-doors", "school", stated(store, *RATING, value="EI20"),
               stated(store, *RATING, value=None), stated(store, *RATING, value="EI45"), depends=lost),
        *three("fire.self-closing", "block", stated(flat, *closing, value=False), stated(flat, *closing, value=None),
               stated("k2/door-s1-bath", *closing, value=False)),
        *three("fire.exits", "school", stated("k1/door-yard", EXIT[0], value=False),
               all_of(*(stated(f"k1/door-{n}", EXIT[0], value=False) for n in ("yard", "main"))),
               stated("k1/door-hall", EXIT[0], value=True), depends=ways),
        *three("fire.exit-width", "school", *(width("k1/door-yard", w) for w in (0.89, 0.6, 0.91)),
               depends=("acc.outer-door-width",)),
        *three("fire.exit-direction", "school", edited(turn_door("k1/door-yard")),
               edited(turn_door("k1/door-yard"), turn_door("k1/door-main")), edited(turn_door("k1/door-hall"))),
        *three("fire.escape-path", "school", *(long_school(m) for m in (45.1, 60.0, 44.9)),
               depends=("fire.exits", *STOREYED, "fire.compartment-area")),
    )  # fmt: skip


def _access() -> tuple[Mutation, ...]:
    reach = ("acc.reach", "acc.inner-door-width")
    return (
        *three("acc.outer-door-width", "school", *(width("k1/door-yard", w) for w in (0.89, 0.7, 1.01)),
               depends=("fire.exit-width",)),
        *three("acc.inner-door-width", "school", *(width("k1/door-class1", w) for w in (0.79, 0.6, 0.91)),
               depends=reach),
        *three("acc.ramp-slope", "school", *(school_with(slope=s) for s in (0.0605, 0.12, 0.0595))),
        *three("acc.turning-circle", "school", *(sized(toilet=w) for w in (1.49, 1.2, 1.51)),
               depends=("fire.escape-path",)),
        *three("acc.reach", "school", *(width("k2/door-class2", w) for w in (0.79, 0.5, 0.81)), depends=reach),
        *three("acc.lift", "school", school_with(with_lift=lift("corridor", 26.0, 1.0)),
               school_with(with_lift=lift("corridor", 26.0, 2.5)), school_with(with_lift=lift("corridor", 26.0, 0.1)),
               depends=("acc.reach",)),
        *three("acc.corridor-width", "school", *(sized(corridor=w) for w in (1.49, 1.2, 1.51)),
               depends=("fire.escape-path", "fire.exit-width", "acc.outer-door-width")),
    )  # fmt: skip


def _energy() -> tuple[Mutation, ...]:
    def u(check: str, key: str, name: str, limit: float) -> tuple[Mutation, ...]:
        return three(check, "house", *(stated(key, f"{name}.340_Soojusläbivus", value=v)
                                       for v in (limit + 0.01, limit * 3, limit - 0.01)))  # fmt: skip

    heated = "AR_Ruum.720_Köetav-pind"
    return (
        *u("en.u-wall", "k1/wall-S", "AR_Sein", 0.30),
        *u("en.u-roof", "k2/roof-S", "AR_Plaat", 0.30),
        *u("en.u-floor", "k1/ground", "AR_Plaat", 0.30),
        *u("en.u-window", "k1/living/window-S0", "AR_Aken", 1.4),
        *u("en.u-door", "k1/door-entrance", "AR_Uks", 1.6),
        *three("en.reference-area", "house", stated("k1/wc", heated, value=False),
               all_of(*(stated(f"k1/{n}", heated, value=False) for n in ("wc", "hall", "study"))),
               all_of(stated("k1/wc", heated, value=False),
                      stated("k1/wc", "AR_Ruum.721_Ruumitemperatuuriga-pind", value=False))),
        *three("en.class", "house", *(stated(B, "Energiamärgis.Energiaklass", value=v) for v in ("B", "G", " A"))),
    )  # fmt: skip


def _place() -> tuple[Mutation, ...]:
    number = "AR_Kinnistu.010_Katastritunnus"
    return (
        *three("geo.crs", "house", system(Name="EPSG:3300"), system(Name="EPSG:3067"),
               system(Name="urn:ogc:def:crs:EPSG::3301"), depends=PLACED),
        *three("geo.range", "house", placed(Eastings=369_999.0), placed(Eastings=10.0), placed(Eastings=370_001.0),
               depends=(*PLACED, "geo.axes")),
        *three("geo.axes", "house", swapped(NORTHING, EASTING),
               swapped(6_400_000.0, 700_000.0), placed(Northings=6_375_001.0),
               depends=(*PLACED, "geo.range", "geo.crs")),
        *three("geo.scale", "house", placed(Scale=1.0021), placed(Scale=1.009), placed(Scale=1.0019),
               depends=PLACED),
        *three("geo.height-system", "house", system(VerticalDatum="BK77"), system(VerticalDatum=None),
               system(VerticalDatum="EPSG:9663 EH2000")),
        *three("geo.height-range", "house", placed(OrthogonalHeight=-10.1), placed(OrthogonalHeight=6000.0),
               placed(OrthogonalHeight=329.9)),
        *three("geo.cadastral-match", "house", stated("site", number, value="78499:999:0002"),
               stated("site", number, value="00000:000:0000"), stated("site", number, value="78499:999:0001 ")),
    )  # fmt: skip


def _model() -> tuple[Mutation, ...]:
    far = "k1/living/furniture-0"
    return (
        *three("model.unique-ids", "school", edited(repeated_id(FURNITURE[:2])),  # type: ignore[arg-type]
               edited(repeated_id(*((FURNITURE[0], other) for other in FURNITURE[1:]))),
               edited(new_id(FURNITURE[1]))),
        *three("model.spaces-in-storey", "house", edited(loose("k1/utility")),
               edited(loose("k1/utility", "k1/wc", "k1/hall")), edited(contained_in("k1/utility", "k2")),
               depends=("model.elements-in-storey",)),
        *three("model.elements-in-storey", "house", edited(loose("k1/ground")),
               edited(loose("k1/ground", "k1/wall-S", "k1/wall-E")), edited(contained_in("k1/ground", "k2"))),
        *three("model.geometry", "school", edited(without_geometry(FURNITURE[0])),
               edited(without_geometry(*FURNITURE)), edited(without_axis("k1/wall-S"))),
        *three("model.space-overlap", "house", *(edited(move("k1/utility", d)) for d in (0.16, 1.2, 0.135)),
               depends=(*ROOMS, "model.spaces-bounded", "r85.way-out", "ubn.door-fire-rating")),
        *three("model.single-building", "house", added(buildings(1)), added(buildings(3)),
               added(buildings(1, "IfcSite")),
               depends=OF_BUILDING),
        *three("model.storey-levels", "house", *(added(storey_over(h)) for h in (0.98, 0.1, 1.02))),
        *three("model.far-away", "house", *(edited(move(far, d)) for d in (515.0, 90_000.0, 490.0))),
        *three("model.thin-elements", "house", *(added(plate(t)) for t in (0.0019, 0.0004, 0.0021))),
        *three("model.spaces-bounded", "house", *(edited(shrink_space("k1/wc", d)) for d in (0.33, 0.9, 0.27)),
               depends=ROOMS),
    )  # fmt: skip
