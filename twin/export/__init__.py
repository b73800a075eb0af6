"""Ways out of Kaksik: the submitted file, tables, one GLB, CityJSON."""

from twin.export.cityjson import cityjson
from twin.export.glb import merge_scene
from twin.export.tables import TABLES, Table, rows_of
from twin.export.values import Exportable, Format, SubmittedFile
from twin.export.write import media_type, suffix, write

__all__ = [
    "TABLES",
    "Exportable",
    "Format",
    "SubmittedFile",
    "Table",
    "cityjson",
    "media_type",
    "merge_scene",
    "rows_of",
    "suffix",
    "write",
]
