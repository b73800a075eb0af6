"""Routes by resource; each module lists what it conforms to."""

from api.routers import buildings, city, district, exports, jobs, live, questions, reports, system, versions

ROUTERS = (
    system.router,
    district.router,
    city.router,
    buildings.router,
    versions.router,
    exports.router,
    reports.router,
    live.router,
    questions.router,
    jobs.router,
)
CONFORMS_TO = tuple(
    sorted(
        {
            uri
            for module in (buildings, city, district, exports, jobs, live, questions, reports, system, versions)
            for uri in module.CONFORMS_TO
        }
    )
)

__all__ = ["CONFORMS_TO", "ROUTERS"]
