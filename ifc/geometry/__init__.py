"""Geometry: meshes, scene chunks, footprints and derived quantities."""
