"""Where a broker listens, who this service is there, and whom it trusts."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from twin.errors import InvalidInput

USUAL_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a TLS connection.

    Attributes:
        authority: Certificates that may sign the broker's; None trusts those of the system.
        certificate: Certificate that this service shows; None shows none.
        key: Its private key, if it is not in the same file.
    """

    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens, from ``mqtt://[user:password@]host[:port]`` or ``mqtts://``.

    Attributes:
        host: Name or address.
        port: TCP port.
        tls: Whether the line is encrypted and the broker's certificate checked.
        username: Of this service at the broker.
        password: Of this service at the broker.
        files: Own authority and client certificate; None trusts the authorities of the system.
    """

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    files: TlsFiles | None = None

    def context(self) -> ssl.SSLContext | bool:
        """Return the TLS context to connect with, False without TLS.

        Raises:
            OSError: a certificate or key cannot be read (`ssl.SSLError` is one).
        """
        if not self.tls:
            return False
        files = self.files or TlsFiles()
        context = ssl.create_default_context(cafile=str(files.authority) if files.authority else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996 forbids what is older
        if files.certificate is not None:
            context.load_cert_chain(files.certificate, files.key)
        return context


def parse_mqtt_url(url: str, files: TlsFiles | None = None) -> BrokerAddress:
    """Return the address that `url` names.

    Args:
        url: ``mqtt://[user:password@]host[:port]``, or ``mqtts://``.
        files: Authority and client certificate for ``mqtts``.

    Raises:
        InvalidInput: (mqtt-url) it is not an MQTT URL. The message does not repeat it: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in USUAL_PORTS or not parts.hostname:
        raise InvalidInput(
            "The address of the MQTT broker cannot be read.",
            reason="mqtt-url",
            hint="Write it as mqtt://user:password@host:1883, or mqtts:// for TLS.",
        )
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return BrokerAddress(
        parts.hostname, port or USUAL_PORTS[parts.scheme], parts.scheme == "mqtts", username, password, files
    )
