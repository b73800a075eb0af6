"""Files and addresses that a person names on the command line."""

import urllib.request
from pathlib import Path

from ifc import Limits
from twin.errors import InvalidInput
from twin.settings import Settings

TIMEOUT_S = 20.0
MAX_TILE_BYTES = 256 * (65_535 + 2)  # a full bundle of the longest entries


def limits_of_settings() -> Limits:
    """Return what a child process may use."""
    settings = Settings()
    return Limits(settings.read_timeout_s, settings.read_memory_bytes)


def existing(path: Path) -> Path:
    """Return a path whose file must be there.

    Raises:
        InvalidInput: (not-found) there is none.
    """
    if not path.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    return path


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file that must be there."""
    return existing(path).read_bytes()


def read_over_http(url: str) -> bytes:
    """Return a file of a log at an http or https address.

    Raises:
        InvalidInput: (not-found) it cannot be read.
    """
    if not url.startswith(("http://", "https://")):
        raise InvalidInput("The address is not one of HTTP.", reason="not-found", entity=url[:200])
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - checked above
            return bytes(answer.read(MAX_TILE_BYTES))
    except OSError as error:
        raise InvalidInput("The log cannot be read.", reason="not-found", entity=url[:200]) from error
