"""The engine for a service whose readings lie in PostgreSQL, with TimescaleDB where it is installed."""

from twin.live.postgres.address import ReadingsAddress, parse_readings_url
from twin.live.postgres.engine import PostgresEngine

__all__ = ["PostgresEngine", "ReadingsAddress", "parse_readings_url"]
