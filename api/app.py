"""The HTTP service. Importing this module does nothing; `create_app` makes a service of its own each time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response

from api.errors import PROBLEM_RESPONSES, add_error_handlers, problem_response
from api.problems import problem_of
from api.routers import CONFORMS_TO, ROUTERS
from api.routers.buildings import MAX_FILES
from api.security import (
    SIGN_IN_FIRST,
    Actor,
    Sessions,
    SignInError,
    authenticator_for,
    device_of,
    refusal,
    refused_by_address,
    same_origin,
    who,
)
from api.trail import note
from api.uploads import MAX_BODY_BYTES, told_too_large, too_large
from api.viewer import add_viewer, viewer_folder
from api.xroad import bounded, call_of
from twin.district import MAX_CITY_BYTES
from twin.errors import TwinError
from twin.live import TlsFiles
from twin.service import Twin, open_twin
from twin.settings import Settings

API = "/api/v1"
OPEN_PATHS = frozenset(
    {f"{API}/{name}" for name in ("health", "session", "openapi.json", "openapi-3.0.json", "conformance", "log")}
)
# What the log holds is for everybody: witnesses and monitors ask without a name. So is the open-data view.
OPEN_FOLDERS = (f"{API}/log/", f"{API}/open-data/")
DESCRIPTION = (
    "Read an IFC model, question it, check its permit, compute its energy need, seal its state and watch it live. "
    "Errors are problem details (RFC 9457). Lengths are metres, coordinates on the map EPSG:3301, heights EH2000."
)


def create_app(settings: Settings, open_with: Callable[[Settings], Twin] = open_twin) -> FastAPI:
    """Return a service.

    Args:
        settings: All settings.
        open_with: Opens the twin when the service starts.

    Raises:
        InvalidInput: (no-sign-in) the address can be reached from other machines and everybody could come in.
    """
    authenticator = authenticator_for(settings.host, settings.token_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        twin = open_with(settings)
        jobs = twin.job_runner(problem_of)
        app.state.twin, app.state.jobs = twin, jobs
        jobs.resume()
        twin.alarms.start(settings.alarm_every_s)
        rounds = twin.rounds(jobs)
        rounds.start()
        _listen(twin, settings)
        try:
            yield
        finally:
            rounds.stop()
            jobs.close()
            twin.close()

    app = FastAPI(
        title="Kaksik",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=max(MAX_CITY_BYTES, MAX_FILES * settings.max_upload_bytes) + MAX_BODY_BYTES,
    )
    app.state.authenticator, app.state.sessions = authenticator, Sessions()
    app.state.conforms_to = CONFORMS_TO
    app.middleware("http")(_gate(settings))
    add_error_handlers(app)
    everything = APIRouter(prefix=API, responses=PROBLEM_RESPONSES)
    for router in ROUTERS:
        everything.include_router(router)
    app.include_router(everything)
    add_viewer(app, viewer_folder())
    return app


def _listen(twin: Twin, settings: Settings) -> None:
    if settings.capture_file is not None:
        twin.live.capture(settings.capture_file)
    if settings.mqtt_url is not None:
        tls = TlsFiles(settings.mqtt_authority, settings.mqtt_certificate)
        url, root = settings.mqtt_url.get_secret_value(), settings.mqtt_root
        twin.live.start_mqtt(url, root, tls=tls, sensorthings=settings.mqtt_sensorthings)


def _gate(settings: Settings) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Return the middleware that knows who is asking and refuses what comes from elsewhere."""

    async def gate(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if (stranger := refused_by_address(request, settings)) is not None:
            return problem_response(stranger)
        if request.method not in ("GET", "HEAD", "OPTIONS") and not same_origin(request.headers):
            return problem_response(refusal(403, "Another web page may not change anything here.", "origin"))
        try:
            call = call_of(request, settings)
            actor = Actor(call.client, call) if call is not None else _asking(request)
        except TwinError as error:
            return problem_response(problem_of(error))
        except SignInError:
            wrong = refusal(401, "The device or its secret is not known.", "device-secret", "Issue it a new secret.")
            return problem_response(wrong, {"WWW-Authenticate": 'Basic realm="devices"'})
        if actor is None and request.url.path.startswith(API) and not _open(request.url.path):
            return problem_response(SIGN_IN_FIRST, {"WWW-Authenticate": "Bearer"})
        if told_too_large(request.headers):
            return problem_response(problem_of(too_large()))
        request.state.actor = actor
        response = await call_next(request)
        if call is not None:
            try:
                response = await bounded(response)
            except TwinError as error:
                response = problem_response(problem_of(error))
        await note(request, response.status_code, actor)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return gate


def _asking(request: Request) -> Actor | None:
    twin: Twin = request.app.state.twin
    device = device_of(request, twin.live.sign_in)
    return device or who(request, request.app.state.authenticator, request.app.state.sessions)


def _open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
