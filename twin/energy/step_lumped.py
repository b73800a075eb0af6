"""The hourly step of a lumped building and the blending of its weather: plain Python that numba compiles."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

BLOCK_HOURS = 730  # a block of one output stays in the nearest cache


def mix(table: NDArray[np.float32], rows: Index, outs: Index, weights: Array, mixed: Array) -> None:
    """Add the weighted rows of a table to the rows of `mixed`, (outputs, hours)."""
    hours = mixed.shape[1]
    for start in range(0, hours, BLOCK_HOURS):
        end = min(start + BLOCK_HOURS, hours)
        for k in range(rows.shape[0]):
            source, target, weight = table[rows[k]], mixed[outs[k]], weights[k]
            for h in range(start, end):
                target[h] += weight * source[h]


def run_lumped(
    first: Index,
    area: Array,
    capacity: Array,
    conductance: Array,
    films: Array,
    radiation: float,
    air_capacity: float,
    day: Array,
    outside_air: Array,
    mixed: Array,
    warm_up: int,
    result: Array,
) -> None:
    """Step through the last hours of the year as warm-up and then through the year, one implicit step an hour.

    Each part is a chain of nodes, eliminated from outside to inside as in `twin.energy.kernel`; its films do not
    change, so that all factors are worked out beforehand.

    Args:
        first: int64 (parts + 1,), first node of each part.
        area: (parts,), m2.
        capacity: (nodes,), J/(m2.K).
        conductance: (nodes,), to the next node inwards, W/(m2.K).
        films: (parts, 2), outer film and inner convection, W/(m2.K).
        radiation: Inner radiation, W/(m2.K).
        air_capacity: J/K.
        day: (4, 24), air exchange W/K, convective gains W, heating and cooling set-point.
        outside_air: (hours,), degrees Celsius.
        mixed: (hours, 2 × parts), outside temperature of each part, heat at its inner face in W/m2.
        warm_up: Hours before the year.
        result: (3, hours), heating W, cooling W, air in degrees Celsius; overwritten.
    """
    count, hours, dt = area.shape[0], mixed.shape[0], 3600.0
    rate, share = capacity / dt, np.empty_like(capacity)
    back, passing = np.empty_like(capacity), np.empty_like(capacity)
    to_air, to_radiant = np.empty(count), np.empty(count)
    for e in range(count):
        below = films[e, 0]
        for i in range(first[e], first[e + 1] - 1):
            share[i] = 1.0 / (rate[i] + below + conductance[i])
            back[i] = conductance[i] * share[i]
            passing[i] = back[i]
            below = conductance[i] * (1.0 - back[i])
        last = first[e + 1] - 1
        share[last] = 1.0 / (rate[last] + below + films[e, 1] + radiation)
        to_air[e], to_radiant[e] = films[e, 1] * share[last], radiation * share[last]
    left = (area * (1.0 - to_radiant)).sum()
    radiant_of_air = (area * to_air).sum() / left
    faces_g = (area * films[:, 1] * (1.0 - to_air - to_radiant * radiant_of_air)).sum()
    temperature, p, face = np.full(capacity.shape[0], 20.0), np.empty_like(capacity), np.empty(count)
    air = 20.0
    for step in range(-warm_up, hours):
        h = step if step >= 0 else hours + step
        clock = h % 24
        radiant, f = 0.0, 0.0
        for e in range(count):
            start, last = first[e], first[e + 1] - 1
            drive = films[e, 0] * mixed[h, e]
            for i in range(start, last):
                drive += rate[i] * temperature[i]
                p[i] = drive * share[i]
                drive *= passing[i]
            face[e] = (rate[last] * temperature[last] + drive + mixed[h, count + e]) * share[last]
            radiant += area[e] * face[e]
        radiant /= left
        for e in range(count):
            f += area[e] * films[e, 1] * (face[e] + to_radiant[e] * radiant)
        exchange = day[0, clock]
        g = faces_g + air_capacity / dt + exchange
        f += air_capacity / dt * air + exchange * outside_air[h] + day[1, clock]
        free = f / g
        air = min(max(free, day[2, clock]), day[3, clock])
        load = 0.0 if air == free else g * air - f
        radiant += radiant_of_air * air
        for e in range(count):
            start, last = first[e], first[e + 1] - 1
            new = face[e] + to_air[e] * air + to_radiant[e] * radiant
            temperature[last] = new
            for i in range(last - 1, start - 1, -1):
                new = p[i] + back[i] * new
                temperature[i] = new
        result[0, h], result[1, h], result[2, h] = max(load, 0.0), max(-load, 0.0), air
