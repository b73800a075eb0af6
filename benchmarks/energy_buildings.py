"""Five Nordic buildings on which no coefficient of the engine was ever fitted, and the weather they stand in."""

from dataclasses import dataclass

from twin.energy import Boundary, EnergyElement, EnergyModel, Kind, Layer, Source, Sourced, UseProfile, Zone

CONCRETE, INSULATION, PLASTER = (1.9, 2300.0, 900.0), (0.04, 30.0, 1000.0), (0.25, 900.0, 1000.0)
BRICK, TIMBER = (0.6, 1600.0, 900.0), (0.13, 500.0, 1600.0)
EARTH_RESISTANCE = 1.5  # m2.K/W between slab and deep ground, with the ground of `GROUND_C`
SIDES = (("N", 0.0), ("E", 90.0), ("S", 180.0), ("W", 270.0))


@dataclass(frozen=True, slots=True)
class Recipe:
    """A box of a building.

    Attributes:
        name: Name in the table.
        size_m: Length along east, width, height.
        storeys: Number of floors.
        wall, roof, floor: Layers from outside, (thickness, (λ, density, specific heat)).
        glass: Area of the windows to N, E, S, W, m2.
        window: U-value and g-value.
        air: Infiltration and ventilation, 1/h, and the heat that is kept.
        use: Gains W/m2, heating and cooling set-point.
    """

    name: str
    size_m: tuple[float, float, float]
    storeys: int
    wall: tuple[tuple[float, tuple[float, float, float]], ...]
    roof: tuple[tuple[float, tuple[float, float, float]], ...]
    floor: tuple[tuple[float, tuple[float, float, float]], ...]
    glass: tuple[float, float, float, float]
    window: tuple[float, float]
    air: tuple[float, float, float]
    use: tuple[float, float, float]


PANEL_WALL = ((0.06, CONCRETE), (0.05, INSULATION), (0.12, CONCRETE))
PANEL_ROOF = ((0.02, PLASTER), (0.06, INSULATION), (0.2, CONCRETE))
PANEL_FLOOR = ((0.05, INSULATION), (0.2, CONCRETE))
RECIPES = (
    Recipe("Detached brick house, 1960s", (10.0, 8.0, 5.4), 2, ((0.12, BRICK), (0.03, INSULATION), (0.25, BRICK)),
        ((0.02, TIMBER), (0.1, INSULATION), (0.013, PLASTER)), ((0.05, INSULATION), (0.1, CONCRETE)),
        (4.0, 5.0, 10.0, 5.0), (2.6, 0.72), (0.6, 0.0, 0.0), (4.0, 21.0, 27.0)),
    Recipe("Panel block 1975", (40.0, 12.0, 14.0), 5, PANEL_WALL, PANEL_ROOF, PANEL_FLOOR,
        (110.0, 6.0, 150.0, 6.0), (2.2, 0.68), (0.25, 0.3, 0.0), (4.0, 21.0, 27.0)),
    Recipe("The same, renovated, heat recovery", (40.0, 12.0, 14.0), 5, ((0.2, INSULATION), *PANEL_WALL),
        ((0.3, INSULATION), *PANEL_ROOF[1:]), PANEL_FLOOR,
        (110.0, 6.0, 150.0, 6.0), (0.9, 0.5), (0.1, 0.45, 0.8), (4.0, 21.0, 27.0)),
    Recipe("Timber house, class A", (12.0, 8.0, 5.4), 2, ((0.02, TIMBER), (0.3, INSULATION), (0.013, PLASTER)),
        ((0.02, TIMBER), (0.45, INSULATION), (0.013, PLASTER)), ((0.3, INSULATION), (0.08, CONCRETE)),
        (4.0, 6.0, 18.0, 6.0), (0.8, 0.5), (0.05, 0.4, 0.8), (4.0, 21.0, 27.0)),
    Recipe("Glazed office", (30.0, 15.0, 10.5), 3, ((0.01, PLASTER), (0.2, INSULATION), (0.15, CONCRETE)),
        ((0.02, PLASTER), (0.25, INSULATION), (0.2, CONCRETE)), ((0.15, INSULATION), (0.2, CONCRETE)),
        (150.0, 60.0, 150.0, 60.0), (1.0, 0.35), (0.1, 0.8, 0.7), (10.0, 21.0, 25.0)),
)  # fmt: skip


def given(value: float, unit: str) -> Sourced:
    """Return a number that a person gave."""
    return Sourced(value, unit, Source.PERSON)


def model_of(recipe: Recipe) -> EnergyModel:
    """Return the energy model of a recipe."""
    length, width, height = recipe.size_m
    plan, area = length * width, length * width * recipe.storeys
    parts: list[EnergyElement] = []
    for (side, azimuth), glass in zip(SIDES, recipe.glass, strict=True):
        gross = height * (length if side in "NS" else width)
        parts.append(_opaque(f"wall {side}", Kind.WALL, gross - glass, azimuth, 90.0, recipe.wall))
        u, g = recipe.window
        parts.append(
            EnergyElement(
                f"window {side}", Kind.WINDOW, Boundary.OUTSIDE, given(glass, "m2"), azimuth, 90.0,
                given(u, "W/(m2.K)"), (), given(g, "1"),
            )
        )  # fmt: skip
    parts.append(_opaque("roof", Kind.ROOF, plan, 0.0, 0.0, recipe.roof))
    parts.append(_opaque("floor", Kind.FLOOR, plan, 0.0, 180.0, recipe.floor))
    if recipe.storeys > 1:
        parts.append(_inner(2.0 * plan * (recipe.storeys - 1)))
    gains, heating, cooling = recipe.use
    leak, air, kept = recipe.air
    use = UseProfile(recipe.name, False, (heating,) * 24, (cooling,) * 24, (gains,) * 24, 0.6, (air,) * 24, kept)
    zone = Zone(given(area, "m2"), given(plan * height * 0.9, "m3"), given(leak, "1/h"), use)
    return EnergyModel(recipe.name, zone, tuple(parts))


def _opaque(
    name: str, kind: Kind, area: float, azimuth: float, tilt: float,
    layers: tuple[tuple[float, tuple[float, float, float]], ...],
) -> EnergyElement:  # fmt: skip
    made = tuple(Layer(thickness, *material) for thickness, material in layers)
    ground = kind is Kind.FLOOR
    film = {Kind.WALL: 0.17, Kind.ROOF: 0.14, Kind.FLOOR: 0.21 + EARTH_RESISTANCE}[kind]
    u = given(1.0 / (sum(layer.resistance_m2k_w for layer in made) + film), "W/(m2.K)")
    boundary = Boundary.GROUND if ground else Boundary.OUTSIDE
    return EnergyElement(name, kind, boundary, given(area, "m2"), azimuth, tilt, u, made)


def _inner(area: float) -> EnergyElement:
    slab = (Layer(0.1, *CONCRETE),)  # half of a slab for each side
    return EnergyElement(
        "storey slabs", Kind.INTERNAL, Boundary.ADIABATIC, given(area, "m2"), 0.0, 90.0, given(1.0, "W/(m2.K)"), slab
    )
