"""No byte of a bundle or an element file is free: any change makes the verdict invalid."""

import io
import zipfile
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from ifc import ElementRecord, MeshSet
from signatures import AnyIssuer, KeySigner, jcs, parse_object, sha256_hex
from twin.sealing import disclose, seal, verify_bundle, verify_disclosure
from twin.snapshot import Snapshot, Stage

SECRET = bytes(range(32))
SIGNER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def _record(number: int) -> ElementRecord:
    return ElementRecord(f"2O2Fr$t4X7Zf8NOew3FL{number:02d}", "IfcWall", property_sets={"P": {"Fire": "REI 60"}})


RECORDS = {record.global_id: record for record in map(_record, range(5))}
SNAPSHOT = Snapshot("112233445", Stage.AS_BUILT, 1, "ab" * 32, RECORDS, MeshSet(()), None)
SEALED = seal(SNAPSHOT, SIGNER, SECRET, None, datetime(2026, 1, 1, tzinfo=UTC), (), [*RECORDS][:1])
DISCLOSED = disclose(SNAPSHOT, SECRET, SEALED.credential, [*RECORDS][1])


def _bundle_valid(data: bytes) -> bool:
    return verify_bundle(data, records=None, file_sha256=None, policy=AnyIssuer()).valid


def _flip(data: bytes, position: int, mask: int) -> bytes:
    return data[:position] + bytes([data[position] ^ mask]) + data[position + 1 :]


def test_untouched_files_are_valid():
    assert _bundle_valid(SEALED.bundle)
    assert verify_disclosure(DISCLOSED, policy=AnyIssuer()).valid


def test_low_bit_of_every_third_byte_of_a_bundle():
    for position in range(0, len(SEALED.bundle), 3):
        assert not _bundle_valid(_flip(SEALED.bundle, position, 1)), position


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(SEALED.bundle) - 1), st.integers(1, 255))
def test_any_change_of_any_byte_of_a_bundle(position, mask):
    assert not _bundle_valid(_flip(SEALED.bundle, position, mask))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(DISCLOSED) - 1), st.integers(1, 255))
def test_any_change_of_any_byte_of_an_element_file(position, mask):
    assert not verify_disclosure(_flip(DISCLOSED, position, mask), policy=AnyIssuer()).valid


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SEALED.bundle)), st.binary(max_size=40), st.integers(0, 40))
def test_bytes_put_in_or_left_out(position, extra, gap):
    data = SEALED.bundle[:position] + extra + SEALED.bundle[position + gap :]
    assert _bundle_valid(data) is (data == SEALED.bundle)


def _packed_again(entries: dict[str, bytes]) -> bytes:
    """The bundle that an attacker makes who knows the format: manifest, checksums and order are right."""
    names = sorted(name for name in entries if name not in {"mimetype", "manifest.json"})
    rows = [{"path": name, "bytes": len(entries[name]), "sha256": sha256_hex(entries[name])} for name in names]
    manifest = {**parse_object(entries["manifest.json"]), "entries": rows}
    entries = {**entries, "manifest.json": jcs(manifest)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ["mimetype", *sorted(name for name in entries if name != "mimetype")]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, entries[name])
    return buffer.getvalue()


def _entries() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(SEALED.bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_packing_again_without_a_change_is_a_valid_control():
    assert _packed_again(_entries()) == SEALED.bundle


NAMES = sorted(name for name in _entries() if name not in {"mimetype", "manifest.json"})


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_any_change_inside_an_entry_with_everything_computed_anew(name, data):
    entries = _entries()
    position = data.draw(st.integers(0, len(entries[name]) - 1))
    mask = data.draw(st.integers(1, 255))
    entries[name] = _flip(entries[name], position, mask)
    assert not _bundle_valid(_packed_again(entries))
