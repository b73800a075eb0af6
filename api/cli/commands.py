"""The table of commands: where each stands, and what it does in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import cast


@dataclass(frozen=True, slots=True)
class Command:
    """Where the function of a command stands.

    Attributes:
        module: Module below ``api.cli``.
        function: Name of the function in it.
        summary: First line of its docstring, for the list of commands.
    """

    module: str
    function: str
    summary: str

    def load(self) -> Callable[..., None]:
        """Return the function; its module is loaded now."""
        return cast(Callable[..., None], getattr(import_module(f"api.cli.{self.module}"), self.function))


COMMANDS: Mapping[str, Command] = {
    "inspect": Command(
        "files", "inspect", "Show what is in a model, what is odd in it, and what was not understood."
    ),
    "check": Command(
        "permit",
        "check",
        "Check a model against rule packs and IDS files, clause by clause. Exit code 1 if a check fails.",
    ),
    "ids": Command("permit", "ids", "Write the IDS 1.0 file of what the register asks of a model at a design stage."),
    "energy": Command(
        "need",
        "energy",
        "Compute the hourly energy need of a model and its indicator, with the source of every input.",
    ),
    "city-energy": Command(
        "energy", "city_energy", "Compute the energy need of every building on the map; made to be run every night."
    ),
    "gwp": Command(
        "energy", "gwp", "Show the global warming potential of a model and how much of its volume that covers."
    ),
    "diff": Command("files", "diff", "Compare two models by GlobalId. Exit code 1 if they differ in meaning."),
    "export": Command(
        "export", "export", "Write a model out: the submitted file, tables (CSV, Parquet), one GLB, or CityJSON 2.0."
    ),
    "load": Command(
        "stores",
        "load",
        "Load models, each as a new version of its building, or all as one. Exit code 3 if one is refused.",
    ),
    "points": Command(
        "stores",
        "points",
        "Bind sensors, meters, actuators and setpoints to elements. Exit code 1 if a binding does not hold.",
    ),
    "readings": Command("readings", "readings", "Write readings out as a table: CSV or Parquet."),
    "readings-move": Command(
        "readings",
        "readings_move",
        "Copy all readings of the data folder into PostgreSQL, for a service that is stopped.",
    ),
    "meter-csv": Command(
        "readings",
        "meter_csv",
        "Take a meter operator's CSV, such as quarter-hour load curves. Exit code 1 if lines are refused.",
    ),
    "replay": Command(
        "readings",
        "replay",
        "Play captured messages again with their times of arrival; what is stored already is not doubled.",
    ),
    "simulate": Command(
        "simulated",
        "simulate",
        "Fill the store with simulated readings of the past. The service must not run meanwhile.",
    ),
    "devices": Command("devices", "devices", "List the devices, or register those of a file."),
    "device-secret": Command(
        "devices", "device_secret", "Issue a new secret to a device; it ends the old one and is shown once."
    ),
    "device-retire": Command("devices", "device_retire", "Forget a device and its secret; its points stay."),
    "broker-files": Command(
        "devices", "broker_files", "Write the files that make Mosquitto hold each device to its points."
    ),
    "quarantine": Command(
        "devices", "quarantine", "List unknown devices and points that tried to write; accept or refuse one."
    ),
    "bus": Command("bus", "bus", "Read BACnet/IP or Modbus TCP devices once, and print or send what they say."),
    "seal": Command("trust", "seal", "Seal a stored version, log it, and write the file that proves it offline."),
    "status": Command(
        "trust", "status", "Show the status of a version (ISO 19650) and what the next transitions ask for."
    ),
    "transition": Command(
        "trust",
        "transition",
        "Ask for a transition, or sign the pending one in a role. Exit code 1 while signatures are missing.",
    ),
    "disclose": Command(
        "trust",
        "disclose",
        "Write a small file that shows one element of a sealed version, and proves it without showing another.",
    ),
    "verify": Command(
        "proof",
        "verify",
        "Verify a sealed state, an element of it, or a container, offline and step by step. Exit code 1 if it fails.",
    ),
    "witness": Command(
        "proof",
        "witness",
        "Run a witness: it cosigns checkpoints with Ed25519 and ML-DSA-44, and refuses rollback and rewriting.",
    ),
    "monitor": Command(
        "proof",
        "monitor_log",
        "Replay all new entries of a log against its checkpoint. Exit code 1 if the log contradicts itself.",
    ),
    "revoke-seal": Command(
        "holder", "revoke_seal", "Revoke the seal of a version: from now on its status list says so to whoever asks."
    ),
    "rotate-key": Command(
        "holder",
        "rotate_key",
        "Let a new key issue states from now on. The old one stays known, so that its seals can be verified.",
    ),
    "rebuild": Command(
        "stores", "rebuild", "Make derived data anew: the graph, the geometry, or the latest readings."
    ),
    "dump": Command(
        "graph",
        "dump",
        "Print the graph as JSON Lines, nodes and edges in canonical order: equal for equal content on any engine.",
    ),
    "sweep": Command(
        "stores",
        "sweep",
        "Remove what interrupted and refused loads left behind: records, bytes and indexes that nothing refers to.",
    ),
    "serve": Command("service", "serve", "Serve the interface and the viewer."),
    "demo": Command("service", "demo", "Show Kaksik: a sample district with live readings, served on 127.0.0.1."),
    "settings": Command("service", "settings", "Show every setting, secrets masked, and the variable that sets it."),
    "doctor": Command(
        "service",
        "doctor",
        "Say whether this machine and this data folder are in order. Exit code 1 if something is not.",
    ),
}
