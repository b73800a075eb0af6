"""A broker for the demo and the tests: Mosquitto as a child process, bound to this machine only."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twin.errors import Conflict

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
MAX_MESSAGE_BYTES = 4 * 1024 * 1024  # above what the decoder takes: oversize is counted there, not lost here
# Mosquitto's own defaults would drop a burst (1,000 queued) and throttle the subscriber (20 in flight).
# Started by root it would become another user, who may not write the folder. Others ignore `user`.
_MOSQUITTO = """listener {port} {address}
user root
{security}persistence true
persistence_location {folder}/
autosave_interval 5
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages 0
message_size_limit {max_bytes}
log_dest file {folder}/mosquitto.log
log_type error
log_type warning
"""
# Debian puts it where the path of an ordinary user may not reach.
_SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker.

    Attributes:
        url: ``mqtt://127.0.0.1:port``.
        engine: ``mosquitto`` or ``iotcore``.
        stop: Ends it in order; safe to call twice.
        pid: Its process id, where it is known.
    """

    url: str
    engine: str
    stop: Callable[[], None]
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class BrokerSecurity:
    """Who may speak to a Mosquitto.

    Attributes:
        passwords: Text of its password file; see `DeviceRegister.broker_files`.
        rules: Text of its access control file.
        authority: PEM file with the authority of client certificates; with it each client must show one, and its
            common name is its user name.
        certificate: PEM file with the certificate of the broker; None speaks without TLS.
        key: PEM file with its private key.
    """

    passwords: str
    rules: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def lines(self, folder: Path) -> str:
        """Write the two files, for their owner only, and return the lines of the configuration that name them."""
        lines = ["allow_anonymous false"]
        for option, name, text in (
            ("password_file", "passwords", self.passwords),
            ("acl_file", "rules", self.rules),
        ):
            path = folder / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
            lines.append(f"{option} {path}")
        if self.certificate is not None:
            lines += [f"certfile {self.certificate}", f"keyfile {self.key}", "tls_version tlsv1.2"]
        if self.authority is not None:
            lines += [f"cafile {self.authority}", "require_certificate true", "use_identity_as_username true"]
        return "\n".join(lines) + "\n"


def start_broker(folder: Path, port: int = 0, security: BrokerSecurity | None = None) -> Broker:
    """Start a broker that keeps its sessions in `folder`.

    Takes Mosquitto if it is installed, else the `iotcore` package, which keeps its sessions in memory only.

    Args:
        folder: Where it may write.
        port: Port on 127.0.0.1; 0 takes a free one.
        security: Who may speak; None lets everybody on this machine, and needs no Mosquitto.

    Raises:
        Conflict: (no-broker) there is neither Mosquitto nor `iotcore`, or only the latter, which knows no `security`;
            (broker-start) it did not start.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or _free_port()
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path=_SYSTEM_FOLDERS)
    if program:
        return _start_mosquitto(program, folder, chosen, security)
    if security is not None:
        raise _no_broker()
    return _start_iotcore(chosen)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _start_mosquitto(program: str, folder: Path, port: int, security: BrokerSecurity | None) -> Broker:
    scheme = "mqtts" if security and security.certificate else "mqtt"
    allowed = security.lines(folder) if security else "allow_anonymous true\n"
    config = folder / "mosquitto.conf"
    config.write_text(
        _MOSQUITTO.format(port=port, address=LOOPBACK, security=allowed, folder=folder, max_bytes=MAX_MESSAGE_BYTES),
        encoding="utf-8",
    )
    process = subprocess.Popen(  # noqa: S603 - a fixed program with a file that was just written
        [program, "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the service first, which then stops the broker in order
    )
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            _stop_process(process)
            raise Conflict(
                "Mosquitto did not start.",
                reason="broker-start",
                hint=f"Read {folder / 'mosquitto.log'}; perhaps the port {port} is in use.",
                entity=f"{LOOPBACK}:{port}",
            )
        time.sleep(0.02)
    return Broker(f"{scheme}://{LOOPBACK}:{port}", "mosquitto", lambda: _stop_process(process), process.pid)


def _stop_process(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()  # Mosquitto writes its sessions down before it ends
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1.0):
        return True
    return False


def _start_iotcore(port: int) -> Broker:
    try:
        import iotcore  # noqa: PLC0415, RUF100 - only where Mosquitto is missing
    except ImportError as error:
        raise _no_broker() from error
    broker = iotcore.Broker(port=port, listen=LOOPBACK)  # its own default would listen on every address
    try:
        broker.start(timeout=START_TIMEOUT_S)
    except (OSError, RuntimeError) as error:
        raise Conflict(f"The broker did not start: {error}.", reason="broker-start", entity=str(port)) from error
    return Broker(f"mqtt://{LOOPBACK}:{port}", "iotcore", broker.stop)


def _no_broker() -> Conflict:
    return Conflict(
        "There is no MQTT broker on this machine that can do this.",
        reason="no-broker",
        hint="Install the Debian package mosquitto (apt-get install mosquitto), or name a broker by its address.",
    )
