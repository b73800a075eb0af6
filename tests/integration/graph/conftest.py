"""Real Bolt servers as child processes, and the word when one cannot be had."""

import pytest

from benchmarks.bolt_servers import NotToBeHad, arcadedb, neo4j_community


def _served(server, folder):
    try:
        with server(folder) as login:
            yield login
    except NotToBeHad as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def arcadedb_server(tmp_path_factory):
    """Return (url, user, password) of a running ArcadeDB."""
    yield from _served(arcadedb, tmp_path_factory.mktemp("arcadedb"))


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory):
    """Return (url, user, password) of a running Neo4j Community; skip where it cannot be had."""
    yield from _served(neo4j_community, tmp_path_factory.mktemp("neo4j"))


@pytest.fixture(scope="session", params=["arcadedb_server", "neo4j_server"])
def bolt(request):
    """Return (url, user, password) of each Bolt server in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session", params=["arcadedb_server", pytest.param("neo4j_server", marks=pytest.mark.neo4j)])
def bolt_at_length(request):
    """Return the same for what takes long; on Neo4j only where it is asked for by its marker."""
    return request.getfixturevalue(request.param)
