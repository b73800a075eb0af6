"""Encodings in which the service hands out what it knows."""

from api.formats.thematic import thematic_json

__all__ = ["thematic_json"]
