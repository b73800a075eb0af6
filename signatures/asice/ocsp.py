"""Whether a certificate was revoked (RFC 6960): asking, and verifying an answer kept beside a signature."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signatures.asice.trust import ServiceKind, TrustList
from signatures.certificates import check_signature, extended_usages, issued_by, to_der, valid_at
from signatures.errors import Reason, SignatureError

QUERY, REPLY = "application/ocsp-request", "application/ocsp-response"
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
MAX_DELAY = timedelta(hours=24)  # between time-stamp and answer; the limit of Estonian DigiDoc software
MAX_CLOCK_SKEW = timedelta(minutes=5)  # an answer may be this much older than the time-stamp it follows


class OcspSource(Protocol):
    """Who says whether certificates are good."""

    def __call__(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        """Return an OCSP response (DER)."""
        ...


class HttpOcsp:
    """A responder behind an address.

    Args:
        url: Its address.
        post: Sends a request: address, body, its media type -> body of the answer.
    """

    def __init__(self, url: str, post: Callable[[str, bytes, str], bytes]) -> None:
        self._url = url
        self._post = post

    def __call__(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        """Return the responder's answer (DER); it is not verified."""
        # SHA-1 only names the issuer here: many responders know no other name, and nothing rests on it.
        name = hashes.SHA1()  # noqa: S303
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, name).build()
        return self._post(self._url, request.public_bytes(Encoding.DER), QUERY)


def verify_ocsp(
    response: bytes, certificate: x509.Certificate, issuer: x509.Certificate, stamped: datetime, trust: TrustList
) -> datetime:
    """Check that a trusted responder said soon after `stamped` that `certificate` is good.

    Args:
        response: The answer (DER).
        certificate: The certificate in question.
        issuer: The trusted authority that issued it.
        stamped: Time of the time-stamp.
        trust: Whose answers count besides those of the issuer's own responders.

    Returns:
        When the answer was given.

    Raises:
        SignatureError: (ocsp) the certificate is not good, or the answer is about another, too early, too late, or
            not by a responder that is trusted; (signature) it does not fit.
    """
    try:
        answer = ocsp.load_der_ocsp_response(response)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _refused("The responder gave no answer.")
        produced = answer.produced_at_utc
        _check_status(answer, certificate, issuer)
        _check_responder(answer, issuer, produced, trust)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refused("An OCSP answer cannot be read.") from error
    if not stamped - MAX_CLOCK_SKEW <= answer.this_update_utc <= produced + MAX_CLOCK_SKEW:
        raise _refused("The OCSP answer is older than the time-stamp.")
    if produced > stamped + MAX_DELAY:
        raise _refused("The OCSP answer came more than a day after the time-stamp.")
    return produced


def _check_status(answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, answer.hash_algorithm).build()
    about = (answer.serial_number, answer.issuer_name_hash, answer.issuer_key_hash)
    if about != (asked.serial_number, asked.issuer_name_hash, asked.issuer_key_hash):
        raise _refused("The OCSP answer is about another certificate.")
    if answer.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise _refused(f"The signer's certificate was not good: {answer.certificate_status.name.lower()}.")


def _check_responder(
    answer: ocsp.OCSPResponse, issuer: x509.Certificate, produced: datetime, trust: TrustList
) -> None:
    candidates = [*answer.certificates, issuer]
    candidates += [service.certificate for service in trust.services if service.kind is ServiceKind.OCSP]
    responder = next((one for one in candidates if _is_responder(answer, one)), None)
    if responder is None or not valid_at(responder, produced):
        raise _refused("The responder's certificate is missing or was not valid.")
    entitled = to_der(responder) == to_der(issuer) or trust.trusts(ServiceKind.OCSP, responder, produced)
    delegated = issued_by(responder, issuer) and OCSP_SIGNING in extended_usages(responder)
    if not entitled and not delegated:
        raise _refused("The responder may not answer for this issuer.")
    algorithm = answer.signature_hash_algorithm
    name = algorithm.name if algorithm else ""
    check_signature(responder.public_key(), answer.signature, answer.tbs_response_bytes, hash_name=name)


def _is_responder(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if answer.responder_name is not None:
        return certificate.subject == answer.responder_name
    digest = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    return digest == answer.responder_key_hash


def _refused(message: str) -> SignatureError:
    return SignatureError(message, reason=Reason.OCSP)
