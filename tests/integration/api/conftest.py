"""A service on a copy of the demo's data, asked without a socket."""

import warnings

import pytest

from api.app import create_app
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient


OWN = "http://127.0.0.1"


@pytest.fixture(scope="module")
def client(home):
    with TestClient(create_app(Settings(home=home, max_upload_bytes=2_000_000)), base_url=OWN) as opened:
        yield opened


@pytest.fixture
def guarded(tmp_path):
    """A service that wants a token."""
    tokens = tmp_path / "tokens"
    tokens.write_text("# who: token\nmari:" + "m" * 32 + "\njaan:" + "j" * 32 + "\n")
    with TestClient(create_app(Settings(home=tmp_path / "home", token_file=tokens)), base_url=OWN) as opened:
        yield opened
