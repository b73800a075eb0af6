"""One generated district for all tests of the generator."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ifcopenshell
import pytest

from samples import Manifest, generate


@dataclass(frozen=True)
class District:
    out: Path
    manifest: Manifest
    truth: dict[str, Any]

    def files(self):
        return [(item.file, self.truth["files"][item.file]) for item in self.manifest.files]

    def of(self, building_id: str, stage: str = "as-designed") -> tuple[Any, dict[str, Any]]:
        path = f"models/{building_id}_{stage}.ifc"
        return ifcopenshell.open(str(self.out / path)), self.truth["files"][path]


@pytest.fixture(scope="session")
def district(tmp_path_factory) -> District:
    out = tmp_path_factory.mktemp("district")
    manifest = generate(out)
    return District(out, manifest, json.loads((out / "truth.json").read_text(encoding="utf-8")))
