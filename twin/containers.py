"""Legal evidence: an ASiC-E container of a sealed state, and the verdict on containers from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from signatures import KeySigner, SignatureError, StepLog, Verdict, sha256_hex
from signatures.asice import (
    ContainerFile,
    ContainerSigner,
    ContainerVerdict,
    HttpOcsp,
    HttpTimestamper,
    SignatureVerdict,
    SigningServices,
    TrustList,
    create_container,
    read_trusted_list,
    verify_container,
)
from signatures.authority import http_post
from signatures.certificates import load_pem_certificates
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, ReportShelf, Version
from twin.clock import Clock
from twin.errors import Conflict, InvalidInput, TwinError
from twin.sealing import read_credential
from twin.seals import FROZEN, Seals
from twin.settings import Settings

CREDENTIAL = "credential.json"
MAX_BYTES = 512 * 1024 * 1024  # content of a container that is read into memory; the largest common model is 100 MB


@dataclass(frozen=True, slots=True)
class Containers:
    """Makes containers of sealed states.

    Attributes:
        settings: Name the key, the certificate and the services.
        seals: Give the credential.
        catalogue: Lists the files of a version.
        shelf: Lists its reports.
        blobs: Hold them.
        clock: Tells the time.
    """

    settings: Settings
    seals: Seals
    catalogue: Catalogue
    shelf: ReportShelf
    blobs: BlobStore
    clock: Clock

    @property
    def ready(self) -> bool:
        """Whether the settings name a key, a certificate and both services."""
        given = self.settings
        named = (given.container_key, given.container_certificate, given.timestamp_url, given.ocsp_url)
        return all(value is not None for value in named)

    def make(self, version: Version) -> bytes:
        """Return the container of a sealed version: files, credential, reports; signed, time-stamped, with OCSP.

        Raises:
            NotFound: (seal) the version is not sealed.
            Conflict: (no-container-key) the settings name no key, certificate or services.
            SignatureError: (timestamp, ocsp, ...) a service refused.
        """
        files = [ContainerFile(CREDENTIAL, "application/vc+ld+json", self.seals.credential(version))]
        for kind in FROZEN:
            kept = self.shelf.get(version.key, kind)
            if kept is not None:
                files.append(ContainerFile(f"{kind}-report.json", "application/json", self.blobs.get(kept.sha256)))
        for number, file in enumerate(self.catalogue.files(version.key), start=1):
            name = f"model-{number}{Path(file.file_name).suffix or '.ifc'}"
            files.append(ContainerFile(name, "application/x-step", self.blobs.get(file.file_sha256)))
        signer, services = self._signer()
        return create_container(files, [signer], services, self.clock())

    def _signer(self) -> tuple[ContainerSigner, SigningServices]:
        given = self.settings
        if not self.ready:
            raise Conflict(
                "This installation has no key, certificate or services for containers.",
                reason="no-container-key",
                hint="Set KAKSIK_CONTAINER_KEY, _CONTAINER_CERTIFICATE, _TIMESTAMP_URL and _OCSP_URL.",
            )
        phrase = given.container_passphrase.get_secret_value() if given.container_passphrase else ""
        signer = KeySigner.from_pem(_read(given.container_key), phrase)
        certificate, issuer, *_ = [*load_pem_certificates(_read(given.container_certificate)), None, None]
        if certificate is None or issuer is None:
            raise InvalidInput(
                "The certificate file must hold the certificate and that of its issuer.",
                reason="container-certificate",
                hint="Put both into one PEM file, the own one first.",
            )
        services = SigningServices(
            HttpTimestamper(str(given.timestamp_url), http_post), HttpOcsp(str(given.ocsp_url), http_post)
        )
        return ContainerSigner(signer, certificate, issuer), services


def trust_of(file: Path | None, operators: Path | None, now: datetime) -> TrustList:
    """Return whom a file trusts: PEM certificates (for all kinds of service), or an ETSI trusted list (XML).

    Args:
        file: The file; nobody is trusted without one.
        operators: Certificates (PEM) of who may have signed the trusted list.
        now: The list must be in force then.

    Raises:
        InvalidInput: (trust-file) it cannot be read or holds neither.
    """
    if file is None:
        return TrustList(())
    data = _read(file)
    try:
        if data.lstrip()[:1] == b"<":
            return read_trusted_list(data, load_pem_certificates(_read(operators)), now)
        return TrustList.from_pem(data, data, data)
    except SignatureError as error:
        raise InvalidInput(
            "The file of trusted certificates cannot be used.", reason="trust-file", hint=error.message
        ) from error


def verify_asice(data: bytes, trust: TrustList) -> Verdict:
    """Verify a container in steps; a state of ours inside it is compared with the model beside it."""
    log = StepLog((SignatureError, TwinError))
    verdict = verify_container(data, trust, max_bytes=MAX_BYTES)
    log.run("container", lambda: _whole(verdict))
    for number, signature in enumerate(verdict.signatures, start=1):
        log.run(f"signature-{number}", lambda signature=signature: _signature(signature))  # type: ignore[misc]
    facts: dict[str, Any] = {
        "files": {name: sha256_hex(content) for name, content in verdict.files.items()},
        "signers": [_who(signature) for signature in verdict.signatures],
    }
    if CREDENTIAL in verdict.files:
        log.run("state", lambda: _state(verdict.files, facts))
    else:
        log.skip("state", "The container holds no sealed state of a building.", required=False)
    return Verdict(tuple(log.steps), facts)


def _whole(verdict: ContainerVerdict) -> tuple[None, str]:
    if not verdict.valid and not any(not signature.valid for signature in verdict.signatures):
        raise InvalidInput(verdict.reason, reason=verdict.code or "container")
    return None, f"The container holds {len(verdict.files)} files, each of them signed."


def _signature(signature: SignatureVerdict) -> tuple[None, str]:
    if not signature.valid:
        raise InvalidInput(signature.reason, reason=signature.code, entity=signature.signer or None)
    when = "" if signature.stamped_at is None else f" on {signature.stamped_at:%Y-%m-%d %H:%M:%S} UTC (time-stamp)"
    return None, f"{signature.signer} signed{when}. {signature.reason}"


def _state(files: Mapping[str, bytes], facts: dict[str, Any]) -> tuple[None, str]:
    subject = read_credential(files[CREDENTIAL])["credentialSubject"]
    facts |= {
        "building_id": subject["buildingCode"],
        "stage": subject["lifecycleStage"],
        "version": subject["version"],
    }
    models = [sha256_hex(content) for name, content in sorted(files.items()) if name.startswith("model-")]
    sealed = models[0] if len(models) == 1 else sha256_hex("\n".join(models).encode())
    if sealed != subject["ifcFileSha256"]:
        raise InvalidInput("The model in the container is not the one that the state names.", reason="file-bytes")
    named = f"{subject['buildingCode']}, {subject['lifecycleStage']}, version {subject['version']}"
    return None, f"The model is byte for byte the one of the sealed state of {named}."


def _who(signature: SignatureVerdict) -> dict[str, Any]:
    stamped = None if signature.stamped_at is None else signature.stamped_at.isoformat()
    return {
        "signer": signature.signer,
        "issuer": signature.issuer,
        "roles": list(signature.roles),
        "stamped": stamped,
    }


def _read(file: Path | None) -> bytes:
    try:
        return b"" if file is None else file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "A file that the settings name cannot be read.", reason="not-found", entity=str(file and file.name)
        ) from error
