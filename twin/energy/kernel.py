"""The hourly step of the element model (EN ISO 52016-1 type): plain Python that numba compiles when first asked.

Each element is a chain of nodes from its outer face to its inner face. Only the films at its two faces change from
step to step, so the nodes between are eliminated once for a length of step, and a step costs one division for each
element and pass. Films follow the temperatures: those of the step before first, then those of this one.

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

PASSES = 2  # films of a step: as the step before ended, then as this one does
PANE_C = 10.0  # EN 673: mean temperature of the panes at which their U-value is declared
REFERENCE_C = 20.0  # around which radiation is made linear
THIRD_OF_EXPONENT = 715_094_163 << 32  # two thirds of the bias of a double, and what makes the guess best (Kahan)

ONE = np.uint64(1)  # an index without a sign is not asked whether it counts from the end: a seventh of the time

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
        rising: (elements, 2), convection at the inner face at a kelvin, W/(m2.K): of a face that is colder than the
            air, and of a warmer one.
        is_pane: (elements,), whether it grows with the fourth root of the difference, not the third.
        least: (elements,), convection at the inner face is never less, W/(m2.K).
        radiation: (elements,), from the inner face to the mean radiant temperature at 20 °C, W/(m2.K).
        growth: What radiation grows by with a kelvin, as a share.
        outer_rising: (elements, 2), convection at the outer face at a kelvin without wind, W/(m2.K): of a face that
            is colder than the air outside, and of a warmer one.
        widening: (elements,), what the conductance of a pane of two nodes grows by with a kelvin, W/(m2.K2); 0 of
            others.
        rough: (elements,), what a face that is not smooth adds to what the wind adds, as a factor.
        air_capacity: J/K.
    """

    first: Index
    area: Array
    is_ground: NDArray[np.bool_]
    capacity: Array
    conductance: Array
    rising: Array
    is_pane: NDArray[np.bool_]
    least: Array
    radiation: Array
    growth: float
    outer_rising: Array
    widening: Array
    rough: Array
    air_capacity: float


class Hours(NamedTuple):
    """What the hours bring; the last axis of each array is the hour.

    Attributes:
        film: (elements, hours), sum of the outer film coefficients but for convection, W/(m2.K).
        drive: (elements, hours), sum of these times their temperatures, and absorbed sun, W/m2.
        wind: (elements, hours), convection that the wind makes at a smooth outer face, W/(m2.K).
        source: (elements, hours), absorbed at the inner face, W/m2.
        exchange: (hours,), of air, W/K.
        outside_c: (hours,), air outside.
        gains: (hours,), convective, W.
        heating_c: (steps in an hour, hours), set-point.
        cooling_c: (steps in an hour, hours), set-point.
    """

    film: Array
    drive: Array
    wind: Array
    source: Array
    exchange: Array
    outside_c: Array
    gains: Array
    heating_c: Array
    cooling_c: Array


class Factors(NamedTuple):
    """Chains whose inner nodes are eliminated for one length of step: what is left are their two faces.

    Attributes:
        rate: (nodes,), capacity over the step, W/(m2.K).
        share: (nodes,), inverse pivots; unused at the faces.
        passed: (nodes,), what a node takes of the next one inwards, and that one of it.
        of_outer: (nodes,), what a node takes of its outer face.
        of_inner: (nodes,), what a node takes of its inner face.
        mass: (nodes,), heat capacity, J/K.
        pivot: (elements, 2), pivots of the outer and the inner face without their films, W/(m2.K).
        through: (elements,), from face to face, W/(m2.K).
    """

    rate: Array
    share: Array
    passed: Array
    of_outer: Array
    of_inner: Array
    mass: Array
    pivot: Array
    through: Array


