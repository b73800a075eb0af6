"""How glass lets the sun through at an angle (Fresnel and Bouguer, two equal uncoated panes)."""

from dataclasses import dataclass

import numpy as np

from twin.energy.climate import Series

REFRACTIVE_INDEX = 1.526  # soda-lime float glass
EXTINCTION = 0.093  # K·L of a clear 3 mm pane: transmittance 0.834 at normal incidence
ANGLES = 91


@dataclass(frozen=True, slots=True, eq=False)
class AngularCurve:
    """Transmittance relative to normal incidence.

    Attributes:
        cosines: float64 (91,), ascending.
        relative: float64 (91,), 0 at grazing, 1 at normal incidence.
        diffuse: Hemispherical mean for uniform light.
        normal_transmittance: Direct solar transmittance of the two panes at normal incidence.
    """

    cosines: Series
    relative: Series
    diffuse: float
    normal_transmittance: float


def double_glazing(index: float = REFRACTIVE_INDEX, extinction: float = EXTINCTION) -> AngularCurve:
    """Return the curve of two clear panes."""
    angle = np.radians(np.linspace(90.0, 0.0, ANGLES))
    inner = np.arcsin(np.sin(angle) / index)
    absorbed = np.exp(-extinction / np.cos(inner))
    total = np.mean([_two_panes(reflected, absorbed) for reflected in _fresnel(angle, inner, index)], axis=0)
    cosines = np.cos(angle)
    relative = total / total[-1]
    diffuse = float(np.trapezoid(relative * 2.0 * cosines, cosines))
    return AngularCurve(cosines, relative, diffuse, float(total[-1]))


def _fresnel(angle: Series, inner: Series, index: float) -> tuple[Series, Series]:
    across = ((np.cos(angle) - index * np.cos(inner)) / (np.cos(angle) + index * np.cos(inner))) ** 2
    along = ((index * np.cos(angle) - np.cos(inner)) / (index * np.cos(angle) + np.cos(inner))) ** 2
    return np.asarray(across), np.asarray(along)


def _two_panes(reflected: Series, absorbed: Series) -> Series:
    """Return the transmittance of two panes for one polarisation."""
    passed = absorbed * (1.0 - reflected) ** 2 / (1.0 - (reflected * absorbed) ** 2)
    back = reflected * (1.0 + absorbed * passed)
    return np.asarray(passed**2 / (1.0 - np.minimum(back, 1.0 - 1e-12) ** 2), dtype=np.float64)
