"""A whole small trust service in a folder: authority, time-stamping unit and OCSP responder. For demonstration only.

The keys lie in the folder without protection. Nothing that it signs means anything outside a demonstration or a test.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asice import ContainerSigner, ServiceKind, TrustList, TrustService
from signatures.authority.certificates import BACKDATED, Issuing, Profile, issue
from signatures.authority.lists import country_list, list_of_lists
from signatures.authority.tokens import ocsp_response, timestamp_response
from signatures.certificates import load_pem_certificates
from signatures.errors import Reason, SignatureError
from signatures.keys import KeySigner, Signer

NAMES: Mapping[Profile, str] = {
    Profile.AUTHORITY: "Kaksik demonstration authority",
    Profile.TIMESTAMPS: "Kaksik demonstration time-stamps",
    Profile.RESPONDER: "Kaksik demonstration OCSP",
}
_ISSUED = "issued"


class Authority:
    """The trust service in a folder; several processes may use it.

    Args:
        folder: Where it lies; made if missing.
        now: The time, used when it is made.
        ocsp_url: Address of the responder, written into certificates.
    """

    def __init__(self, folder: Path, now: datetime, ocsp_url: str = "http://127.0.0.1/ocsp") -> None:
        self._folder = folder
        self._ocsp_url = ocsp_url
        (folder / _ISSUED).mkdir(parents=True, exist_ok=True, mode=0o700)
        for profile in NAMES:
            if not self._file(profile, "crt").exists():
                self._make(profile, now)

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the authority."""
        return self._certificate(Profile.AUTHORITY)

    def trust_list(self) -> TrustList:
        """Return the list by which a verifier trusts this service."""
        return TrustList(tuple(self._service(kind, profile) for kind, profile in _SERVICES))

    def country_list(self, now: datetime) -> bytes:
        """Return the same as a signed trusted list (TS 119 612), of Estonia by its territory."""
        return country_list(self.trust_list(), self._operator(), now)

    def list_of_lists(self, now: datetime, url: str) -> bytes:
        """Return a signed list of lists that points to the country list at `url`."""
        return list_of_lists(url, self._operator(), now)

    def issue(
        self, name: str, now: datetime, *, profile: Profile = Profile.SEAL, role: str | None = None
    ) -> ContainerSigner:
        """Return a new signer with its certificate.

        Args:
            name: Common name of the subject.
            now: The time.
            profile: Seal or person.
            role: In which role it signs.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        return ContainerSigner(
            KeySigner(key), self.certify(name, key.public_key(), now, profile), self.certificate, role
        )

    def certify(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, profile: Profile = Profile.SEAL
    ) -> x509.Certificate:
        """Return a new certificate for a key that somebody else holds."""
        issuing = Issuing(self._key(Profile.AUTHORITY), self.certificate, self._ocsp_url)
        certificate = issue(issuing, profile, name, key, now)
        file = self._folder / _ISSUED / f"{certificate.serial_number:x}.crt"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        return certificate

    def revoke(self, certificate: x509.Certificate, now: datetime) -> None:
        """Revoke a certificate that was issued here.

        Raises:
            SignatureError: (certificate) it was not.
        """
        file = self._folder / _ISSUED / f"{certificate.serial_number:x}.crt"
        if not file.exists():
            raise SignatureError("This certificate was not issued here.", reason=Reason.CERTIFICATE)
        file.with_suffix(".revoked").write_text(json.dumps({"at": now.isoformat()}))

    def answer_timestamp(self, request: bytes, now: datetime) -> bytes:
        """Return the answer to a time-stamp request."""
        return timestamp_response(request, *self._pair(Profile.TIMESTAMPS), now)

    def answer_ocsp(self, request: bytes, now: datetime) -> bytes:
        """Return the answer to an OCSP request."""
        return ocsp_response(request, self.certificate, self._pair(Profile.RESPONDER), self._issued(), now)

    def signer_of(self, profile: Profile) -> Signer:
        """Return a signer with the key of one of the services; tests forge with it what must be refused."""
        return KeySigner(self._key(profile))

    def _issued(self) -> dict[int, tuple[x509.Certificate, datetime | None]]:
        found: dict[int, tuple[x509.Certificate, datetime | None]] = {}
        for file in (self._folder / _ISSUED).glob("*.crt"):
            certificate = load_pem_certificates(file.read_bytes())[0]
            mark = file.with_suffix(".revoked")
            revoked = datetime.fromisoformat(json.loads(mark.read_text())["at"]) if mark.exists() else None
            found[certificate.serial_number] = (certificate, revoked)
        return found

    def _service(self, kind: ServiceKind, profile: Profile) -> TrustService:
        certificate = self._certificate(profile)
        return TrustService(kind, certificate, NAMES[profile], certificate.not_valid_before_utc - BACKDATED)

    def _operator(self) -> ContainerSigner:
        return ContainerSigner(self.signer_of(Profile.AUTHORITY), self.certificate, self.certificate)

    def _make(self, profile: Profile, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        own = profile is Profile.AUTHORITY
        issuing = Issuing(key, None, "") if own else Issuing(self._key(Profile.AUTHORITY), self.certificate, "")
        certificate = issue(issuing, profile, NAMES[profile], key.public_key(), now)
        form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self._file(profile, "key").write_bytes(key.private_bytes(Encoding.PEM, form, nothing))
        self._file(profile, "crt").write_bytes(certificate.public_bytes(Encoding.PEM))

    def _pair(self, profile: Profile) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        return self._key(profile), self._certificate(profile)

    def _certificate(self, profile: Profile) -> x509.Certificate:
        return load_pem_certificates(self._file(profile, "crt").read_bytes())[0]

    def _key(self, profile: Profile) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self._file(profile, "key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SignatureError("The folder holds the key of another authority.", reason=Reason.KEY)
        return key

    def _file(self, profile: Profile, suffix: str) -> Path:
        return self._folder / f"{profile.value}.{suffix}"


_SERVICES = (
    (ServiceKind.CA, Profile.AUTHORITY),
    (ServiceKind.TSA, Profile.TIMESTAMPS),
    (ServiceKind.OCSP, Profile.RESPONDER),
)
