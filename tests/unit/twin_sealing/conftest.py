from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from ifc import ElementRecord, MaterialPart, Measure, MeshSet, Relation, RelationKind
from signatures import AnyIssuer, KeySigner
from twin.sealing import Evidence, seal
from twin.snapshot import Snapshot, Stage

CREATED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = bytes(range(32))


def wall(number: int, fire: str = "REI 60", x: float = 1.0) -> ElementRecord:
    return ElementRecord(
        global_id=f"2O2Fr$t4X7Zf8NOew3FL{number:02d}",
        ifc_class="IfcWall",
        name=f"Sein {number}",
        attributes={"Tag": str(number), "OverallWidth": Measure(4.2, "m", "IfcLengthMeasure")},
        placement=(1.0, 0.0, 0.0, x, 0.0, 1.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        property_sets={"AR_Sein": {"330_Tulekindlus": fire}},
        materials=(MaterialPart("layer", 0, "Betoon", 0.2),),
        relations=(Relation(RelationKind.CONTAINED_IN, "0storey000000000000001"),),
    )


def snapshot_of(
    records: list[ElementRecord], version: int = 1, stage: Stage = Stage.AS_BUILT, building: str = "112233445"
) -> Snapshot:
    by_id = {record.global_id: record for record in records}
    return Snapshot(building, stage, version, "ab" * 32, by_id, MeshSet(()), None)


def signer_of(seed: int) -> KeySigner:
    return KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


@pytest.fixture(scope="session")
def make():
    """The builders above, for tests that need other walls, snapshots or signers."""
    return SimpleNamespace(
        wall=wall, snapshot=snapshot_of, signer=signer_of, created=CREATED, secret=SECRET, any=AnyIssuer()
    )


@pytest.fixture(scope="session")
def signer():
    return signer_of(1)


@pytest.fixture(scope="session")
def stranger():
    return signer_of(2)


@pytest.fixture(scope="session")
def snapshot():
    return snapshot_of([wall(number) for number in range(1, 8)])


@pytest.fixture(scope="session")
def evidence():
    return [Evidence("permit-report", "Eelkontroll", "cd" * 32)]


@pytest.fixture(scope="session")
def sealed(snapshot, signer, evidence):
    shown = [wall(3).global_id]
    return seal(snapshot, signer, SECRET, None, CREATED, evidence, shown)
