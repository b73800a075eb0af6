"""Reading one XAdES signature by the places of its parts, and checking what it signs."""

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from cryptography import x509

from signatures.asice.signing import SIGNED_PROPERTIES
from signatures.asice.xml import (
    ASIC,
    C14N_10,
    DS,
    XADES,
    Element,
    canonical,
    children,
    identified,
    only,
    parse_xml,
    refused,
    text_of,
)
from signatures.certificates import check_signature, to_der
from signatures.errors import Reason, SignatureError

MAX_REFERENCES = 1_000
MAX_TOKENS = 8

_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_MORE, _PSS = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2007/05/xmldsig-more#"
_METHODS = {  # algorithm -> hash, whether ECDSA, whether PSS
    **{f"{_MORE}ecdsa-{name}": (name, True, False) for name in ("sha256", "sha384", "sha512")},
    **{f"{_MORE}rsa-{name}": (name, False, False) for name in ("sha256", "sha384", "sha512")},
    **{f"{_PSS}{name}-rsa-MGF1": (name, False, True) for name in ("sha256", "sha384", "sha512")},
}
_SIGNATURE = [f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")]
_SIGNED_INFO = [f"{{{DS}}}{name}" for name in ("CanonicalizationMethod", "SignatureMethod")]
_QUALIFYING = [f"{{{XADES}}}{name}" for name in ("SignedProperties", "UnsignedProperties")]
_TOKEN = f"{{{XADES}}}EncapsulatedTimeStamp"
_STAMPS = ([_TOKEN], [f"{{{DS}}}CanonicalizationMethod", _TOKEN])
_ABOUT = "xades:SignedSignatureProperties"


@dataclass(frozen=True, slots=True)
class ReadSignature:
    """A signature whose parts stand where they should; `check` says whether they fit.

    Attributes:
        element: The `ds:Signature`.
        value: The signature's own bytes.
        certificate: The signer's (DER).
        claimed_at: When, by the signer's own account.
        roles: Roles that the signer claims.
        timestamps: Tokens over the signature; at least one.
        ocsp_answers: Answers that came along.
    """

    element: Element
    value: bytes
    certificate: bytes
    claimed_at: datetime
    roles: tuple[str, ...]
    timestamps: tuple[bytes, ...]
    ocsp_answers: tuple[bytes, ...]

    def check(
        self, certificate: x509.Certificate, files: Mapping[str, bytes], media_types: Mapping[str, str]
    ) -> None:
        """Check that `certificate` signed just these `files`.

        Raises:
            SignatureError: (xades) a file is not signed, or its digest or media type is another; (signature) the
                value does not fit; (certificate) the certificate is not the signed one.
        """
        info = only(self.element, "ds:SignedInfo")
        if children(info)[:2] != _SIGNED_INFO:
            raise refused("The parts of SignedInfo are not the accepted ones.")
        signed = _check_references(self.element, info, files)
        _check_formats(self.element, signed, media_types)
        _check_certificate(self.element, certificate)
        message = canonical(info, algorithm_of(info, "ds:CanonicalizationMethod"))
        check_value(info, self.value, message, certificate)

    def stamped_bytes(self, token: bytes) -> bytes:
        """Return what the time-stamp `token` must be over: the canonical SignatureValue."""
        stamps = self.element.findall(".//{%s}SignatureTimeStamp" % XADES)  # noqa: UP031 - braces belong to the name
        mine = next(stamp for stamp in stamps if token in _decoded(stamp, "EncapsulatedTimeStamp"))
        named = mine.findall(f"{{{DS}}}CanonicalizationMethod")
        algorithm = named[0].get("Algorithm", "") if len(named) == 1 else C14N_10
        return canonical(only(self.element, "ds:SignatureValue"), algorithm)


def read_signatures(data: bytes) -> list[ReadSignature]:
    """Return the signatures in a signature file.

    Raises:
        SignatureError: (xades, too-large) it is not of the accepted form.
    """
    root = parse_xml(data)
    identifiers = list(identified(root))
    if root.tag != f"{{{ASIC}}}XAdESSignatures" or len(set(identifiers)) != len(identifiers):
        raise refused("The file is no list of XAdES signatures, or an Id occurs twice in it.")
    if any(tag != f"{{{DS}}}Signature" for tag in children(root)) or not len(root):
        raise refused("The file holds something else than signatures.")
    return [_read(element) for element in root]


def _read(element: Element) -> ReadSignature:
    if children(element) != _SIGNATURE or not element.get("Id"):
        raise refused("The parts of the signature are not the accepted ones.")
    qualifying = only(element, "ds:Object/xades:QualifyingProperties")
    if len(qualifying.getparent()) != 1 or qualifying.get("Target") != f"#{element.get('Id')}":
        raise refused("The properties belong to another signature.")
    if children(qualifying) != _QUALIFYING:
        raise refused("The signature lacks properties: it has no time-stamp and no OCSP answer.")
    about = only(qualifying, f"xades:SignedProperties/{_ABOUT}")
    unsigned = only(qualifying, "xades:UnsignedProperties/xades:UnsignedSignatureProperties")
    if any(tag.endswith("}CounterSignature") for tag in children(unsigned)):
        raise refused("Counter-signatures are not accepted.")
    stamps = unsigned.findall(f"{{{XADES}}}SignatureTimeStamp")
    tokens = tuple(token for stamp in stamps for token in _decoded(stamp, "EncapsulatedTimeStamp"))
    if not 0 < len(tokens) <= MAX_TOKENS or any(children(stamp) not in _STAMPS for stamp in stamps):
        raise refused("The signature bears no time-stamp, or one of another form.")
    answers = tuple(_decoded(unsigned, "RevocationValues/xades:OCSPValues/xades:EncapsulatedOCSPValue"))
    return ReadSignature(
        element,
        decode_base64(text_of(only(element, "ds:SignatureValue"))),
        decode_base64(text_of(only(element, "ds:KeyInfo/ds:X509Data/ds:X509Certificate"))),
        _claimed(about),
        tuple(text_of(role) for role in about.iter(f"{{{XADES}}}ClaimedRole")),
        tokens,
        answers[:MAX_TOKENS],
    )


def _claimed(about: Element) -> datetime:
    try:
        moment = datetime.fromisoformat(text_of(only(about, "xades:SigningTime")))
    except ValueError as error:
        raise refused("The claimed time of signing is malformed.") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_references(element: Element, info: Element, files: Mapping[str, bytes]) -> dict[str, str]:
    """Check the digest of every file and of the properties; return file name -> Id of its reference."""
    references = info.findall(f"{{{DS}}}Reference")
    if len(references) != len(info) - 2 or len(references) > MAX_REFERENCES:
        raise refused("SignedInfo holds something else than references.")
    properties = only(element, "ds:Object/xades:QualifyingProperties/xades:SignedProperties")
    mine = [reference for reference in references if reference.get("Type") == SIGNED_PROPERTIES]
    if len(mine) != 1 or not properties.get("Id") or mine[0].get("URI") != f"#{properties.get('Id')}":
        raise refused("The signature does not sign its own properties.")
    check_digest(mine[0], canonical(properties, _transform(mine[0])))
    signed: dict[str, str] = {}
    for reference in references:
        if reference is not mine[0]:
            name = unquote(reference.get("URI") or "")
            if name not in files or name in signed or reference.findall(f"{{{DS}}}Transforms"):
                raise refused("The signature refers to something else than the container's files, each once.", name)
            check_digest(reference, files[name])
            signed[name] = reference.get("Id") or ""
    if signed.keys() != files.keys():
        raise refused("A file of the container is not signed.", min(files.keys() - signed.keys()))
    return signed


def _check_formats(element: Element, signed: Mapping[str, str], media_types: Mapping[str, str]) -> None:
    properties = only(element, "ds:Object/xades:QualifyingProperties/xades:SignedProperties")
    forms = properties.findall(f"{{{XADES}}}SignedDataObjectProperties/{{{XADES}}}DataObjectFormat")
    said = {form.get("ObjectReference"): text_of(only(form, "xades:MimeType")) for form in forms}
    if len(said) != len(forms) or said != {f"#{signed[name]}": kind for name, kind in media_types.items()}:
        raise refused("The media types that were signed are not those of the manifest.")


def _check_certificate(element: Element, certificate: x509.Certificate) -> None:
    """Check that the certificate was signed with the rest, so that no other of the same key can stand in for it."""
    about = only(element, f"ds:Object/xades:QualifyingProperties/xades:SignedProperties/{_ABOUT}")
    names = ("SigningCertificate", "SigningCertificateV2")
    found = [child for child in about if child.tag in {f"{{{XADES}}}{name}" for name in names}]
    if len(found) != 1:
        raise refused("The signature names no certificate, or two.")
    digest = only(found[0], "xades:Cert/xades:CertDigest")
    check_digest(digest, to_der(certificate), "The certificate is not the one that was signed.")


def check_digest(parent: Element, data: bytes, message: str = "The content is not the one that was signed.") -> None:
    """Check the digest that `parent` (a Reference or CertDigest) holds.

    Raises:
        SignatureError: (xades) it is another, or by a method that is not accepted.
    """
    method = algorithm_of(parent, "ds:DigestMethod")
    if method not in _DIGESTS:
        raise refused("A digest is used that is not accepted.", method)
    said = decode_base64(text_of(only(parent, "ds:DigestValue")))
    if not hmac.compare_digest(said, hashlib.new(_DIGESTS[method], data).digest()):
        raise SignatureError(message, reason=Reason.XADES, entity=parent.get("URI"))


def check_value(info: Element, value: bytes, message: bytes, certificate: x509.Certificate) -> None:
    """Check the signature `value` over `message` by the method that `info` (a SignedInfo) names.

    Raises:
        SignatureError: (xades) the method is not accepted or not one of the key; (signature) it does not fit.
    """
    method = algorithm_of(info, "ds:SignatureMethod")
    if method not in _METHODS:
        raise refused("A signature method is used that is not accepted.", method)
    hash_name, elliptic, pss = _METHODS[method]
    if hasattr(certificate.public_key(), "curve") is not elliptic:
        raise refused("The signature method does not belong to the certificate's key.", method)
    check_signature(certificate.public_key(), value, message, hash_name=hash_name, pss=pss, der=False)


def _transform(reference: Element) -> str:
    steps = reference.findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    if len(steps) > 1 or any(len(step) for step in steps):
        raise refused("The properties are transformed before they are signed.")
    return str(steps[0].get("Algorithm", "")) if steps else C14N_10


def algorithm_of(parent: Element, path: str) -> str:
    """Return the algorithm that the element at `path` names."""
    return str(only(parent, path).get("Algorithm", ""))


def _decoded(parent: Element, path: str) -> list[bytes]:
    found = parent.findall(f"xades:{path}", {"xades": XADES})
    return [decode_base64(text_of(element)) for element in found]


def decode_base64(text: str) -> bytes:
    """Return the bytes of a base64 text, which may have line ends in it.

    Raises:
        SignatureError: (xades) it is none.
    """
    try:
        return b64decode("".join(text.split()), validate=True)
    except (Base64Error, ValueError) as error:
        raise refused("A value is not base64.") from error
