"""Reading a signed trusted list (ETSI TS 119 612), as every EU member publishes one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cryptography import x509

from signatures.asice.trust import ServiceKind, TrustList, TrustService
from signatures.asice.xades import algorithm_of, check_digest, check_value, decode_base64
from signatures.asice.xml import C14N_EXCLUSIVE, DS, Element, canonical, only, parse_xml, refused, text_of
from signatures.certificates import load_certificate, to_der
from signatures.errors import Reason, SignatureError

TSL = "http://uri.etsi.org/02231/v2#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SERVICE = "http://uri.etsi.org/TrstSvc/Svctype/"
MAX_SERVICES = 5_000  # the largest lists of the EU have some hundreds
_STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
_KINDS = {SERVICE + kind.value: kind for kind in ServiceKind} | {f"{SERVICE}Certstatus/OCSP": ServiceKind.OCSP}
_TRUSTED = {f"{_STATUS}granted", f"{_STATUS}recognisedatnationallevel", f"{_STATUS}undersupervision"}
_NS = {"tsl": TSL, "ds": DS}


def read_trusted_list(data: bytes, operators: Sequence[x509.Certificate], now: datetime) -> TrustList:
    """Return the services of the trusted list `data`, each with the spans of time in which it was trusted.

    Args:
        data: The list.
        operators: Certificates of those who may sign it.
        now: The time; a list whose next update is past is refused.

    Raises:
        SignatureError: (xades, signature, certificate) malformed, changed, or signed by somebody else; (certificate)
            expired.
    """
    root = parse_xml(data, languages=True)
    if root.tag != f"{{{TSL}}}TrustServiceStatusList":
        raise refused("This is no trusted list.")
    _check_signature(root, operators)
    if _moment(root.findtext("tsl:SchemeInformation/tsl:NextUpdate/tsl:dateTime", None, _NS)) < now:
        raise SignatureError("The trusted list has expired.", reason=Reason.CERTIFICATE)
    services = tuple(span for service in root.iter(f"{{{TSL}}}TSPService") for span in _spans(service))
    if len(services) > MAX_SERVICES:
        raise refused("The trusted list is too long.")
    return TrustList(services)


def _check_signature(root: Element, operators: Sequence[x509.Certificate]) -> None:
    signature = root[-1] if len(root) else root
    if signature.tag != f"{{{DS}}}Signature" or len(root.findall(f".//{{{DS}}}Signature")) != 1:
        raise refused("The trusted list has no signature in its place.")
    info = only(signature, "ds:SignedInfo")
    certificate = load_certificate(
        decode_base64(text_of(only(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")))
    )
    if to_der(certificate) not in {to_der(operator) for operator in operators}:
        raise SignatureError("The trusted list is signed by somebody else.", reason=Reason.CERTIFICATE)
    if algorithm_of(info, "ds:CanonicalizationMethod") != C14N_EXCLUSIVE:
        raise refused("The trusted list is canonicalised in a way that is not accepted.")
    value = decode_base64(text_of(only(signature, "ds:SignatureValue")))
    check_value(info, value, canonical(info, C14N_EXCLUSIVE), certificate)
    whole = [reference for reference in info.findall(f"{{{DS}}}Reference") if reference.get("URI") == ""]
    if len(whole) != 1:
        raise refused("The signature does not cover the trusted list.")
    steps = [step.get("Algorithm") for step in whole[0].findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")]
    if steps != [ENVELOPED, C14N_EXCLUSIVE]:
        raise refused("The trusted list is transformed in a way that is not accepted.")
    check_digest(whole[0], _without(root, signature))


def _without(root: Element, signature: Element) -> bytes:
    """Return the canonical form of the list without its signature, which is its last element."""
    tail, before = signature.tail or "", signature.getprevious()
    if before is None:
        raise refused("The trusted list is empty.")
    root.remove(signature)
    before.tail = (before.tail or "") + tail
    return canonical(root, C14N_EXCLUSIVE)


def _spans(service: Element) -> Iterator[TrustService]:
    """Yield a service once for every span of time in which it had a trusted status."""
    records = [
        *service.findall("tsl:ServiceInformation", _NS),
        *service.findall(".//tsl:ServiceHistoryInstance", _NS),
    ]
    kind = _KINDS.get(records[0].findtext("tsl:ServiceTypeIdentifier", "", _NS)) if records else None
    if kind is None:
        return
    name = records[0].findtext("tsl:ServiceName/tsl:Name", "", _NS)
    held = records[0].findall(".//tsl:X509Certificate", _NS)
    certificates = [load_certificate(decode_base64(text_of(element))) for element in held]
    changes = [
        (_moment(record.findtext("tsl:StatusStartingTime", None, _NS)), _is_trusted(record)) for record in records
    ]
    changes.sort()
    for number, (begin, trusted) in enumerate(changes):
        end = changes[number + 1][0] if number + 1 < len(changes) else None
        if trusted:
            yield from (TrustService(kind, certificate, name, begin, end) for certificate in certificates)


def _is_trusted(record: Element) -> bool:
    return record.findtext("tsl:ServiceStatus", "", _NS) in _TRUSTED


def _begin(record: Element) -> datetime:
    return _moment(record.findtext("tsl:StatusStartingTime", None, _NS))


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise refused("A time in the trusted list is malformed.") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
