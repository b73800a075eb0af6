"""The hourly step of the element model (EN ISO 52016-1 type): plain Python that numba compiles when first asked.

Each element is a chain of nodes from its outer face to its inner face. Only its outer film changes from hour to
hour, so a chain is eliminated from inside to outside: all pivots but the outermost are worked out once for a length
of step, and an hour costs one division for each element.

Nothing is compiled by importing. Machine code is kept on disk only if the operator names a folder
(`NUMBA_CACHE_DIR`), so that an installed, read-only tree is never written to.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Kernel = Callable[..., None]

# Columns of the hourly result.
HEAT, COOL, AIR, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS, STORED, RESULT_COLUMNS = range(10)


class House(NamedTuple):
    """What does not change with the hours.

    Attributes:
        first: int64 (elements + 1,), first node of each element; each element has two nodes or more.
        area: (elements,), m2.
        is_ground: (elements,), whether the outer side is the ground.
        capacity: (nodes,), J/(m2.K).
        conductance: (nodes,), from a node to the next one inwards, W/(m2.K); unused at the inner face.
        convection: (elements,), at the inner face, W/(m2.K).
        radiation: At the inner face, W/(m2.K).
        air_capacity: J/K.
    """

    first: Index
    area: Array
    is_ground: NDArray[np.bool_]
    capacity: Array
    conductance: Array
    convection: Array
    radiation: float
    air_capacity: float


class Hours(NamedTuple):
    """What the hours bring; the last axis of each array is the hour.

    Attributes:
        film: (elements, hours), sum of the outer film coefficients, W/(m2.K).
        drive: (elements, hours), sum of film coefficient times temperature, and absorbed sun, W/m2.
        source: (elements, hours), absorbed at the inner face, W/m2.
        exchange: (hours,), of air, W/K.
        outside_c: (hours,), air outside.
        gains: (hours,), convective, W.
        heating_c: (steps in an hour, hours), set-point.
        cooling_c: (steps in an hour, hours), set-point.
    """

    film: Array
    drive: Array
    source: Array
    exchange: Array
    outside_c: Array
    gains: Array
    heating_c: Array
    cooling_c: Array


class Factors(NamedTuple):
    """Eliminated chains; u is the heat that air and radiation would give to an inner face at 0 °C, W/m2.

    Attributes:
        rate: (nodes,), capacity over the step, W/(m2.K).
        share: (nodes,), inverse pivots; unused at outer faces.
        passed: (nodes,), what a node takes of the next one inwards, and that one of it.
        own: (nodes,), what u adds to a node while the outer face is held, m2.K/W.
        carried: (nodes,), what a node takes of its outer face; at the inner face also what the outer one takes of u.
        mass: (nodes,), heat capacity, J/K.
        pivot: (elements,), pivot of the outer face without its film, W/(m2.K).
    """

    rate: Array
    share: Array
    passed: Array
    own: Array
    carried: Array
    mass: Array
    pivot: Array


class Work(NamedTuple):
    """Room for one step, written again and again.

    Attributes:
        inverse: (elements,), inverse pivot of the outer face in this hour.
        gain: (elements,), what u adds to the inner face in this hour, m2.K/W.
        given: (elements,), u.
        known: (nodes,), temperatures for u = 0.
    """

    inverse: Array
    gain: Array
    given: Array
    known: Array


def factorise(house: House, dt: float) -> Factors:
    """Eliminate every chain from inside to outside (Thomas algorithm), for one length of step."""
    first, conductance = house.first, house.conductance
    rate, mass = house.capacity / dt, house.capacity.copy()
    share, passed = np.zeros_like(rate), np.zeros_like(rate)
    own, carried = np.zeros_like(rate), np.ones_like(rate)
    pivot = np.empty_like(house.area)
    for e in range(pivot.shape[0]):
        start, end = first[e], first[e + 1]
        inward, reached = house.convection[e] + house.radiation, 1.0
        for i in range(end - 1, start, -1):
            k = conductance[i - 1]
            share[i] = 1.0 / (rate[i] + inward + k)
            passed[i - 1] = k * share[i]
            own[i] = share[i] * reached
            inward = k * (1.0 - passed[i - 1])
            reached *= passed[i - 1]
        pivot[e] = rate[start] + inward
        mass[start:end] *= house.area[e]
        for i in range(start + 1, end):
            own[i] += own[i - 1] * passed[i - 1]
            carried[i] = carried[i - 1] * passed[i - 1]
    return Factors(rate, share, passed, own, carried, mass, pivot)


def meet(house: House, factors: Factors, film: Array, work: Work) -> tuple[float, float, float]:
    """Write what the outer films of an hour make of the chains.

    Returns:
        Kelvin of the mean radiant temperature for a kelvin of the air, the area that it is shared by, and the heat
        from the air to all faces for a kelvin.
    """
    area, convection, radiation = house.area, house.convection, house.radiation
    left, warmed, loss = 0.0, 0.0, 0.0
    for e in range(area.shape[0]):
        last = house.first[e + 1] - 1
        work.inverse[e] = 1.0 / (factors.pivot[e] + film[e])
        work.gain[e] = factors.own[last] + factors.carried[last] ** 2 * work.inverse[e]
        left += area[e] * (1.0 - radiation * work.gain[e])
        warmed += area[e] * convection[e] * work.gain[e]
    radiant = warmed / left
    for e in range(area.shape[0]):
        loss += area[e] * convection[e] * (1.0 - work.gain[e] * (convection[e] + radiation * radiant))
    return radiant, left, loss


def sweep(house: House, factors: Factors, drive: Array, source: Array, temperature: Array, work: Work) -> None:
    """Write the temperatures of all nodes for u = 0."""
    known = work.known
    for e in range(drive.shape[0]):
        start, end = house.first[e], house.first[e + 1]
        z = factors.rate[end - 1] * temperature[end - 1] + source[e]
        known[end - 1] = z
        for i in range(end - 2, start - 1, -1):
            z = factors.rate[i] * temperature[i] + factors.passed[i] * z
            known[i] = z
        x = (z + drive[e]) * work.inverse[e]
        known[start] = x
        for i in range(start + 1, end):
            x = factors.share[i] * known[i] + factors.passed[i - 1] * x
            known[i] = x


def room(house: House, left: float, work: Work) -> tuple[float, float]:
    """Return the mean radiant temperature for air at 0 °C, and the heat that the faces then give to it, W."""
    radiant, heat = 0.0, 0.0
    for e in range(house.area.shape[0]):
        radiant += house.area[e] * work.known[house.first[e + 1] - 1]
    radiant *= house.radiation / left
    for e in range(house.area.shape[0]):
        face = work.known[house.first[e + 1] - 1] + work.gain[e] * radiant
        heat += house.area[e] * house.convection[e] * face
    return radiant / house.radiation, heat


def hold(g: float, f: float, heating_c: float, cooling_c: float) -> tuple[float, float]:
    """Return the air temperature and the load, W, that keeps it between the set-points."""
    free = f / g
    kept = min(max(free, heating_c), cooling_c)
    return kept, 0.0 if kept == free else g * kept - f


def settle(house: House, factors: Factors, work: Work, temperature: Array) -> float:
    """Write the new temperatures of all nodes and return the heat that they stored, J."""
    stored = 0.0
    for e in range(work.given.shape[0]):
        start, end = house.first[e], house.first[e + 1]
        u = work.given[e]
        lead = factors.carried[end - 1] * work.inverse[e] * u
        for i in range(start, end):
            new = work.known[i] + factors.own[i] * u + factors.carried[i] * lead
            stored += factors.mass[i] * (new - temperature[i])
            temperature[i] = new
    return stored


def flows(house: House, film: Array, drive: Array, temperature: Array) -> tuple[float, float]:
    """Return the heat that enters through outer faces from the open air and from the ground, W."""
    outside, ground = 0.0, 0.0
    for e in range(film.shape[0]):
        flow = house.area[e] * (drive[e] - film[e] * temperature[house.first[e]])
        if house.is_ground[e]:
            ground += flow
        else:
            outside += flow
    return outside, ground


def run_year(house: House, hours: Hours, temperature: Array, state: Array, result: Array) -> None:
    """Step through the hours, implicitly, and write the hourly means.

    The inner face of a chain is a linear function of the air and the mean radiant temperature; the two are solved
    exactly, with the load that holds the set-point.

    Args:
        house: The building.
        hours: What the hours bring.
        temperature: (nodes,), start and end state, degrees Celsius.
        state: (1,), temperature of the air, start and end.
        result: (hours, 9), W and degrees Celsius, overwritten.
    """
    steps, count = hours.heating_c.shape[0], house.area.shape[0]
    dt, part = 3600.0 / steps, 1.0 / steps
    factors, inertia, air = factorise(house, dt), house.air_capacity / dt, state[0]
    work = Work(np.empty(count), np.empty(count), np.empty(count), np.empty_like(temperature))
    result[:] = 0.0
    for hour in range(result.shape[0]):
        film, drive, source, row = hours.film[:, hour], hours.drive[:, hour], hours.source[:, hour], result[hour]
        exchange, outside = hours.exchange[hour], hours.outside_c[hour]
        radiant_of_air, left, loss = meet(house, factors, film, work)
        for step in range(steps):
            sweep(house, factors, drive, source, temperature, work)
            radiant, heat = room(house, left, work)
            f = heat + inertia * air + exchange * outside + hours.gains[hour]
            new, load = hold(loss + inertia + exchange, f, hours.heating_c[step, hour], hours.cooling_c[step, hour])
            radiant += radiant_of_air * new
            for e in range(count):
                work.given[e] = house.convection[e] * new + house.radiation * radiant
            stored = house.air_capacity * (new - air) + settle(house, factors, work, temperature)
            through, ground = flows(house, film, drive, temperature)
            row[STORED] += stored / 3600.0
            row[TRANSMISSION] += through * part
            row[GROUND] += ground * part
            row[VENTILATION] += exchange * (outside - new) * part
            row[AIR] += new * part
            row[HEAT] += max(load, 0.0) * part
            row[COOL] += max(-load, 0.0) * part
            air = new
        row[GAINS] = hours.gains[hour]
        for e in range(count):
            row[SOLAR] += house.area[e] * source[e]
    state[0] = air


HELPERS = (factorise, meet, sweep, room, hold, settle, flows)
FAST = {"contract"}  # fused multiply-adds; sums keep their order, infinite and undefined numbers stay what they are


@cache
def compiled() -> Kernel:
    """Return `run_year` as machine code; the first call in a process compiles it (some seconds)."""
    import numba
    from numba.extending import register_jitable

    for helper in HELPERS:
        register_jitable(fastmath=FAST)(helper)
    keep = bool(numba.config.CACHE_DIR)
    kernel: Kernel = numba.njit(run_year, cache=keep, error_model="numpy", fastmath=FAST)
    return kernel
