"""Commands around the service: serve, demo, settings, doctor."""

import platform
import shutil
import sqlite3
import ssl
import sys
import time
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.listener import listen
from api.cli.output import Exit, print_json, print_table, say
from api.viewer import viewer_folder
from ifc import compile_ahead
from twin.errors import InvalidInput, NotFound
from twin.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
PACKAGES = ("api", "graph", "ifc", "signatures", "twin")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one")] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the interface and the viewer."""
    import uvicorn  # the whole interface, which no other command should wait for

    from api.app import create_app
    from twin.service import open_twin

    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    foreign = [f"{name} at {where}" for name, where in foreign_packages()]
    if foreign:
        raise InvalidInput(
            f"Another installed package hides a part of Kaksik: {', '.join(foreign)}.",
            reason="foreign-package",
            hint="Give Kaksik an environment of its own.",
        )
    app = create_app(settings, lambda _settings: twin)
    listener = listen(settings.host, settings.port)
    twin = open_twin(settings)  # here, so that a store that cannot be opened is told in a sentence
    scheme = "http" if settings.tls_certificate is None else "https"
    address = f"{scheme}://{settings.host}:{listener.getsockname()[1]}/"
    if as_json:
        print_json({"address": address})
        sys.stdout.flush()
    else:
        say(f"Kaksik is at {address} (stop it with Ctrl-C)")
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, timeout_graceful_shutdown=3, **tls_options(settings)
    )
    uvicorn.Server(config).run(sockets=[listener])


def tls_options(configured: Settings) -> dict[str, Any]:
    """Return how to serve https; with a certificate of the Security Server nobody else can connect.

    Raises:
        InvalidInput: (tls) certificate or key is missing.
    """
    if configured.tls_certificate is None and configured.tls_key is None and configured.xroad_certificate is None:
        return {}
    if configured.tls_certificate is None or configured.tls_key is None:
        raise InvalidInput(
            "To serve https, both a certificate and its key are needed.",
            reason="tls",
            hint="Set KAKSIK_TLS_CERTIFICATE and KAKSIK_TLS_KEY.",
        )
    options: dict[str, Any] = {
        "ssl_certfile": str(configured.tls_certificate),
        "ssl_keyfile": str(configured.tls_key),
    }
    if configured.xroad_certificate is not None:
        options |= {"ssl_ca_certs": str(configured.xroad_certificate), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return options


def demo(
    models: Annotated[
        list[Path] | None, typer.Argument(help="Your own IFC files, besides the sample district")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one")] = None,
    only: Annotated[
        bool, typer.Option("--only", help="Load your own files only, without the sample district")
    ] = False,
    stop_when_ready: Annotated[bool, typer.Option(help="Stop once everything is up; for tests")] = False,
    as_json: AsJson = False,
) -> None:
    """Show Kaksik: a sample district with live readings, served on 127.0.0.1."""
    from api.cli.demo import run_demo

    given: dict[str, Any] = {"host": "127.0.0.1", **({} if port is None else {"port": port})}
    run_demo(Settings(**given), models or [], with_samples=not only, stop_when_ready=stop_when_ready, as_json=as_json)


def settings(as_json: AsJson = False) -> None:
    """Show every setting, secrets masked, and the variable that sets it."""
    shown = Settings().model_dump(mode="json")
    if as_json:
        print_json(shown)
        return
    fields = Settings.model_fields
    rows = [(f"KAKSIK_{name.upper()}", shown[name], fields[name].description) for name in shown]
    print_table("Settings", ("Variable", "Value", "Meaning"), rows)


def doctor(as_json: AsJson = False) -> None:
    """Say whether this machine and this data folder are in order. Exit code 1 if something is not."""
    findings = list(_diagnose(Settings()))
    if as_json:
        print_json([{"what": what, "ok": ok, "detail": detail} for what, ok, detail in findings])
    else:
        rows = [("✓" if ok else "✗", what, detail) for what, ok, detail in findings]
        print_table("Kaksik " + version("kaksik"), ("", "What", "Detail"), rows)
    raise typer.Exit(Exit.OK if all(ok for _, ok, _ in findings) else Exit.FINDINGS)


def foreign_packages() -> Iterator[tuple[str, str]]:
    """Yield our packages that another installed distribution also owns: one of the two would be hidden."""
    owners = packages_distributions()
    for name in PACKAGES:
        for owner in owners.get(name, ()):
            if owner != "kaksik":
                yield name, owner


def _diagnose(configured: Settings) -> Iterator[tuple[str, bool, str]]:
    yield "Python", sys.version_info[:2] >= (3, 11), platform.python_version()
    yield "SQLite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version
    foreign = list(foreign_packages())
    yield "Packages", not foreign, "no name is taken by others" if not foreign else str(foreign)
    started = time.perf_counter()
    compile_ahead()
    yield "Compiled code", True, f"ready in {time.perf_counter() - started:.1f} s, kept for all data folders"
    broker = shutil.which("mosquitto")
    yield "MQTT broker", True, broker or "Mosquitto is not installed; the demo uses the built-in broker"
    home = configured.home
    free = shutil.disk_usage(home if home.exists() else Path.cwd()).free
    yield "Free disk", free > 1024**3, f"{free / 1024**3:.1f} GiB"
    yield "Data folder", True, str(home) if home.exists() else f"{home} (made at the first load)"
    try:
        folder = viewer_folder()
        yield "Viewer", (folder / "vendor" / "vendor3d.js").is_file(), str(folder)
    except NotFound as error:
        yield "Viewer", False, error.message
