"""RFC 9162 proofs against the vectors of transparency-dev/merkle."""

import base64
import json
from pathlib import Path

import pytest

from signatures import verify_consistency, verify_inclusion

pytestmark = pytest.mark.conformance


def _vectors(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


def _hash(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_every_inclusion_vector_has_the_published_verdict(conformance_dir):
    vectors = _vectors(conformance_dir / "merkle" / "inclusion")
    assert len(vectors) == 98
    for vector in vectors:
        path = [_hash(part) for part in vector["proof"] or ()]
        verdict = verify_inclusion(
            _hash(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], path, _hash(vector["root"])
        )
        assert verdict is not vector["wantErr"], vector


def test_every_consistency_vector_has_the_published_verdict(conformance_dir):
    vectors = _vectors(conformance_dir / "merkle" / "consistency")
    assert len(vectors) == 98
    for vector in vectors:
        path = [_hash(part) for part in vector["proof"] or ()]
        verdict = verify_consistency(
            vector["size1"], vector["size2"], path, _hash(vector["root1"]), _hash(vector["root2"])
        )
        assert verdict is not vector["wantErr"], vector
