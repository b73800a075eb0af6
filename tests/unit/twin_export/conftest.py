"""A generated house and its truth, read once."""

import json

import pytest

from ifc import Limits
from twin.export import write
from twin.exports import of_file

HOUSE = "models/120900101_as-designed.ifc"


@pytest.fixture(scope="session")
def house(sample_district):
    return of_file(sample_district / HOUSE, Limits())


@pytest.fixture(scope="session")
def truth(sample_district):
    return json.loads((sample_district / "truth.json").read_text())["files"][HOUSE]


@pytest.fixture
def written(tmp_path):
    """Return a function that writes an export and gives its path."""

    def make(source, form, name):
        write(source, form, tmp_path / name)
        return tmp_path / name

    return make
