"""What glass lets through, takes and throws back, of which only U-value and g-value are known.

The way of Arasteh, Kohler and Griffith 2009 (LBNL-2804E, "Modeling windows in EnergyPlus with simple performance
indices"): both values say how many panes and coatings there are, and these how light passes at an angle and from
inside. Coated triple glass throws some 40 % of the light back, two clear panes a seventh.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.energy.climate import Series

POWERS = 5  # of the cosine of incidence, from 0 on
ANGLES = 91
U_TWO_KINDS = (3.4, 4.5)  # W/(m2.K); coated or double below, single above, between them both by weight
U_CURVES = (1.42, 1.70, 3.41, 4.54)  # the same for the angular curves, coated triple glass lowest
LEAST_LAYER = 0.001  # m2.K/W from face to face
PLAIN_LOSS = 0.75  # share of the light from inside that two clear panes let out or take

# Relative to normal incidence, cosine to the fourth power first. A: single clear, B to D: single tinted or coated,
# E: double clear, F to I: double tinted or coated, J: triple coated.
THROUGH = {
    "A": (1.4703e-2, 1.486, -3.852, 3.355, -1.474e-3),
    "B": (5.546e-1, 3.563e-2, -2.416, 2.831, -2.037e-3),
    "C": (7.709e-1, -6.383e-1, -1.576, 2.448, -2.042e-3),
    "D": (3.462e-1, 3.963e-1, -2.582, 2.845, -2.804e-4),
    "E": (2.883, -5.873, 2.489, 1.510, -2.577e-3),
    "F": (3.025, -6.366, 3.137, 1.213, -1.367e-3),
    "G": (3.229, -6.844, 3.535, 1.088, -2.891e-3),
    "H": (3.334, -7.131, 3.829, 9.766e-1, -2.952e-3),
    "I": (3.146, -6.855, 3.931, 7.860e-1, -2.934e-3),
    "J": (3.744, -8.836, 6.018, 8.407e-2, 4.825e-4),
}
# What a slanting ray loses within the panes beyond an upright one: one less what passes and is thrown back.
KEPT = {
    "A": (-1.33, 3.2, -2.57, 0.7, 0.0),
    "B": (-3.23, 7.86, -6.5, 1.87, 0.0),
    "C": (-3.99, 9.86, -8.4, 2.52, 0.0),
    "D": (-3.11, 7.64, -6.4, 1.85, 0.0),
    "E": (-2.8, 6.82, -5.6, 1.57, 0.0),
    "F": (-5.32, 13.14, -10.98, 3.15, 0.0),
    "G": (-5.49, 13.54, -11.32, 3.25, 0.0),
    "H": (-5.64, 13.94, -11.7, 3.39, 0.0),
    "I": (-6.27, 15.74, -13.55, 4.06, 0.0),
    "J": (-6.39, 16.32, -14.27, 4.35, 0.0),
}
# By g-value: the curves that are mixed in equal parts from there on, a straight line to the next one between.
LOW_U = ((0.35, "J"), (0.45, "E"))
MIDDLE_U = ((0.25, "FH"), (0.30, "FGHI"), (0.50, "FGHI"), (0.55, "E"))
HIGH_U = ((0.30, "D"), (0.45, "BDCD"), (0.60, "BDCD"), (0.65, "A"))


@dataclass(frozen=True, slots=True, eq=False)
class Glass:
    """Shares of the sun on a window.

    Attributes:
        passed: float64 (5,), passed directly: factors of the powers of the cosine of incidence, from 0 on.
        taken: float64 (5,), taken by the panes, half at each face: factors as of `passed`.
        passed_diffuse: Passed of even light.
        taken_diffuse: Taken of even light.
        lost: Share of the light from inside that it lets out or takes.
        warms: Share of the light from inside that warms the inner face.
    """

    passed: Series
    taken: Series
    passed_diffuse: float
    taken_diffuse: float
    lost: float
    warms: float


def plain_glass(g: float) -> Glass:
    """Return glass that lets the same share through at every angle, and takes nothing."""
    same = np.zeros(POWERS)
    same[0] = g
    return Glass(same, np.zeros(POWERS), g, 0.0, PLAIN_LOSS, 0.0)


@lru_cache(maxsize=256)  # by two numbers; a city has some tens of kinds of glass
def glass_of(u_w_m2k: float, g: float) -> Glass:
    """Return glass of which U-value and g-value at normal incidence are known."""
    through, thrown = normal_shares(u_w_m2k, g)
    passed = through * _curve(u_w_m2k, g, THROUGH)
    # What is thrown back grows to all of it; what neither passes nor is thrown back is taken.
    taken = (1.0 - thrown) * _curve(u_w_m2k, g, KEPT) + (1.0 - through - thrown) / through * passed
    of_light, of_panes = _even(passed), _even(taken)
    return Glass(passed, taken, of_light, of_panes, of_light + of_panes, of_panes / 2.0)


def _even(shares: Series) -> float:
    """Return the share of even light for factors of the powers of the cosine."""
    cosines = np.cos(np.radians(np.linspace(90.0, 0.0, ANGLES)))
    at = np.clip(shares @ cosines ** np.arange(POWERS)[:, None], 0.0, 1.0)
    return float(np.trapezoid(at * 2.0 * cosines, cosines))


def normal_shares(u_w_m2k: float, g: float) -> tuple[float, float]:
    """Return what passes directly and what is thrown back at normal incidence."""
    inside = 1.0 / (0.359073 * np.log(u_w_m2k) + 6.949915 if u_w_m2k < 5.85 else 1.788041 * u_w_m2k - 2.886625)
    layer = max(1.0 / u_w_m2k - inside - 1.0 / (0.025342 * u_w_m2k + 29.163853), LEAST_LAYER)
    few = 0.939998 * g**2 + 0.20332 * g if g < 0.7206 else 1.30415 * g - 0.30515
    many = 0.4104 * g if g <= 0.15 else 0.085775 * g**2 + 0.963954 * g - 0.084958
    through = float(np.clip(np.interp(u_w_m2k, U_TWO_KINDS, (many, few)), 0.0, g))
    within = g - through
    many_in = 199.8208128 * within**3 - 90.639733 * within**2 + 19.737055 * within + 6.766575
    few_in = 29.436546 * within**3 - 21.943415 * within**2 + 9.945872 * within + 7.426151
    summer_in = float(np.interp(u_w_m2k, U_TWO_KINDS, (1.0 / many_in, 1.0 / few_in)))
    many_out, few_out = 5.763355 * within + 20.541528, 2.225824 * within + 20.57708
    summer_out = float(np.interp(u_w_m2k, U_TWO_KINDS, (1.0 / many_out, 1.0 / few_out)))
    inward = (summer_out + layer / 2.0) / (summer_out + layer + summer_in)
    return through, max(1.0 - through - within / inward, 0.0)


def _curve(u_w_m2k: float, g: float, curves: Mapping[str, tuple[float, ...]]) -> Series:
    """Return the factors of an angular curve, power 0 first."""
    low, middle, high = (_by_g(row, g, curves) for row in (LOW_U, MIDDLE_U, HIGH_U))
    by_u = np.array([low, middle, middle, high])
    return np.array([np.interp(u_w_m2k, U_CURVES, column) for column in by_u.T])[::-1]


def _by_g(row: tuple[tuple[float, str], ...], g: float, curves: Mapping[str, tuple[float, ...]]) -> Series:
    mixed = np.array([np.mean([curves[name] for name in names], axis=0) for _, names in row])
    return np.array([np.interp(g, [at for at, _ in row], column) for column in mixed.T])
