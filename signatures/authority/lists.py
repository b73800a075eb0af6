"""Signed trusted lists (ETSI TS 119 612) of the demonstration authority, as the EU publishes those of its members."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from cryptography import x509
from lxml import etree

from signatures.asice import ContainerSigner, TrustList, TrustService
from signatures.asice.signing import METHODS, SHA256, SIGNED_PROPERTIES
from signatures.asice.xml import C14N_EXCLUSIVE, DS, XADES, Element, canonical
from signatures.certificates import to_der
from signatures.proofs import timestamp

TSL = "http://uri.etsi.org/02231/v2#"
ADDITIONAL = "http://uri.etsi.org/02231/v2/additionaltypes#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
GRANTED = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
WITHDRAWN = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn"
SERVICE = "http://uri.etsi.org/TrstSvc/Svctype/"
_NAME_OF = "http://uri.etsi.org/TrstSvc/TrustedList"
_MEDIA_TYPE = "application/vnd.etsi.tsl+xml"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ISSUED_EVERY = timedelta(days=180)


def country_list(trust: TrustList, operator: ContainerSigner, now: datetime) -> bytes:
    """Return the signed list of the services of one country."""
    root = _list("EUgeneric", "EE", now, pointers=[])
    providers = _add(root, "TrustServiceProviderList")
    provider = _add(providers, "TrustServiceProvider")
    about = _add(provider, "TSPInformation")
    for name in ("TSPName", "TSPTradeName"):
        _named(about, name, "Kaksik demonstration")
    _address(about, "TSPAddress")
    _uri(about, "TSPInformationURI")
    services = _add(provider, "TSPServices")
    for service in trust.services:
        _service(services, service)
    return _signed(root, operator, now)


def list_of_lists(url: str, operator: ContainerSigner, now: datetime) -> bytes:
    """Return a signed list that points to the country list at `url`, signed by the same operator."""
    return _signed(_list("EUlistofthelists", "EU", now, pointers=[(url, operator.certificate)]), operator, now)


def _list(kind: str, territory: str, now: datetime, pointers: list[tuple[str, x509.Certificate]]) -> Element:
    root = etree.Element(f"{{{TSL}}}TrustServiceStatusList", nsmap={None: TSL, "ds": DS, "add": ADDITIONAL})
    root.set("TSLTag", "http://uri.etsi.org/19612/TSLTag")
    root.set("Id", "list")
    scheme = _add(root, "SchemeInformation")
    _add(scheme, "TSLVersionIdentifier", "5")
    _add(scheme, "TSLSequenceNumber", "1")
    _add(scheme, "TSLType", f"{_NAME_OF}/TSLType/{kind}")
    _named(scheme, "SchemeOperatorName", "Kaksik demonstration")
    _address(scheme, "SchemeOperatorAddress")
    _named(scheme, "SchemeName", f"{territory}:Kaksik demonstration")
    _uri(scheme, "SchemeInformationURI")
    _add(scheme, "StatusDeterminationApproach", f"{_NAME_OF}/StatusDetn/EUappropriate")
    rules = _add(scheme, "SchemeTypeCommunityRules")
    _add(rules, "URI", f"{_NAME_OF}/schemerules/EUcommon").set(_LANGUAGE, "en")
    _add(scheme, "SchemeTerritory", territory)
    notice = _add(_add(scheme, "PolicyOrLegalNotice"), "TSLLegalNotice", "For demonstration only.")
    notice.set(_LANGUAGE, "en")
    _add(scheme, "HistoricalInformationPeriod", "65535")
    _pointers(scheme, pointers)
    _add(scheme, "ListIssueDateTime", timestamp(now))
    _add(_add(scheme, "NextUpdate"), "dateTime", timestamp(now + _ISSUED_EVERY))
    return root


def _pointers(scheme: Element, pointers: list[tuple[str, x509.Certificate]]) -> None:
    if not pointers:
        return
    others = _add(scheme, "PointersToOtherTSL")
    for url, certificate in pointers:
        other = _add(others, "OtherTSLPointer")
        _identity(_add(_add(other, "ServiceDigitalIdentities"), "ServiceDigitalIdentity"), certificate)
        _add(other, "TSLLocation", url)
        extra = _add(other, "AdditionalInformation")
        _add(_add(extra, "OtherInformation"), "TSLType", f"{_NAME_OF}/TSLType/EUgeneric")
        _add(_add(extra, "OtherInformation"), "SchemeTerritory", "EE")
        media = etree.SubElement(_add(extra, "OtherInformation"), f"{{{ADDITIONAL}}}MimeType")
        media.text = _MEDIA_TYPE


def _service(services: Element, service: TrustService) -> None:
    about = _add(_add(services, "TSPService"), "ServiceInformation")
    _add(about, "ServiceTypeIdentifier", SERVICE + service.kind.value)
    _named(about, "ServiceName", service.name)
    _identity(_add(about, "ServiceDigitalIdentity"), service.certificate)
    _add(about, "ServiceStatus", GRANTED if service.withdrawn is None else WITHDRAWN)
    _add(about, "StatusStartingTime", timestamp(service.withdrawn or service.granted))
    if service.withdrawn is not None:
        _history(about.getparent(), service)


def _history(parent: Element, service: TrustService) -> None:
    past = _add(_add(parent, "ServiceHistory"), "ServiceHistoryInstance")
    _add(past, "ServiceTypeIdentifier", SERVICE + service.kind.value)
    _named(past, "ServiceName", service.name)
    _identity(_add(past, "ServiceDigitalIdentity"), service.certificate)
    _add(past, "ServiceStatus", GRANTED)
    _add(past, "StatusStartingTime", timestamp(service.granted))


def _identity(parent: Element, certificate: x509.Certificate) -> None:
    _add(_add(parent, "DigitalId"), "X509Certificate", _b64(to_der(certificate)))


def _named(parent: Element, name: str, text: str) -> None:
    _add(_add(parent, name), "Name", text).set(_LANGUAGE, "en")


def _uri(parent: Element, name: str) -> None:
    _add(_add(parent, name), "URI", "https://kaksik.example/").set(_LANGUAGE, "en")


def _address(parent: Element, name: str) -> None:
    address = _add(parent, name)
    postal = _add(_add(address, "PostalAddresses"), "PostalAddress")
    postal.set(_LANGUAGE, "en")
    for part, text in (("StreetAddress", "-"), ("Locality", "Tallinn"), ("CountryName", "EE")):
        _add(postal, part, text)
    _add(_add(address, "ElectronicAddress"), "URI", "mailto:demo@kaksik.example").set(_LANGUAGE, "en")


def _signed(root: Element, operator: ContainerSigner, now: datetime) -> bytes:
    """Return the list with an enveloped XAdES B-B signature."""
    body = canonical(root, C14N_EXCLUSIVE)
    signature = etree.SubElement(root, f"{{{DS}}}Signature", {"Id": "signature"}, nsmap={"ds": DS, "xades": XADES})
    info = _dsig(signature, "SignedInfo")
    _dsig(info, "CanonicalizationMethod", Algorithm=C14N_EXCLUSIVE)
    _dsig(info, "SignatureMethod", Algorithm=METHODS[operator.signer.public_key.kind])
    value = _dsig(signature, "SignatureValue")
    data = _dsig(_dsig(signature, "KeyInfo"), "X509Data")
    _dsig(data, "X509Certificate").text = _b64(to_der(operator.certificate))
    properties = _properties(signature, operator, now)
    _reference(info, "", body, (ENVELOPED, C14N_EXCLUSIVE))
    last = _reference(info, "#properties", canonical(properties, C14N_EXCLUSIVE), (C14N_EXCLUSIVE,))
    last.set("Type", SIGNED_PROPERTIES)
    value.text = _b64(operator.signer.sign(canonical(info, C14N_EXCLUSIVE)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _properties(signature: Element, operator: ContainerSigner, now: datetime) -> Element:
    holder = etree.SubElement(
        _dsig(signature, "Object"), f"{{{XADES}}}QualifyingProperties", {"Target": "#signature"}
    )
    properties = etree.SubElement(holder, f"{{{XADES}}}SignedProperties", {"Id": "properties"})
    about = etree.SubElement(properties, f"{{{XADES}}}SignedSignatureProperties")
    etree.SubElement(about, f"{{{XADES}}}SigningTime").text = timestamp(now.astimezone(UTC))
    certificates = etree.SubElement(about, f"{{{XADES}}}SigningCertificateV2")
    digest = etree.SubElement(etree.SubElement(certificates, f"{{{XADES}}}Cert"), f"{{{XADES}}}CertDigest")
    _digest(digest, to_der(operator.certificate))
    return properties


def _reference(info: Element, uri: str, data: bytes, steps: tuple[str, ...]) -> Element:
    reference = _dsig(info, "Reference", URI=uri)
    transforms = _dsig(reference, "Transforms")
    for step in steps:
        _dsig(transforms, "Transform", Algorithm=step)
    _digest(reference, data)
    return reference


def _digest(parent: Element, data: bytes) -> None:
    _dsig(parent, "DigestMethod", Algorithm=SHA256)
    _dsig(parent, "DigestValue").text = _b64(hashlib.sha256(data).digest())


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    element = etree.SubElement(parent, f"{{{TSL}}}{name}")
    element.text = text
    return element


def _dsig(parent: Element, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
