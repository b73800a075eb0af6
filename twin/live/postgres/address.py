"""The URL of a PostgreSQL that keeps readings."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from twin.errors import InvalidInput

DEFAULT_SCHEMA = "kaksik"
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # a name that needs no quotes, as long as PostgreSQL keeps
# A server that vanished is noticed after some ten seconds, not after the two hours of the system's default.
_LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "kaksik",
}


@dataclass(frozen=True, slots=True)
class ReadingsAddress:
    """Where readings lie.

    Attributes:
        conninfo: What the driver is given; it may hold a password.
        schema: Name of the schema with the tables.
        server: Host and port, to be shown.
    """

    conninfo: str = field(repr=False)
    schema: str
    server: str


def parse_readings_url(url: str) -> ReadingsAddress:
    """Read ``postgresql://[user[:password]@]host[:port]/database[?schema=kaksik]`` with any option of libpq.

    Raises:
        InvalidInput: (readings-url) it cannot be read; what it holds is not repeated.
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        schema = options.pop("schema", DEFAULT_SCHEMA)
        conninfo = urlunsplit(parts._replace(query=urlencode({**_LINE, **options})))
        members = conninfo_to_dict(conninfo)
    except (ValueError, psycopg.Error):
        raise _unreadable() from None  # the cause would show the password
    host, port = members.get("host") or "the local socket", str(members.get("port") or "5432")
    known = parts.scheme in ("postgresql", "postgres") and _SCHEMA.fullmatch(schema)
    if not known or not all(part.isdecimal() for part in port.split(",")):  # there may be a second server
        raise _unreadable()
    return ReadingsAddress(conninfo, schema, f"{host}:{port}")


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "The address of the readings cannot be read.",
        reason="readings-url",
        hint="Write it as postgresql://user:password@host:5432/database?schema=kaksik",
    )
