"""The engine for a service whose readings lie in PostgreSQL, with TimescaleDB where it is installed."""

from twin.live.postgres.address import ReadingsAddress, parse_readings_url
from twin.live.postgres.engine import PostgresEngine
from twin.live.postgres.move import Moved, move_readings

__all__ = ["Moved", "PostgresEngine", "ReadingsAddress", "move_readings", "parse_readings_url"]
