"""The demo's own authority: containers of sealed states can be made without a contract with anybody."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from signatures import KeySigner
from signatures.authority import AuthorityProcess
from twin.settings import Settings

NAME = "Kaksik demonstration registry"
PHRASE = "demonstration only"  # the key proves nothing outside the demo, and lies beside its authority


def with_authority(settings: Settings, stack: ExitStack) -> Settings:
    """Return the settings with an authority that runs as long as `stack`, unless they name services of their own."""
    if settings.container_key is not None or settings.timestamp_url is not None:
        return settings
    folder = settings.home / "authority"
    process = stack.enter_context(AuthorityProcess(folder))
    key, certificate, trust = (folder / f"container.{name}" for name in ("key", "crt", "trust"))
    if not certificate.is_file():
        _issue(process, key, certificate, trust)
    return settings.model_copy(
        update={
            "container_key": key,
            "container_passphrase": SecretStr(PHRASE),
            "container_certificate": certificate,
            "timestamp_url": f"{process.url}/tsa",
            "ocsp_url": f"{process.url}/ocsp",
            "trust_file": settings.trust_file or trust,
        }
    )


def _issue(process: AuthorityProcess, key: Path, certificate: Path, trust: Path) -> None:
    private, authority = ec.generate_private_key(ec.SECP256R1()), process.authority
    issued = authority.certify(NAME, private.public_key(), datetime.now(UTC))
    key.write_bytes(KeySigner(private).to_pem(PHRASE))
    services = authority.trust_list().services
    trust.write_bytes(b"".join(service.certificate.public_bytes(Encoding.PEM) for service in services))
    certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (issued, authority.certificate)))
