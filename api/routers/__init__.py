"""Routes by resource; each module lists what it conforms to."""

from api.routers import (
    buildings,
    city,
    district,
    exports,
    features,
    jobs,
    live,
    open_data,
    questions,
    reports,
    system,
    versions,
)

_MODULES = (system, district, city, buildings, versions, exports, reports, features, open_data, live, questions, jobs)
ROUTERS = tuple(module.router for module in _MODULES)
CONFORMS_TO = tuple(sorted({uri for module in _MODULES for uri in module.CONFORMS_TO}))

__all__ = ["CONFORMS_TO", "ROUTERS"]
