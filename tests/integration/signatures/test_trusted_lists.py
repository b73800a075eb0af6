"""Signed trusted lists (ETSI TS 119 612): read, used to judge a container, and refused when changed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from signatures import SignatureError
from signatures.asice import ContainerFile, ServiceKind, create_container, read_trusted_list, verify_container
from signatures.authority import Authority, AuthorityProcess
from signatures.certificates import check_signature

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """An authority, and a container made with its services."""
    with AuthorityProcess(tmp_path_factory.mktemp("authority")) as process:
        file = ContainerFile("credential.json", "application/ld+json", b"{}")
        now = datetime.now(UTC)
        yield (
            process.authority,
            create_container([file], [process.authority.issue("Seal", now)], process.services, now),
        )


@pytest.fixture
def authority(served):
    return served[0]


@pytest.fixture
def container(served):
    return served[1]


def test_signed_trusted_list_is_read(authority, container):
    read = read_trusted_list(authority.country_list(NOW), [authority.certificate], NOW)
    assert {service.kind for service in read.services} == set(ServiceKind)
    assert verify_container(container, read).valid


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.replace(b"granted", b"withdrawn"),
        lambda x: x.replace(b"<TSLSequenceNumber>1", b"<TSLSequenceNumber>2"),
        lambda x: re.sub(rb"<ds:Signature .*</ds:Signature>", b"", x),
        lambda x: re.sub(rb"(<ds:Signature .*</ds:Signature>)", rb"\1\1", x),
        lambda x: re.sub(rb"</TrustServiceStatusList>", b"<a/></TrustServiceStatusList>", x),
        lambda x: x.replace(b"TrustServiceStatusList", b"Other"),
        lambda x: x[:-5],
    ],
)
def test_changed_trusted_list_is_refused(authority, change):
    with pytest.raises(SignatureError):
        read_trusted_list(change(authority.country_list(NOW)), [authority.certificate], NOW)


def test_trusted_list_of_a_stranger_or_expired_is_refused(authority, tmp_path):
    stranger = Authority(tmp_path / "stranger", NOW - timedelta(days=5))
    with pytest.raises(SignatureError, match="somebody else"):
        read_trusted_list(stranger.country_list(NOW), [authority.certificate], NOW)
    with pytest.raises(SignatureError, match="expired"):
        read_trusted_list(authority.country_list(NOW), [authority.certificate], NOW + timedelta(days=400))


def test_short_rsa_key_is_refused():
    key = rsa.generate_private_key(65537, 1024)
    signature = key.sign(b"data", padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(SignatureError, match="1024 bits"):
        check_signature(key.public_key(), signature, b"data", hash_name="sha256")
