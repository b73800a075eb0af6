"""The Bolt servers of the integration tests."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "graph_servers", Path(__file__).parents[2] / "integration" / "graph" / "conftest.py"
)
_servers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_servers)
arcadedb_server, neo4j_server = _servers.arcadedb_server, _servers.neo4j_server
bolt_at_length = _servers.bolt_at_length
