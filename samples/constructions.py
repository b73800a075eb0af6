"""Layered constructions, openings and colours of the sample buildings; physical values are authored, not measured."""

from dataclasses import dataclass

# Surface resistances of ISO 6946 in m²·K/W: (inside, outside) by direction of heat flow.
SURFACE_RESISTANCE = {"wall": (0.13, 0.04), "roof": (0.10, 0.04), "ground": (0.17, 0.0), "floor": (0.17, 0.17)}

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Material:
    """A material: thermal conductivity W/(m·K), density kg/m³, specific heat J/(kg·K)."""

    name: str
    conductivity: float
    density: float
    heat_capacity: float
    category: str


@dataclass(frozen=True, slots=True)
class Construction:
    """A wall, slab or roof build-up.

    Attributes:
        key: Catalogue key.
        name: Name of the type.
        tag: Short mark, ÜBN ``205_Tähis``.
        kind: ``wall``, ``inner``, ``floor``, ``ground`` or ``roof``.
        layers: Material key and thickness in metres, from outside (or above) to inside (or below).
        colour: RGB of the visible surface.
        fire_rating: Such as ``REI60``; empty if none.
        load_bearing: Whether it carries loads.
    """

    key: str
    name: str
    tag: str
    kind: str
    layers: tuple[tuple[str, float], ...]
    colour: Colour
    fire_rating: str = ""
    load_bearing: bool = True

    @property
    def thickness(self) -> float:
        """Total thickness in metres."""
        return round(sum(thickness for _, thickness in self.layers), 6)

    @property
    def u_value(self) -> float:
        """Thermal transmittance in W/(m²·K): layers in series plus surface resistances."""
        inside, outside = SURFACE_RESISTANCE.get(self.kind, (0.13, 0.13))
        layers = sum(thickness / MATERIALS[key].conductivity for key, thickness in self.layers)
        return round(1 / (inside + outside + layers), 3)


@dataclass(frozen=True, slots=True)
class DoorStyle:
    """A door leaf: name, thermal transmittance, fire rating, colour, self-closing."""

    name: str
    u_value: float
    fire_rating: str
    colour: Colour
    self_closing: bool = False


MATERIALS = {
    "render": Material("Lubikrohv", 0.87, 1800, 1000, "plaster"),
    "brick": Material("Punane tellis", 0.70, 1700, 840, "brick"),
    "aac": Material("Poorbetoonplokk", 0.12, 500, 1000, "block"),
    "concrete": Material("Raudbetoon", 2.30, 2400, 1000, "concrete"),
    "wool": Material("Mineraalvill", 0.035, 60, 1030, "insulation"),
    "eps": Material("EPS soojustus", 0.034, 20, 1450, "insulation"),
    "timber": Material("Puitkarkass villaga", 0.045, 120, 1200, "wood"),
    "cladding": Material("Laudvooder", 0.13, 500, 1600, "wood"),
    "gypsum": Material("Kipsplaat", 0.21, 800, 1000, "gypsum"),
    "screed": Material("Betoonpõrand", 1.40, 2100, 1000, "concrete"),
    "parquet": Material("Puitparkett", 0.18, 700, 1600, "wood"),
    "tile": Material("Katusekivi", 1.00, 2000, 800, "ceramic"),
    "bitumen": Material("Rullkate", 0.23, 1100, 1000, "membrane"),
    "clt": Material("Ristkihtpuit", 0.12, 470, 1600, "wood"),
}

_WHITE: Colour = (0.93, 0.91, 0.87)
_DARK: Colour = (0.22, 0.22, 0.24)

