"""Whom to trust for certificates, time-stamps and OCSP: services, each granted for a time, as EU trusted lists do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509

from signatures.certificates import issued_by, load_pem_certificates, to_der, valid_at

_ALWAYS = datetime.min.replace(tzinfo=UTC)


class ServiceKind(StrEnum):
    """Kinds of trust service; the values are the last parts of their ETSI TS 119 612 identifiers."""

    CA = "CA/QC"
    TSA = "TSA/QTST"
    OCSP = "Certstatus/OCSP/QC"


@dataclass(frozen=True, slots=True)
class TrustService:
    """A service that is trusted for a time.

    Attributes:
        kind: What it is trusted for.
        certificate: Its certificate, or that of the authority which issues its certificates.
        name: Its name for a person.
        granted: From when.
        withdrawn: Until when; None if it still is.
    """

    kind: ServiceKind
    certificate: x509.Certificate
    name: str
    granted: datetime = _ALWAYS
    withdrawn: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Tell whether the service was trusted at `moment`."""
        return self.granted <= moment and (self.withdrawn is None or moment < self.withdrawn)


@dataclass(frozen=True, slots=True)
class TrustList:
    """The services that a verifier trusts.

    Attributes:
        services: In any order.
    """

    services: tuple[TrustService, ...]

    @classmethod
    def from_pem(cls, authorities: bytes, timestampers: bytes, responders: bytes = b"") -> "TrustList":
        """Return the list of services in PEM files, each trusted without limit of time.

        Raises:
            SignatureError: (certificate) a file holds none.
        """
        files = ((ServiceKind.CA, authorities), (ServiceKind.TSA, timestampers), (ServiceKind.OCSP, responders))
        return cls(
            tuple(
                TrustService(kind, certificate, certificate.subject.rfc4514_string())
                for kind, data in files
                if data
                for certificate in load_pem_certificates(data)
            )
        )

    def issuer_of(self, certificate: x509.Certificate, moment: datetime) -> x509.Certificate | None:
        """Return the trusted authority that issued `certificate`, if it was one at `moment`."""
        for service in self._at(ServiceKind.CA, moment):
            if issued_by(certificate, service.certificate):
                return service.certificate
        return None

    def trusts(self, kind: ServiceKind, certificate: x509.Certificate, moment: datetime) -> bool:
        """Tell whether `certificate` is that of a service of `kind` trusted at `moment`, or was issued by one."""
        if not valid_at(certificate, moment):
            return False
        der = to_der(certificate)
        return any(
            to_der(service.certificate) == der or issued_by(certificate, service.certificate)
            for service in self._at(kind, moment)
        )

    def _at(self, kind: ServiceKind, moment: datetime) -> Iterator[TrustService]:
        return (service for service in self.services if service.kind is kind and service.covers(moment))


def merged(lists: Sequence[TrustList]) -> TrustList:
    """Return one list of all services in `lists`."""
    return TrustList(tuple(service for one in lists for service in one.services))
