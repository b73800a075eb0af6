"""A version loaded after another is stored as if it had been loaded alone."""

from twin.snapshot import Stage

HOUSE = "120900101"


def test_a_later_stage_stores_the_meshes_of_a_full_meshing(empty_twin, sample_district, monkeypatch):
    empty_twin.load(sample_district / f"models/{HOUSE}_as-designed.ifc", Stage.AS_DESIGNED)
    known = []
    earlier = empty_twin.ingest._earlier_meshes
    monkeypatch.setattr(
        empty_twin.ingest, "_earlier_meshes", lambda *given: known.append(earlier(*given)) or known[-1]
    )
    built = empty_twin.load(sample_district / f"models/{HOUSE}_as-built.ifc", Stage.AS_BUILT)
    assert known[0] is not None
    assert len(known[0]) > 10
    anew = empty_twin.ingest.remesh(built)
    assert (built.meshes_sha256, built.scene_sha256) == (anew.meshes_sha256, anew.scene_sha256)