CONSTRUCTIONS = {
    item.key: item
    for item in (
        Construction("render_aac", "Välissein, krohvitud plokk", "VS-01", "wall",
                     (("render", 0.02), ("eps", 0.18), ("aac", 0.20), ("gypsum", 0.02)), (0.89, 0.71, 0.45), "REI30"),
        Construction("brick_concrete", "Välissein, tellisvooder", "VS-02", "wall",
                     (("brick", 0.09), ("wool", 0.19), ("concrete", 0.15), ("render", 0.02)),
                     (0.72, 0.41, 0.30), "REI60"),
        Construction("timber_office", "Välissein, laudisega", "VS-03", "wall",
                     (("cladding", 0.03), ("wool", 0.20), ("clt", 0.15), ("gypsum", 0.02)),
                     (0.78, 0.58, 0.37), "REI60"),
        Construction("render_school", "Välissein, hele krohv", "VS-04", "wall",
                     (("render", 0.02), ("wool", 0.20), ("concrete", 0.18), ("render", 0.02)),
                     (0.94, 0.82, 0.55), "REI60"),
        Construction("timber_house", "Välissein, puitkarkass", "VS-05", "wall",
                     (("cladding", 0.025), ("timber", 0.25), ("gypsum", 0.025)), (0.83, 0.49, 0.33), "REI30"),
        Construction("partition", "Vahesein, kipsplaat", "SS-01", "inner",
                     (("gypsum", 0.0125), ("wool", 0.095), ("gypsum", 0.0125)), _WHITE, "", load_bearing=False),
        Construction("party", "Korteritevaheline sein", "SS-02", "inner",
                     (("render", 0.01), ("concrete", 0.18), ("render", 0.01)), _WHITE, "REI60"),
        Construction("ground", "Põrand pinnasel", "PP-01", "ground",
                     (("parquet", 0.015), ("screed", 0.085), ("eps", 0.20), ("concrete", 0.10)), (0.62, 0.58, 0.53)),
        Construction("floor", "Vahelagi", "VL-01", "floor",
                     (("parquet", 0.015), ("screed", 0.065), ("concrete", 0.22)), (0.80, 0.74, 0.66), "REI60"),
        Construction("timber_floor", "Puitvahelagi", "VL-02", "floor",
                     (("parquet", 0.02), ("timber", 0.24), ("gypsum", 0.02)), (0.80, 0.70, 0.58), "REI30"),
        Construction("attic", "Pööningu vahelagi", "VL-03", "roof",
                     (("wool", 0.34), ("concrete", 0.10), ("gypsum", 0.02)), (0.86, 0.83, 0.77), "REI30"),
        Construction("flat_roof", "Lamekatus", "KA-01", "roof",
                     (("bitumen", 0.01), ("wool", 0.30), ("concrete", 0.22)), _DARK, "REI60"),
        Construction("pitched_roof", "Viilkatus", "KA-02", "roof",
                     (("tile", 0.04), ("timber", 0.18)), (0.30, 0.20, 0.19), ""),
    )
}  # fmt: skip

DOOR_STYLES = {
    "inner": DoorStyle("Siseuks", 2.0, "", (0.87, 0.80, 0.68)),
    "wet": DoorStyle("Märja ruumi uks", 2.0, "", (0.92, 0.92, 0.90)),
    "fire": DoorStyle("Tuletõkkeuks", 1.6, "EI30", (0.55, 0.36, 0.24), self_closing=True),
    "entrance": DoorStyle("Välisuks", 1.0, "", (0.35, 0.20, 0.16)),
}

WINDOW_U = 0.9  # W/(m²·K), whole window
WINDOW_G = 0.5  # solar factor of the glazing, normal incidence
FRAME_WIDTH = 0.08
FRAME_DEPTH = 0.09
GLASS_THICKNESS = 0.04
DOOR_FRAME = 0.05

CCI_EXAMPLES = {  # example codes that show the convention; the official tables are not in this repository
    "wall": ("AD", "Sein (näidiskood)"),
    "inner": ("AD", "Sein (näidiskood)"),
    "floor": ("AC", "Vahelagi (näidiskood)"),
    "ground": ("AC", "Põrandaplaat (näidiskood)"),
    "roof": ("AE", "Katus (näidiskood)"),
    "window": ("QQA", "Aken (näidiskood)"),
    "door": ("QQC", "Uks (näidiskood)"),
    "space": ("AAA", "Ruum (näidiskood)"),
}


def thickness_of(construction: str) -> float:
    """Return the thickness in metres of a construction of the catalogue."""
    return CONSTRUCTIONS[construction].thickness
