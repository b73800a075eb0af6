"""A PostgreSQL of the tests: a cluster in a temporary folder, on its own socket, with `fsync` as a service has it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import quote

MISSING = "no PostgreSQL server: install the Debian package postgresql (make setup-dev does)"
USER = "kaksik"


def find_binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl: on the path, or where Debian hides them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


class PostgresServer:
    """A running server; stop it at the end."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._root = Path(tempfile.mkdtemp(prefix="kaksik-pg-"))
        self._data = self._root / "data"
        self._schemas = count(1)
        self._as: dict[str, object] = {}
        if os.getuid() == 0:  # it refuses to run as root
            names = [entry.pw_name for entry in pwd.getpwall()]
            other = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self._root, other.pw_uid, other.pw_gid)
            self._as = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        self._run(
            "initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"
        )
        self._write_settings()
        self.start()

    def _write_settings(self) -> None:
        path = self._data / "postgresql.conf"
        lines = ("listen_addresses = ''", f"unix_socket_directories = '{self._root}'", "fsync = on", "jit = off")
        path.write_text("\n".join([path.read_text(), *lines, "shared_buffers = 64MB", ""]))

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._binaries / program), *map(str, arguments)]
        log = self._root / "commands.log"
        with log.open("ab") as out:
            done = subprocess.run(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self._root, check=False, **self._as
            )
        assert done.returncode == 0, log.read_text()[-2000:]

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        self._run("pg_ctl", "-D", self._data, "-l", self._root / "server.log", "-w", "-t", "60", "start")

    def kill(self) -> None:
        """End it as a crash does: nothing is flushed, the next start recovers from the log."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        """End it for good."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._root, ignore_errors=True)

    def url(self, schema: str) -> str:
        """Return the address of the readings in a schema."""
        return f"{self.database}&schema={schema}"

    def new_url(self) -> str:
        """Return the address of a store that is not there yet."""
        return self.url(f"s{next(self._schemas)}")

    @property
    def database(self) -> str:
        """Return the address for the driver."""
        return f"postgresql://{USER}@/postgres?host={quote(str(self._root))}"
