"""Routes by resource; each module lists what it conforms to."""

from api.routers import (
    alarms,
    applications,
    bcf,
    buildings,
    certificates,
    city,
    city_picture,
    commands,
    conditions,
    devices,
    differences,
    district,
    exports,
    features,
    jobs,
    live,
    open_data,
    open_readings,
    operated,
    points,
    questions,
    readings,
    registry,
    remarks,
    reports,
    sensorthings,
    socket,
    system,
    trust,
    versions,
    what_if,
)
from api.uploads import small_bodies

_MODULES = (
    system, district, city, city_picture, buildings, differences, versions, exports, reports, certificates,
    applications, bcf, remarks, trust, registry, features, open_data, open_readings, points, live, readings, socket,
    devices, conditions, alarms, commands, sensorthings, operated, what_if, questions, jobs,
)  # fmt: skip
ROUTERS = tuple(small_bodies(module.router) for module in _MODULES)
CONFORMS_TO = tuple(sorted({uri for module in _MODULES for uri in module.CONFORMS_TO}))

__all__ = ["CONFORMS_TO", "ROUTERS"]
