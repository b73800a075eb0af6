"""ASiC-E containers with XAdES B-LT signatures: made as Estonian DigiDoc software makes and opens them."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from cryptography import x509
from lxml import etree

from signatures.asice.archive import pack, refused, unpack
from signatures.asice.manifest import PATH, read_manifest, write_manifest
from signatures.asice.ocsp import OcspSource
from signatures.asice.timestamps import Timestamper
from signatures.asice.xml import ASIC, C14N_11, DS, XADES, Element, canonical
from signatures.certificates import to_der
from signatures.keys import KeyKind, Signer
from signatures.proofs import timestamp

SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
METHODS: Mapping[KeyKind, str] = {
    KeyKind.P256: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    KeyKind.P384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
}
_NSMAP = {"asic": ASIC, "ds": DS, "xades": XADES}


@dataclass(frozen=True, slots=True)
class ContainerFile:
    """A file to be signed.

    Attributes:
        name: Its name in the container.
        media_type: Its media type.
        data: Its content.
    """

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ContainerSigner:
    """Who signs a container.

    Attributes:
        signer: Has the key: P-256 or P-384.
        certificate: The signing certificate of that key.
        issuer: Certificate of the authority that issued it.
        role: In which role, or None.
    """

    signer: Signer
    certificate: x509.Certificate
    issuer: x509.Certificate
    role: str | None = None


@dataclass(frozen=True, slots=True)
class SigningServices:
    """What a signature needs besides the key.

    Attributes:
        timestamper: Gives time-stamps.
        ocsp: Says whether the certificate is good.
    """

    timestamper: Timestamper
    ocsp: OcspSource


def create_container(
    files: Sequence[ContainerFile], signers: Sequence[ContainerSigner], services: SigningServices, now: datetime
) -> bytes:
    """Return a container of `files` that every one of `signers` signed.

    Args:
        files: At least one; names without folders.
        signers: In the order of their signatures; may be empty, others can sign later.
        services: For time-stamps and OCSP.
        now: The time that the signers claim.

    Raises:
        SignatureError: (container) no file, a file twice, a name that no container may have; (xades) a key of another
            kind; (timestamp, ocsp) a service refused.
    """
    names = [file.name for file in files]
    if not names or len(set(names)) != len(names) or any("/" in name for name in names):
        raise refused("A container needs files, each of another name and none in a folder.")
    entries = {file.name: file.data for file in files}
    entries[PATH] = write_manifest({file.name: file.media_type for file in files})
    data = pack(entries)
    for signer in signers:
        data = add_signature(data, signer, services, now)
    return data


def add_signature(data: bytes, signer: ContainerSigner, services: SigningServices, now: datetime) -> bytes:
    """Return the container `data` with one more signature over all of its files.

    Raises:
        SignatureError: as `create_container`.
    """
    entries = unpack(data)
    media_types = read_manifest(entries.get(PATH, b""))
    files = [ContainerFile(name, media_types.get(name, ""), entries[name]) for name in media_types if name in entries]
    number = sum(name.startswith("META-INF/signatures") for name in entries)
    xml = _signature(f"S{number}", files, signer, services, now)
    return pack({**entries, f"META-INF/signatures{number}.xml": xml})


def _signature(
    identifier: str, files: Sequence[ContainerFile], signer: ContainerSigner, services: SigningServices, now: datetime
) -> bytes:
    method = METHODS.get(signer.signer.public_key.kind)
    if method is None:
        raise refused("A container is signed with a key of kind P-256 or P-384.")
    root = etree.Element(f"{{{ASIC}}}XAdESSignatures", nsmap=_NSMAP)
    signature = _add(root, DS, "Signature", Id=identifier)
    info = _add(signature, DS, "SignedInfo", Id=f"{identifier}-SignedInfo")
    value = _add(signature, DS, "SignatureValue", Id=f"{identifier}-SIG")
    _key_info(signature, signer.certificate)
    qualifying = _add(_add(signature, DS, "Object"), XADES, "QualifyingProperties", Target=f"#{identifier}")
    properties = _signed_properties(qualifying, identifier, files, signer, now)
    _signed_info(info, identifier, method, files, properties)
    value.text = _b64(signer.signer.sign(canonical(info, C14N_11)))
    _unsigned_properties(qualifying, identifier, value, signer, services)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=False))


def _signed_info(
    info: Element, identifier: str, method: str, files: Sequence[ContainerFile], properties: Element
) -> None:
    _add(info, DS, "CanonicalizationMethod", Algorithm=C14N_11)
    _add(info, DS, "SignatureMethod", Algorithm=method)
    for number, file in enumerate(files):
        reference = _add(info, DS, "Reference", Id=f"{identifier}-RefId{number}", URI=uri_of(file.name))
        _digest(reference, file.data)
    attributes = {"Id": f"{identifier}-RefIdP", "Type": SIGNED_PROPERTIES, "URI": f"#{properties.get('Id')}"}
    reference = _add(info, DS, "Reference", **attributes)
    _add(_add(reference, DS, "Transforms"), DS, "Transform", Algorithm=C14N_11)
    _digest(reference, canonical(properties, C14N_11))


def _key_info(signature: Element, certificate: x509.Certificate) -> None:
    data = _add(_add(signature, DS, "KeyInfo"), DS, "X509Data")
    _add(data, DS, "X509Certificate").text = _b64(to_der(certificate))


def _signed_properties(
    qualifying: Element, identifier: str, files: Sequence[ContainerFile], signer: ContainerSigner, now: datetime
) -> Element:
    properties = _add(qualifying, XADES, "SignedProperties", Id=f"{identifier}-SignedProperties")
    about = _add(properties, XADES, "SignedSignatureProperties")
    _add(about, XADES, "SigningTime").text = timestamp(now.astimezone(UTC))
    certificate = _add(_add(about, XADES, "SigningCertificateV2"), XADES, "Cert")
    _digest(_add(certificate, XADES, "CertDigest"), to_der(signer.certificate))
    if signer.role is not None:
        roles = _add(_add(about, XADES, "SignerRoleV2"), XADES, "ClaimedRoles")
        _add(roles, XADES, "ClaimedRole").text = signer.role
    objects = _add(properties, XADES, "SignedDataObjectProperties")
    for number, file in enumerate(files):
        form = _add(objects, XADES, "DataObjectFormat", ObjectReference=f"#{identifier}-RefId{number}")
        _add(form, XADES, "MimeType").text = file.media_type
    return properties


def _unsigned_properties(
    qualifying: Element, identifier: str, value: Element, signer: ContainerSigner, services: SigningServices
) -> None:
    token = services.timestamper(canonical(value, C14N_11))
    answer = services.ocsp(signer.certificate, signer.issuer)
    unsigned = _add(_add(qualifying, XADES, "UnsignedProperties"), XADES, "UnsignedSignatureProperties")
    stamp = _add(unsigned, XADES, "SignatureTimeStamp", Id=f"{identifier}-T0")
    _add(stamp, DS, "CanonicalizationMethod", Algorithm=C14N_11)
    _add(stamp, XADES, "EncapsulatedTimeStamp").text = _b64(token)
    certificates = _add(unsigned, XADES, "CertificateValues")
    _add(certificates, XADES, "EncapsulatedX509Certificate", Id=f"{identifier}-CA").text = _b64(to_der(signer.issuer))
    answers = _add(_add(unsigned, XADES, "RevocationValues"), XADES, "OCSPValues")
    _add(answers, XADES, "EncapsulatedOCSPValue", Id=f"{identifier}-N0").text = _b64(answer)


def uri_of(name: str) -> str:
    """Return the reference to a file of the container."""
    return quote(name, safe="/!$&'()*+,;=:@-._~")


def _digest(parent: Element, data: bytes) -> None:
    _add(parent, DS, "DigestMethod", Algorithm=SHA256)
    _add(parent, DS, "DigestValue").text = _b64(hashlib.sha256(data).digest())


def _add(parent: Element, namespace: str, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
