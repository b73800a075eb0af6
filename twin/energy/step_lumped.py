"""The hourly step of a lumped building and the blending of its weather: plain Python that numba compiles."""

from typing import NamedTuple

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


class Lumped(NamedTuple):
    """A building of a few parts, eliminated from outside to inside; nothing of it changes with the hours.

    Attributes:
        first: int64 (parts + 1,), first node of each part.
        area: (parts,), m2.
        films: (parts, 2), outer film and inner convection, W/(m2.K).
        rate: (nodes,), capacity over the step, W/(m2.K).
        share: (nodes,), inverse pivots.
        passing: (nodes,), what a node passes on inwards, and takes back.
        to_air: (parts,), kelvin of the inner face for a kelvin of the air.
        to_radiant: (parts,), for a kelvin of the mean radiant temperature.
        takes: (2, parts), what a square metre of the inner face takes of a watt of beam and of diffuse light.
        pane: int64 (parts,), column of the heat of the panes, or -1.
        air_rate: Heat capacity of the air over the step, W/K.
        day: (5, 24), air exchange W/K, convective gains W, heating and cooling set-point, radiative gains W/m2.
    """

    first: Index
    area: Array
    films: Array
    rate: Array
    share: Array
    passing: Array
    to_air: Array
    to_radiant: Array
    takes: Array
    pane: Index
    air_rate: float
    day: Array


def eliminated(
    first: Index, capacity: Array, conductance: Array, films: Array, radiation: float
) -> tuple[Array, Array, Array, Array, Array]:
    """Return rate, share, passing, to_air and to_radiant of a `Lumped` building with steps of an hour.

    Args:
        first: First node of each part.
        capacity: (nodes,), J/(m2.K).
        conductance: (nodes,), to the next node inwards, W/(m2.K).
        films: (parts, 2), outer film and inner convection, W/(m2.K).
        radiation: Inner radiation, W/(m2.K).
    """
    rate, share, passing = capacity / 3600.0, np.empty_like(capacity), np.zeros_like(capacity)
    to_air, to_radiant = np.empty(films.shape[0]), np.empty(films.shape[0])
    for e in range(films.shape[0]):
        below = films[e, 0]
        last = first[e + 1] - 1
        for i in range(first[e], last):
            share[i] = 1.0 / (rate[i] + below + conductance[i])
            passing[i] = conductance[i] * share[i]
            below = conductance[i] * (1.0 - passing[i])
        share[last] = 1.0 / (rate[last] + below + films[e, 1] + radiation)
        to_air[e], to_radiant[e] = films[e, 1] * share[last], radiation * share[last]
    return rate, share, passing, to_air, to_radiant


def known_faces(house: Lumped, weather: Array, radiant: float, temperature: Array, p: Array, face: Array) -> None:
    """Write what is known of the nodes and of the inner faces before the air is.

    Args:
        house: The building.
        weather: (columns,), of this hour: outside temperature of each part, beam and diffuse light, panes.
        radiant: Radiative gains, W/m2.
        temperature: (nodes,), of the hour before.
        p: (nodes,), written.
        face: (parts,), written.
    """
    count = house.area.shape[0]
    beam, diffuse = weather[count], weather[count + 1]
    for e in range(count):
        start, last = house.first[e], house.first[e + 1] - 1
        drive = house.films[e, 0] * weather[e]
        for i in range(start, last):
            drive += house.rate[i] * temperature[i]
            p[i] = drive * house.share[i]
            drive *= house.passing[i]
        heat = radiant + house.takes[0, e] * beam + house.takes[1, e] * diffuse
        if house.pane[e] >= 0:
            heat += weather[house.pane[e]]
        face[e] = (house.rate[last] * temperature[last] + drive + heat) * house.share[last]


def settled(house: Lumped, air: float, radiant: float, face: Array, p: Array, temperature: Array) -> None:
    """Write the new temperatures of all nodes."""
    for e in range(house.area.shape[0]):
        start, last = house.first[e], house.first[e + 1] - 1
        new = face[e] + house.to_air[e] * air + house.to_radiant[e] * radiant
        temperature[last] = new
        for i in range(last - 1, start - 1, -1):
            new = p[i] + house.passing[i] * new
            temperature[i] = new


def run_lumped(house: Lumped, outside_air: Array, mixed: Array, warm_up: int, result: Array) -> None:
    """Step through the last hours of the year as warm-up and then through the year, one implicit step an hour.

    Args:
        house: The building.
        outside_air: (hours,), degrees Celsius.
        mixed: (hours, columns), outside temperature of each part, beam and diffuse light in W, heat of panes in W/m2.
        warm_up: Hours before the year.
        result: (3, hours), heating W, cooling W, air in degrees Celsius; overwritten.
    """
    count, hours = house.area.shape[0], mixed.shape[0]
    weight = house.area * house.films[:, 1]
    left = (house.area * (1.0 - house.to_radiant)).sum()
    radiant_of_air = (house.area * house.to_air).sum() / left
    faces_g = (weight * (1.0 - house.to_air - house.to_radiant * radiant_of_air)).sum()
    temperature, p, face = np.full(house.rate.shape[0], 20.0), np.empty_like(house.rate), np.empty(count)
    air = 20.0
    for step in range(-warm_up, hours):
        h = step if step >= 0 else hours + step
        clock = h % 24
        known_faces(house, mixed[h], house.day[4, clock], temperature, p, face)
        radiant, f, exchange = 0.0, 0.0, house.day[0, clock]
        for e in range(count):
            radiant += house.area[e] * face[e]
        radiant /= left
        for e in range(count):
            f += weight[e] * (face[e] + house.to_radiant[e] * radiant)
        g = faces_g + house.air_rate + exchange
        f += house.air_rate * air + exchange * outside_air[h] + house.day[1, clock]
        free = f / g
        air = min(max(free, house.day[2, clock]), house.day[3, clock])
        load = 0.0 if air == free else g * air - f
        settled(house, air, radiant + radiant_of_air * air, face, p, temperature)
        result[0, h], result[1, h], result[2, h] = max(load, 0.0), max(-load, 0.0), air


HELPERS = (known_faces, settled)
