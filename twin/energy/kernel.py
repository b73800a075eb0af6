"""The hourly step of the element model (EN ISO 52016-1 type): plain Python that numba compiles when first asked.

Nothing is compiled by importing. Machine code is kept on disk only if the operator names a folder
(`NUMBA_CACHE_DIR`), so that an installed, read-only tree is never written to.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Kernel = Callable[..., None]

# Columns of the hourly result.
HEAT, COOL, AIR, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS, STORED, RESULT_COLUMNS = range(10)


def eliminate(
    capacity: Array,
    conductance: Array,
    temperature: Array,
    films: tuple[float, float, float],
    sources: tuple[float, float],
    dt: float,
    p: Array,
    r: Array,
) -> tuple[float, float, float]:
    """Eliminate one chain from outside to inside (Thomas algorithm).

    Returns:
        Inner face temperature as constant, factor of the air and factor of the mean radiant temperature; node i is
        ``p[i] + r[i] * node i+1``.
    """
    last = capacity.shape[0] - 1
    per_second = 1.0 / dt
    below, drive = films[0], sources[0]
    for i in range(last):
        c = capacity[i] * per_second
        share = 1.0 / (c + below + conductance[i])
        p[i] = (c * temperature[i] + drive) * share
        r[i] = conductance[i] * share
        below = conductance[i] * (1.0 - r[i])
        drive = conductance[i] * p[i]
    c = capacity[last] * per_second
    d = c + below + films[1] + films[2]
    return (c * temperature[last] + drive + sources[1]) / d, films[1] / d, films[2] / d


def couple(
    area: Array, convection: Array, faces: Array, g: float, f: float
) -> tuple[tuple[float, float], float, float]:
    """Return the mean radiant temperature as a function of the air, and the balance of the air ``g * air = f``."""
    left = (area * (1.0 - faces[2])).sum()
    m0, m1 = (area * faces[0]).sum() / left, (area * faces[1]).sum() / left
    for e in range(area.shape[0]):
        w = area[e] * convection[e]
        g += w * (1.0 - faces[1, e] - faces[2, e] * m1)
        f += w * (faces[0, e] + faces[2, e] * m0)
    return (m0, m1), g, f


def hold(g: float, f: float, heating_c: float, cooling_c: float) -> tuple[float, float]:
    """Return the air temperature and the load, W, that keeps it between the set-points."""
    free = f / g
    kept = min(max(free, heating_c), cooling_c)
    return kept, 0.0 if kept == free else g * kept - f


def settle(capacity: Array, p: Array, r: Array, face: float, temperature: Array) -> float:
    """Write the new temperatures of one chain and return the heat that it stored, J/m2."""
    last = capacity.shape[0] - 1
    stored = 0.0
    new = face
    for i in range(last, -1, -1):
        if i < last:
            new = p[i] + r[i] * new
        stored += capacity[i] * (new - temperature[i])
        temperature[i] = new
    return stored


def run_year(
    first: Index,
    area: Array,
    is_ground: NDArray[np.bool_],
    capacity: Array,
    conductance: Array,
    inside_convection: Array,
    inside_radiation: float,
    outside_film: Array,
    outside_drive: Array,
    inside_source: Array,
    air_capacity: float,
    air_exchange: Array,
    outside_air: Array,
    convective_gain: Array,
    heating_c: Array,
    cooling_c: Array,
    sub_steps: int,
    temperature: Array,
    state: Array,
    result: Array,
) -> None:
    """Step through the hours, implicitly, and write the hourly means.

    Each element is a chain of nodes from its outer face to its inner face. A chain is eliminated from outside to
    inside, so that its inner face is a linear function of the air and the mean radiant temperature; the two are
    then solved exactly, with the load that holds the set-point.

    Args:
        first: int64 (elements + 1,), first node of each element.
        area: (elements,), m2.
        is_ground: (elements,), whether the outer side is the ground.
        capacity: (nodes,), J/(m2.K).
        conductance: (nodes,), from a node to the next one inwards, W/(m2.K); unused at the inner face.
        inside_convection: (elements,), W/(m2.K).
        inside_radiation: W/(m2.K).
        outside_film: (hours, elements), sum of the outer film coefficients, W/(m2.K).
        outside_drive: (hours, elements), sum of film coefficient times temperature, and absorbed sun, W/m2.
        inside_source: (hours, elements), absorbed at the inner face, W/m2.
        air_capacity: J/K.
        air_exchange: (hours,), W/K.
        outside_air: (hours,), degrees Celsius.
        convective_gain: (hours,), W.
        heating_c: (hours, sub-steps), set-point.
        cooling_c: (hours, sub-steps), set-point.
        sub_steps: Steps in an hour.
        temperature: (nodes,), start and end state, degrees Celsius.
        state: (1,), temperature of the air, start and end.
        result: (hours, 9), W and degrees Celsius, overwritten.
    """
    dt = 3600.0 / sub_steps
    p, r = np.empty_like(temperature), np.empty_like(temperature)
    faces = np.empty((3, area.shape[0]))
    result[:] = 0.0
    air = state[0]
    for hour in range(outside_air.shape[0]):
        exchange, outside = air_exchange[hour], outside_air[hour]
        for step in range(sub_steps):
            for e in range(area.shape[0]):
                chain = slice(first[e], first[e + 1])
                films = (outside_film[hour, e], inside_convection[e], inside_radiation)
                sources = (outside_drive[hour, e], inside_source[hour, e])
                faces[:, e] = eliminate(
                    capacity[chain], conductance[chain], temperature[chain], films, sources, dt, p[chain], r[chain]
                )
            fixed = (air_capacity / dt + exchange, air_capacity / dt * air + exchange * outside)
            radiant, g, f = couple(area, inside_convection, faces, fixed[0], fixed[1] + convective_gain[hour])
            new_air, load = hold(g, f, heating_c[hour, step], cooling_c[hour, step])
            mean_radiant = radiant[0] + radiant[1] * new_air
            stored = air_capacity * (new_air - air)
            for e in range(area.shape[0]):
                chain = slice(first[e], first[e + 1])
                face = faces[0, e] + faces[1, e] * new_air + faces[2, e] * mean_radiant
                stored += area[e] * settle(capacity[chain], p[chain], r[chain], face, temperature[chain])
                flow = area[e] * (outside_drive[hour, e] - outside_film[hour, e] * temperature[first[e]])
                result[hour, GROUND if is_ground[e] else TRANSMISSION] += flow / sub_steps
                result[hour, SOLAR] += area[e] * inside_source[hour, e] / sub_steps
            result[hour, VENTILATION] += exchange * (outside - new_air) / sub_steps
            result[hour, GAINS] += convective_gain[hour] / sub_steps
            result[hour, STORED] += stored / 3600.0
            result[hour, AIR] += new_air / sub_steps
            result[hour, HEAT] += max(load, 0.0) / sub_steps
            result[hour, COOL] += max(-load, 0.0) / sub_steps
            air = new_air
    state[0] = air


@cache
def compiled() -> Kernel:
    """Return `run_year` as machine code; the first call in a process compiles it (one to two seconds)."""
    import numba
    from numba.extending import register_jitable

    for helper in (eliminate, couple, hold, settle):
        register_jitable(helper)
    compiled_kernel: Kernel = numba.njit(run_year, cache=bool(numba.config.CACHE_DIR), error_model="numpy")
    return compiled_kernel
