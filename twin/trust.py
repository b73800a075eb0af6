"""The part of the twin that others can hold to account: seals, status, deviations, the log and the audit trail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine

from signatures.asice import HttpTimestamper
from signatures.authority import http_post
from twin.audit import AuditTrail
from twin.blobs import FileBlobStore
from twin.catalogue import Catalogue, Journal, ReportShelf, Version
from twin.clock import Clock
from twin.containers import Containers
from twin.deviations import Deviations
from twin.errors import InvalidInput
from twin.keyring import KeyRing, Token
from twin.lifecycles import Lifecycles, read_signers
from twin.registry import Registry
from twin.seals import Seals
from twin.settings import Settings
from twin.snapshots import SnapshotReader
from twin.standing import Standing
from twin.witnesses import Witnesses


@dataclass(frozen=True, slots=True)
class Trust:
    """What answers for the content of the stores.

    Attributes:
        keys: The installation's own keys.
        journal: The append-only books.
        registry: The transparency log.
        standing: Which states and keys were revoked.
        seals: Sealed states.
        deviations: Accepted deviations.
        lifecycles: Status and transitions.
        audit: Who asked for what.
        containers: Legal evidence of sealed states.
    """

    keys: KeyRing
    journal: Journal
    registry: Registry
    standing: Standing
    seals: Seals
    deviations: Deviations
    lifecycles: Lifecycles
    audit: AuditTrail
    containers: Containers

    def recover(self) -> None:
        """Finish what a crash left half done: entries that wait for the log, transitions that are fully signed."""
        self.registry.settle()
        self.lifecycles.settle()


def open_trust(
    settings: Settings,
    engine: Engine,
    blobs: FileBlobStore,
    catalogue: Catalogue,
    snapshots: SnapshotReader,
    reports: Mapping[str, Callable[[Version], object]],
    clock: Clock,
) -> Trust:
    """Wire the parts to the stores of an installation.

    Args:
        settings: What the operator set.
        engine: The catalogue's engine.
        blobs: Content-addressed bytes.
        catalogue: Where versions are.
        snapshots: Reads versions.
        reports: Makes the report of each kind that a transition wants frozen.
        clock: Tells the time.

    Raises:
        InvalidInput: (log-policy, signers-file, not-found) a file that the settings name cannot be used.
    """
    shelf, journal = ReportShelf(engine), Journal(engine, clock)
    keys = KeyRing(settings.home / "keys", _secret(settings.key_passphrase), _token(settings))
    witnesses = Witnesses(_text(settings.log_policy_file))
    origin = settings.log_origin
    registry = Registry(settings.home / "log", origin, keys, engine, blobs, witnesses, clock, _stamps(settings))
    standing = Standing(keys, journal, registry, f"https://{origin}/status", clock)
    seals = Seals(keys, catalogue, shelf, snapshots, blobs, registry, clock, standing)
    deviations = Deviations(catalogue, journal, blobs, keys, clock)
    signers = read_signers(_text(settings.signers_file))
    lifecycles = Lifecycles(catalogue, shelf, snapshots, journal, seals, registry, deviations, reports, signers)
    audit = AuditTrail(journal, registry, clock)
    containers = Containers(settings, seals, catalogue, shelf, blobs, clock)
    return Trust(keys, journal, registry, standing, seals, deviations, lifecycles, audit, containers)


def _token(settings: Settings) -> Token | None:
    if settings.pkcs11_module is None:
        return None
    pin = _secret(settings.pkcs11_pin) or ""
    return Token(settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_key, pin)


def _stamps(settings: Settings) -> HttpTimestamper | None:
    url = settings.log_timestamp_url
    return None if url is None else HttpTimestamper(url, http_post)


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "A file that the settings name cannot be read.", reason="not-found", entity=file.name
        ) from error


def _secret(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
