"""The demo: a sample district is generated, loaded, checked and sealed, then served with live readings."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr

import samples
from api.app import create_app
from api.cli.evidence import with_authority
from api.cli.listener import listen
from api.cli.output import print_json, print_problem, progress_bar, say
from api.cli.people import let_people_act
from ifc import IfcError
from samples import Manifest, SampleFile, generate
from samples.register import register_csv
from twin.catalogue import Version
from twin.errors import TwinError
from twin.layers import PARCELS, PLAN_AREAS
from twin.live import Broker, start_broker
from twin.service import Twin, open_twin
from twin.settings import Settings
from twin.snapshot import Stage

BACKFILL_H = 24  # a day of history makes the first chart worth looking at
LOADERS = 2  # files read at the same time, each in a child process


def run_demo(
    settings: Settings, models: Sequence[Path], *, with_samples: bool, stop_when_ready: bool, as_json: bool
) -> None:
    """Prepare what is missing, then serve until stopped."""
    listener = listen(settings.host, settings.port)  # first: a taken port must not cost a minute of loading
    address = f"http://{settings.host}:{listener.getsockname()[1]}/"
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack:
        settings = with_authority(settings, stack)
        twin = open_twin(settings)
        try:
            points = prepare(twin, models, with_samples=with_samples)
            if with_samples:
                let_people_act(twin, register_csv())
        except BaseException:
            twin.close()
            raise
        broker = _broker(settings, stack)
        if points is not None:
            stack.callback(_end, _simulator(points, broker.url, settings.mqtt_root))
        served = settings.model_copy(update={"mqtt_url": SecretStr(broker.url)})
        app = create_app(served, lambda _settings: twin)
        if as_json:
            print_json({"address": address, "mqtt": broker.url})
            sys.stdout.flush()
        else:
            say(f"\nKaksik is at {address}\nReadings come in at {broker.url}. Stop with Ctrl-C.")
        config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=3)
        server = uvicorn.Server(config)
        server.should_exit = stop_when_ready
        server.run(sockets=[listener])


def prepare(twin: Twin, models: Sequence[Path], *, with_samples: bool) -> Path | None:
    """Load, bind, check and seal what is not there yet; return the file of the sample points, if there is one."""
    own = [(path, Stage.AS_DESIGNED, None) for path in models]
    points = None
    ours: list[tuple[Path, Stage, str | None]] = []
    if with_samples:
        folder, manifest = _samples(twin.settings.home / "samples")
        ours = [(folder / item.file, Stage(item.stage), item.building_id) for item in manifest.files]
        for layer in (PARCELS, PLAN_AREAS):
            twin.layers.put(layer, (folder / f"{layer}.geojson").read_bytes())
        points = folder / "points.json"
    versions = _load(twin, [*ours, *own])
    if points is not None:
        twin.bind_points(points.read_bytes())
    _report(twin, versions)
    return points


def _samples(folder: Path) -> tuple[Path, Manifest]:
    """Return the sample district, written anew only if its generator has changed since."""
    stamp, source = folder / "generator.sha256", _source_digest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == source:
        form = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return folder, Manifest(tuple(SampleFile(**file) for file in form["files"]))
    with progress_bar("Sample district") as report:
        manifest = generate(folder, report)
    stamp.write_text(source, encoding="ascii")
    return folder, manifest


def _source_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(samples.__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _load(twin: Twin, files: Sequence[tuple[Path, Stage, str | None]]) -> list[Version]:
    done = 0
    with progress_bar("Loading models") as report, ThreadPoolExecutor(LOADERS) as pool:

        def one(file: tuple[Path, Stage, str | None]) -> Version | None:
            nonlocal done
            version = _one(twin, *file)
            done += 1
            report(done / len(files), file[0].name)
            return version

        by_building: dict[str | None, list[tuple[Path, Stage, str | None]]] = {}
        for file in files:
            by_building.setdefault(file[2], []).append(file)
        groups = pool.map(lambda group: [one(file) for file in group], by_building.values())
        return [version for group in groups for version in group if version is not None]


def _one(twin: Twin, path: Path, stage: Stage, building_id: str | None) -> Version | None:
    try:
        return twin.load(path, stage, building_id)
    except (TwinError, IfcError) as error:
        print_problem(error)
        return None


def _report(twin: Twin, versions: Sequence[Version]) -> None:
    steps: tuple[tuple[str, Callable[[Version], Any]], ...] = (
        ("permit", twin.permits.report),
        ("energy", twin.energy.report),
        ("seal", lambda version: twin.seals.seal(version, "demo")),
    )
    with progress_bar("Checking and sealing") as report:
        for position, version in enumerate(versions):
            for name, make in steps:
                report(position / len(versions), f"{name} of {version.key}")
                try:
                    make(version)
                except TwinError as error:  # a model without walls has no energy need; that is its own answer
                    print_problem(error)


def _broker(settings: Settings, stack: ExitStack) -> Broker:
    broker = start_broker(settings.home / "broker")
    stack.callback(broker.stop)
    return broker


def _simulator(points: Path, url: str, root: str) -> "subprocess.Popen[bytes]":
    arguments = ["--points", str(points), "--mqtt", url, "--root", root, "--backfill-hours", str(BACKFILL_H)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-m", "samples.telemetry", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).resolve().parents[2],
    )


def _leave(_signal: int, _frame: object) -> None:
    """Leave by the front door when told to stop, so that broker and devices stop too."""
    raise SystemExit(0)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
