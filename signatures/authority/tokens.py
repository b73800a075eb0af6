"""Answers of the demonstration services: RFC 3161 time-stamp tokens and RFC 6960 OCSP responses."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signatures.certificates import to_der
from signatures.errors import Reason, SignatureError

POLICY = "0.4.0.2023.1.1"  # ETSI EN 319 421, best practices time-stamp policy
_DIGEST_BYTES: Mapping[str, int] = {"sha256": 32, "sha384": 48, "sha512": 64}


def timestamp_response(
    request: bytes, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, now: datetime
) -> bytes:
    """Return the answer (DER) to a time-stamp request.

    Raises:
        SignatureError: (timestamp) the request cannot be read.
    """
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        name = imprint["hash_algorithm"]["algorithm"].native
        nonce, fits = asked["nonce"].native, len(imprint["hashed_message"].native) == _DIGEST_BYTES.get(name)
    except (ValueError, TypeError, KeyError) as error:
        raise SignatureError("This is no time-stamp request.", reason=Reason.TIMESTAMP) from error
    if not fits:
        failure = {"status": "rejection", "fail_info": {"bad_alg"}}
        return bytes(tsp.TimeStampResp({"status": failure}).dump())
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": x509.random_serial_number(),
            "gen_time": now.astimezone(UTC).replace(microsecond=0),
            "nonce": nonce,
        }
    )
    token = _signed(info.dump(), key, certificate)
    return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())


def _signed(info: bytes, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> cms.ContentInfo:
    signer = asn1_x509.Certificate.load(to_der(certificate))
    attributes = _attributes(info, certificate)
    message = b"\x31" + attributes.dump()[1:]
    sid = cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number})
    signed = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": key.sign(message, ec.ECDSA(hashes.SHA256())),
    }
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
            "certificates": [signer],
            "signer_infos": [signed],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": data})


def _attributes(info: bytes, certificate: x509.Certificate) -> cms.CMSAttributes:
    hashed = hashlib.sha256(to_der(certificate)).digest()
    essential = tsp.ESSCertIDv2(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "cert_hash": hashed}
    )
    rows = (
        ("content_type", ["tst_info"]),
        ("message_digest", [hashlib.sha256(info).digest()]),
        ("signing_certificate_v2", [tsp.SigningCertificateV2({"certs": [essential]})]),
    )
    attributes = [cms.CMSAttribute({"type": kind, "values": values}) for kind, values in rows]
    # DER orders a SET OF by its encodings.
    return cms.CMSAttributes(sorted(attributes, key=lambda attribute: bytes(attribute.dump())))


def ocsp_response(
    request: bytes,
    issuer: x509.Certificate,
    responder: tuple[ec.EllipticCurvePrivateKey, x509.Certificate],
    known: Mapping[int, tuple[x509.Certificate, datetime | None]],
    now: datetime,
) -> bytes:
    """Return the answer (DER) to an OCSP request.

    Args:
        request: The request (DER).
        issuer: The authority that is asked about.
        responder: Key and certificate of the responder.
        known: Serial number -> certificate, and when it was revoked.
        now: When.
    """
    try:
        asked = ocsp.load_der_ocsp_request(request)
        serial, algorithm = asked.serial_number, asked.hash_algorithm
    except ValueError:
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if serial not in known:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    key, certificate = responder
    subject, revoked = known[serial]
    moment = now.astimezone(UTC).replace(microsecond=0)
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=subject,
        issuer=issuer,
        algorithm=algorithm,
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=moment,
        next_update=None,
        revocation_time=revoked,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate).certificates([certificate])
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
