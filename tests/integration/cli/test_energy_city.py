"""The commands of the city and of carbon: data, exit codes, refusals."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.city import features, head
from twin.service import open_twin
from twin.settings import Settings


@pytest.fixture(scope="module")
def own_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("city-energy") / "kaksik"
    twin = open_twin(Settings(home=home))
    text = "".join(json.dumps(line) + "\n" for line in [head(), *features(30)]).encode()
    twin.city.take(twin.blobs.put(text))
    twin.close()
    return home


@pytest.fixture(scope="module")
def kaksik(own_home):
    def run(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)],
            env={**os.environ, "KAKSIK_HOME": str(own_home), "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


def test_the_city_is_computed_every_night_and_only_what_is_new(kaksik, tmp_path):
    first = json.loads(kaksik("city-energy", "--json").stdout)
    assert (first["computed"], first["kept"]) == (30, 0)
    second = kaksik("city-energy").stdout
    assert "0 computed now, 30 known" in second
    groups = tmp_path / "groups.csv"
    groups.write_text("district,households,median_income_eur,heated_m2_per_household\nA,3,9000,60\n")
    assert "fewer than 10 households" in kaksik("city-energy", "--poverty", groups, code=3).stderr


def test_carbon_of_a_model_says_that_nobody_has_confirmed_anything(kaksik, sample_district, tmp_path):
    model = sample_district / "models" / "120900101_as-designed.ifc"
    found = json.loads(kaksik("gwp", model, "--json", code=1).stdout)
    assert found["a1_a3"]["kg_co2e"] is None
    assert found["a1_a3"]["volume_m3"] > 10.0
    assert found["total_kg_co2e_m2_a"] is None
    assert all(row["reason"] for row in found["materials"])


def test_a_mapping_needs_a_person_who_stands_for_it(kaksik, tmp_path):
    model, mapping = tmp_path / "any.ifc", tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Concrete": "concrete"}))
    assert "Nobody stands" in kaksik("gwp", model, "--mapping", mapping, code=3).stderr
    mapping.write_text("[1]")
    assert "no JSON object" in kaksik("gwp", model, "--mapping", mapping, "--person", "Mari", code=3).stderr
