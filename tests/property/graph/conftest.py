"""The Bolt servers of the integration tests."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "graph_servers", Path(__file__).parents[2] / "integration" / "graph" / "conftest.py"
)
_servers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_servers)
arcadedb, neo4j_server, bolt = _servers.arcadedb, _servers.neo4j_server, _servers.bolt
