"""Authored sample buildings, district and telemetry, with known truth."""

from samples.writer import Manifest, SampleFile, generate

__all__ = ["Manifest", "SampleFile", "generate"]
