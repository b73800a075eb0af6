"""The demonstration authority as a process of its own, and the client's side of it."""

import json
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from signatures.asice import HttpOcsp, HttpTimestamper, SigningServices
from signatures.authority.pki import Authority
from signatures.errors import Reason, SignatureError

ADDRESS_FILE = "address.json"
START_SECONDS = 20.0
ANSWER_SECONDS = 10.0
MAX_ANSWER_BYTES = 1_048_576


def http_post(url: str, body: bytes, media_type: str) -> bytes:
    """Send `body` and return the answer.

    Raises:
        SignatureError: (timestamp) no such service answers.
    """
    if not url.startswith(("http://", "https://")):
        raise SignatureError(
            "The address of a service is not one of HTTP.", reason=Reason.TIMESTAMP, entity=url[:200]
        )
    request = urllib.request.Request(url, body, {"Content-Type": media_type}, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - checked above
            return bytes(answer.read(MAX_ANSWER_BYTES))
    except OSError as error:
        raise SignatureError("A trust service does not answer.", reason=Reason.TIMESTAMP, entity=url[:200]) from error


class AuthorityProcess:
    """The authority served on the loopback address, for as long as the context lasts.

    Args:
        folder: Where it lies; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> "AuthorityProcess":
        self._folder.mkdir(parents=True, exist_ok=True)
        address = self._folder / ADDRESS_FILE
        address.unlink(missing_ok=True)
        command = [sys.executable, "-m", "signatures.authority", "--folder", str(self._folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module
        deadline = time.monotonic() + START_SECONDS
        while not address.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                raise SignatureError("The demonstration authority does not start.", reason=Reason.TIMESTAMP)
            time.sleep(0.02)
        self.url = json.loads(address.read_text())["url"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def authority(self) -> Authority:
        """The same authority, to issue and revoke with."""
        return Authority(self._folder, datetime.now(UTC), f"{self.url}/ocsp")

    @property
    def services(self) -> SigningServices:
        """Its services, asked over HTTP."""
        return SigningServices(HttpTimestamper(f"{self.url}/tsa", http_post), HttpOcsp(f"{self.url}/ocsp", http_post))

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
