"""Real models: sealed, saved again by another program, and still the same building."""

import hashlib

import ifcopenshell
import pytest

from ifc import MeshSet, canonical_bytes, read_model
from signatures import AnyIssuer, Outcome
from twin.sealing import record_of, seal, statements_of, verify_bundle
from twin.snapshot import Snapshot, Stage

pytestmark = pytest.mark.models
NAMES = ["fzk_haus_ac20_ifc4.ifc", "duplex_arch_2x3.ifc", "pcert_building_hvac_4x3.ifc", "doubleguids_2x3.ifc"]


@pytest.mark.parametrize("name", NAMES)
def test_saved_again_model_has_the_sealed_content_and_other_bytes(name, models_dir, tmp_path, signer, make):
    path, again = models_dir / name, tmp_path / "again.ifc"
    records = {record.global_id: record for record in read_model(path).records}
    snapshot = Snapshot("112233445", Stage.AS_BUILT, 1, _sha256(path), records, MeshSet(()), None)
    sealed = seal(snapshot, signer, make.secret, None, make.created)
    assert len(sealed.bundle) < 16_000

    ifcopenshell.open(str(path)).write(str(again))
    verdict = verify_bundle(
        sealed.bundle, records=read_model(again).records, file_sha256=_sha256(again), policy=AnyIssuer()
    )
    assert verdict.valid
    assert [step.verdict for step in verdict.steps[-2:]] == [Outcome.FAILED, Outcome.PASSED]


@pytest.mark.parametrize("name", NAMES)
def test_every_record_reads_back_from_its_statements(name, models_dir):
    for record in read_model(models_dir / name).records:
        lines = statements_of("112233445", record)
        assert canonical_bytes(record_of("112233445", lines)) == canonical_bytes(record)


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
