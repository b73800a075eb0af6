"""Authored sample buildings, district and telemetry, with known truth."""
