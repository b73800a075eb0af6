"""ASiC-E containers with XAdES signatures, time-stamps and OCSP answers, as Estonian DigiDoc software uses them."""

from signatures.asice.ocsp import HttpOcsp, OcspSource, verify_ocsp
from signatures.asice.signing import (
    ContainerFile,
    ContainerSigner,
    SigningServices,
    add_signature,
    create_container,
)
from signatures.asice.timestamps import HttpTimestamper, Post, Timestamper, timestamp_request, verify_timestamp
from signatures.asice.trust import ServiceKind, TrustList, TrustService, merged
from signatures.asice.trusted_list import read_trusted_list
from signatures.asice.validation import ContainerVerdict, SignatureVerdict, verify_container

__all__ = [
    "ContainerFile",
    "ContainerSigner",
    "ContainerVerdict",
    "HttpOcsp",
    "HttpTimestamper",
    "OcspSource",
    "Post",
    "ServiceKind",
    "SignatureVerdict",
    "SigningServices",
    "Timestamper",
    "TrustList",
    "TrustService",
    "add_signature",
    "create_container",
    "merged",
    "read_trusted_list",
    "timestamp_request",
    "verify_container",
    "verify_ocsp",
    "verify_timestamp",
]
