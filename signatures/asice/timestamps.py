"""Time-stamps (RFC 3161): asking for one, and verifying a token against a trusted list."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from asn1crypto import algos, tsp
from cryptography import x509

from signatures.asice.trust import ServiceKind, TrustList
from signatures.certificates import extended_usages, extension_of
from signatures.cms import verify_cms
from signatures.errors import Reason, SignatureError

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
NONCE_BITS = 64
_ACCEPTED = ("sha256", "sha384", "sha512")
_FOREIGN = (ValueError, TypeError, KeyError, AttributeError, IndexError)

Post = Callable[[str, bytes, str], bytes]  # address, body, its media type -> body of the answer


class Timestamper(Protocol):
    """Who gives time-stamps."""

    def __call__(self, data: bytes) -> bytes:
        """Return a token (DER) over `data`."""
        ...


class HttpTimestamper:
    """A time-stamping service behind an address.

    Args:
        url: Its address.
        post: Sends a request.
        nonce: Returns a fresh number.
    """

    def __init__(self, url: str, post: Post, nonce: Callable[[], int] = lambda: secrets.randbits(NONCE_BITS)) -> None:
        self._url = url
        self._post = post
        self._nonce = nonce

    def __call__(self, data: bytes) -> bytes:
        """Return a token (DER) over `data`.

        Raises:
            SignatureError: (timestamp) the service refused, or answered another question.
        """
        nonce = self._nonce()
        return token_of(self._post(self._url, timestamp_request(data, nonce), QUERY), data, nonce)


def timestamp_request(data: bytes, nonce: int) -> bytes:
    """Return the request (DER) for a time-stamp of the SHA-256 of `data`."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(data).digest()}
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    return bytes(request.dump())


def token_of(response: bytes, data: bytes, nonce: int) -> bytes:
    """Return the token in a `response` that answers the request for `data`; its signature is not verified.

    Raises:
        SignatureError: (timestamp) the service refused, or answered another question.
    """
    try:
        answer = tsp.TimeStampResp.load(response, strict=True)
        status = answer["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise _refused(f"The time-stamping service answered: {status}.")
        token = answer["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        same = info["nonce"].native == nonce and _imprint_fits(info, data)
    except _FOREIGN as error:
        raise _refused("The time-stamping service's answer cannot be read.") from error
    if not same:
        raise _refused("The time-stamping service answered another question.")
    return bytes(token.dump())


def verify_timestamp(token: bytes, data: bytes, trust: TrustList) -> datetime:
    """Return the time at which a trusted service saw `data`.

    Raises:
        SignatureError: (timestamp) over other data, by a certificate without the critical usage for time-stamping, or
            by a service that was not trusted then; (signature, certificate) as `verify_cms`.
    """
    signed = verify_cms(token, None, content_type="tst_info")
    try:
        info = tsp.TSTInfo.load(signed.content, strict=True)
        moment: datetime = info["gen_time"].native.astimezone(UTC)
        fits = _imprint_fits(info, data)
    except _FOREIGN as error:
        raise _refused("A time-stamp cannot be read.") from error
    if not fits:
        raise _refused("A time-stamp is over other data.")
    usage = extension_of(signed.signer, x509.ExtendedKeyUsage)
    if usage is None or not usage.critical or extended_usages(signed.signer) != {TIME_STAMPING}:
        raise _refused("The certificate of a time-stamp is not one for time-stamps only.")
    if not trust.trusts(ServiceKind.TSA, signed.signer, moment):
        raise _refused("The time-stamping service was not trusted at that time.")
    return moment


def _imprint_fits(info: Any, data: bytes) -> bool:
    imprint = info["message_imprint"]
    algorithm: algos.DigestAlgorithm = imprint["hash_algorithm"]
    name = algorithm["algorithm"].native
    return name in _ACCEPTED and bool(imprint["hashed_message"].native == hashlib.new(name, data).digest())


def _refused(message: str) -> SignatureError:
    return SignatureError(message, reason=Reason.TIMESTAMP)