class Work(NamedTuple):
    """Room for one step, written again and again.

    Attributes:
        convection: (elements,), at the inner face in this step, W/(m2.K).
        radiation: (elements,), from the inner face to the mean radiant temperature in this step, W/(m2.K).
        film: (elements,), sum of the outer film coefficients in this step, W/(m2.K).
        drive: (elements,), sum of these times their temperatures, and absorbed sun, W/m2.
        gain: (elements, 2), what a watt at the inner face adds to it and to the outer face, m2.K/W.
        face: (elements, 2), temperatures of the outer and the inner face for u = 0.
        put: (elements, 2), what the nodes put into the two faces, and the inner source, W/m2.
        latest: (elements, 2), temperatures of the two faces as last worked out.
        given: (elements,), u: the heat from air and radiation to an inner face at 0 °C, W/m2.
        known: (nodes,), temperatures of the nodes between for faces at 0 °C.
    """

    convection: Array
    radiation: Array
    film: Array
    drive: Array
    gain: Array
    face: Array
    put: Array
    latest: Array
    given: Array
    known: Array


def make_room(house: House, temperature: Array) -> Work:
    """Return arrays for a house, with faces as warm as their nodes."""
    count = house.area.shape[0]
    one, latest = np.empty((5, count)), np.empty((count, 2))
    for e in range(count):
        latest[e, 0], latest[e, 1] = temperature[house.first[e]], temperature[house.first[e + 1] - 1]
    gain, face, put = np.empty((count, 2)), np.empty((count, 2)), np.empty((count, 2))
    return Work(one[0], one[1], one[2], one[3], gain, face, put, latest, one[4], np.empty_like(temperature))


def third_root(apart: float) -> float:
    """Return the third root within 3e-5: a third of the exponent, and one step of Halley's from there."""
    guess = np.int64(np.float64(apart).view(np.int64) // 3 + THIRD_OF_EXPONENT).view(np.float64)
    cube = guess * guess * guess
    return float(guess * (cube + 2.0 * apart) / (2.0 * cube + apart))


def factorise(house: House, dt: float) -> Factors:
    """Eliminate the nodes between the faces of every chain, from inside to outside, for one length of step."""
    first, conductance = house.first, house.conductance
    rate, mass = house.capacity / dt, house.capacity.copy()
    share, passed = np.zeros_like(rate), np.zeros_like(rate)
    of_outer, of_inner = np.zeros_like(rate), np.zeros_like(rate)
    pivot, through = np.empty((house.area.shape[0], 2)), np.empty_like(house.area)
    for e in range(through.shape[0]):
        start, last = first[e], first[e + 1] - 1
        inward, reached = conductance[last - 1], conductance[last - 1]
        for i in range(last - 1, start, -1):
            k = conductance[i - 1]
            share[i] = 1.0 / (rate[i] + inward + k)
            passed[i - 1] = k * share[i]
            of_inner[i] = share[i] * reached
            inward = k * (1.0 - passed[i - 1])
            reached *= passed[i - 1]
        of_outer[start] = 1.0
        for i in range(start + 1, last):
            of_outer[i] = of_outer[i - 1] * passed[i - 1]
            of_inner[i] += of_inner[i - 1] * passed[i - 1]
        kept = 1.0 - of_inner[last - 1]
        pivot[e, 0], pivot[e, 1] = rate[start] + inward, rate[last] + conductance[last - 1] * kept
        through[e] = reached
        mass[start : last + 1] *= house.area[e]
    return Factors(rate, share, passed, of_outer, of_inner, mass, pivot, through)


def face_films(house: House, air: float, radiant: float, work: Work) -> None:
    """Write the films inside, which follow the temperatures as last worked out."""
    for e in range(house.area.shape[0]):
        face = work.latest[e, 1]
        apart = abs(face - air)
        grown = np.sqrt(np.sqrt(apart)) if house.is_pane[e] else third_root(apart)
        rising = house.rising[e, 1] if face > air else house.rising[e, 0]
        work.convection[e] = max(rising * grown, house.least[e])
        work.radiation[e] = house.radiation[e] * (1.0 + house.growth * (0.5 * (face + radiant) - REFERENCE_C))


def outer_films(house: House, hours: Hours, hour: int, work: Work) -> None:
    """Write the films outside; still air follows the temperatures as last worked out (DOE-2: wind beside it)."""
    outside = hours.outside_c[hour]
    for e in range(house.area.shape[0]):
        film, drive = hours.film[e, hour], hours.drive[e, hour]
        if house.rough[e] > 0.0:
            apart = work.latest[e, 0] - outside
            rising = house.outer_rising[e, 1] if apart > 0.0 else house.outer_rising[e, 0]
            still = rising * third_root(abs(apart))
            convection = still + house.rough[e] * (np.sqrt(still**2 + hours.wind[e, hour] ** 2) - still)
            film += convection
            drive += convection * outside
        work.film[e], work.drive[e] = film, drive


def meet(house: House, factors: Factors, work: Work) -> tuple[float, float, float, float]:
    """Write what the films of a step make of the chains, and the temperatures of the faces for u = 0.

    Returns:
        For a mean radiant temperature that follows the faces: itself for air at 0 °C, its kelvin for a kelvin of the
        air; the heat that the faces give to air at 0 °C, W, and take from it for a kelvin, W/K.
    """
    area, gain = house.area, work.gain
    left, warmed, loss, radiated, heat = 0.0, 0.0, 0.0, 0.0, 0.0
    for e in range(area.shape[0]):
        convection, radiation = work.convection[e], work.radiation[e]
        wider = house.widening[e] * (0.5 * (work.latest[e, 0] + work.latest[e, 1]) - PANE_C)
        outer = factors.pivot[e, 0] + wider + work.film[e]
        inner = factors.pivot[e, 1] + wider + convection + radiation
        through = factors.through[e] + wider
        share = 1.0 / (outer * inner - through * through)
        of_inner, across, of_outer = outer * share, through * share, inner * share
        gain[e, 0], gain[e, 1] = of_inner, across
        at_outer, at_inner = work.put[e, 0] + work.drive[e], work.put[e, 1]
        face = across * at_outer + of_inner * at_inner
        work.face[e, 0], work.face[e, 1] = of_outer * at_outer + across * at_inner, face
        to_air, to_faces = area[e] * convection, area[e] * radiation
        left += to_faces * (1.0 - radiation * of_inner)
        warmed += to_faces * convection * of_inner
        loss += to_air * (1.0 - convection * of_inner)
        radiated += to_faces * face
        heat += to_air * face
    radiant, radiant_of_air = radiated / left, warmed / left
    return radiant, radiant_of_air, heat + warmed * radiant, loss - warmed * radiant_of_air


def sweep(house: House, factors: Factors, source: Array, temperature: Array, work: Work) -> None:
    """Write what the nodes put into the faces, and the temperatures of the nodes between for faces at 0 °C."""
    known = work.known
    for e in range(source.shape[0]):
        start, last = np.uint64(house.first[e]), np.uint64(house.first[e + 1]) - ONE
        z = 0.0
        for back in range(ONE, last - start):
            at = last - back
            z = factors.rate[at] * temperature[at] + factors.passed[at] * z
            known[at] = z
        work.put[e, 0] = factors.rate[start] * temperature[start] + factors.passed[start] * z
        x = 0.0
        for i in range(start + ONE, last):
            x = factors.share[i] * known[i] + factors.passed[i - ONE] * x
            known[i] = x
        work.put[e, 1] = factors.rate[last] * temperature[last] + house.conductance[last - ONE] * x + source[e]


def hold(g: float, f: float, heating_c: float, cooling_c: float) -> tuple[float, float]:
    """Return the air temperature and the load, W, that keeps it between the set-points."""
    free = f / g
    kept = min(max(free, heating_c), cooling_c)
    return kept, 0.0 if kept == free else g * kept - f


def faces(work: Work, air: float, radiant: float) -> None:
    """Write the temperatures of all faces."""
    for e in range(work.given.shape[0]):
        work.given[e] = work.convection[e] * air + work.radiation[e] * radiant
        work.latest[e, 0] = work.face[e, 0] + work.gain[e, 1] * work.given[e]
        work.latest[e, 1] = work.face[e, 1] + work.gain[e, 0] * work.given[e]


def settle(house: House, factors: Factors, work: Work, temperature: Array) -> None:
    """Write the new temperatures of all nodes."""
    for e in range(work.given.shape[0]):
        start, last = np.uint64(house.first[e]), np.uint64(house.first[e + 1]) - ONE
        outer, inner = work.latest[e, 0], work.latest[e, 1]
        temperature[start], temperature[last] = outer, inner
        for i in range(start + ONE, last):
            temperature[i] = work.known[i] + factors.of_outer[i] * outer + factors.of_inner[i] * inner


def content(house: House, mass: Array, air: float, temperature: Array) -> float:
    """Return the heat in all nodes and the air against 0 °C, J."""
    total = house.air_capacity * air
    for e in range(house.area.shape[0]):
        held = 0.0
        for i in range(np.uint64(house.first[e]), np.uint64(house.first[e + 1])):
            held += mass[i] * temperature[i]
        total += held
    return total


def flows(house: House, work: Work) -> tuple[float, float]:
    """Return the heat that enters through outer faces from the open air and from the ground, W."""
    outside, ground = 0.0, 0.0
    for e in range(house.area.shape[0]):
        flow = house.area[e] * (work.drive[e] - work.film[e] * work.latest[e, 0])
        if house.is_ground[e]:
            ground += flow
        else:
            outside += flow
    return outside, ground


def solve(
    house: House, factors: Factors, loses: float, gets: float, kept: tuple[float, float], air: float, radiant: float,
    work: Work,
) -> tuple[float, float, float]:  # fmt: skip
    """Return air and mean radiant temperature and the load of a step; films follow what the pass before found.

    Args:
        house: The building.
        factors: Its chains.
        loses: What the air loses beside its faces for a kelvin, W/K.
        gets: What it gets beside them at 0 °C, W.
        kept: Heating and cooling set-point.
        air: The air as last worked out.
        radiant: The mean radiant temperature as last worked out.
        work: Written.
    """
    load = 0.0
    for _ in range(PASSES):
        face_films(house, air, radiant, work)
        radiant, radiant_of_air, heat, loss = meet(house, factors, work)
        air, load = hold(loss + loses, heat + gets, kept[0], kept[1])
        radiant += radiant_of_air * air
        faces(work, air, radiant)
    return air, radiant, load


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
    dt, part, radiant = 3600.0 / steps, 1.0 / steps, state[0]
    factors, inertia, air = factorise(house, dt), house.air_capacity / dt, state[0]
    work = make_room(house, temperature)
    held = content(house, factors.mass, air, temperature)
    result[:] = 0.0
    for hour in range(result.shape[0]):
        source, row = hours.source[:, hour], result[hour]
        exchange, outside = hours.exchange[hour], hours.outside_c[hour]
        for step in range(steps):
            sweep(house, factors, source, temperature, work)
            outer_films(house, hours, hour, work)
            fixed = inertia * air + exchange * outside + hours.gains[hour]
            kept = (hours.heating_c[step, hour], hours.cooling_c[step, hour])
            new, radiant, load = solve(house, factors, inertia + exchange, fixed, kept, air, radiant, work)
            settle(house, factors, work, temperature)
            through, ground = flows(house, work)
            row[TRANSMISSION] += through * part
            row[GROUND] += ground * part
            row[VENTILATION] += exchange * (outside - new) * part
            row[AIR] += new * part
            row[HEAT] += max(load, 0.0) * part
            row[COOL] += max(-load, 0.0) * part
            air = new
        held, before = content(house, factors.mass, air, temperature), held
        row[STORED], row[GAINS] = (held - before) / 3600.0, hours.gains[hour]
        for e in range(count):
            row[SOLAR] += house.area[e] * source[e]
    state[0] = air


HELPERS = (
    make_room,
    third_root,
    factorise,
    face_films,
    outer_films,
    meet,
    sweep,
    hold,
    faces,
    settle,
    content,
    flows,
    solve,
)
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
