"""Write a version out in one of the formats."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from twin.errors import InvalidInput
from twin.export.city_sequence import cityjson_lines
from twin.export.cityjson import cityjson
from twin.export.glb import merge_scene
from twin.export.sheets import pack, write_csv, write_parquet, write_tables
from twin.export.values import Exportable, Format

_ARCHIVE = "application/zip"
_MEDIA_TYPES: Mapping[Format, str] = {
    Format.IFC: "application/x-step",
    Format.CSV: _ARCHIVE,
    Format.PARQUET: _ARCHIVE,
    Format.GLB: "model/gltf-binary",
    Format.CITYJSON: "application/city+json",
    Format.CITYJSONSEQ: "application/city+json-seq",
}
_SUFFIXES: Mapping[Format, str] = {
    Format.CSV: "-csv.zip",
    Format.PARQUET: "-parquet.zip",
    Format.GLB: ".glb",
    Format.CITYJSON: ".city.json",
    Format.CITYJSONSEQ: ".city.jsonl",
}


def write(source: Exportable, form: Format, target: Path) -> None:
    """Write `source` to `target`.

    Args:
        source: What to write.
        form: The format.
        target: A file; for tables a folder, or an archive if its name ends in ``.zip``. Several submitted files make
            an archive.

    Raises:
        InvalidInput: (target) the tables cannot be written to a file that is no archive.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(source, form, target)
    except OSError as error:
        raise InvalidInput(
            f"The export cannot be written: {error.strerror}.", reason="target", entity=str(target)
        ) from error


def media_type(form: Format, files: int) -> str:
    """Return the media type of an export of a version that was submitted as `files` files."""
    return _ARCHIVE if form is Format.IFC and files > 1 else _MEDIA_TYPES[form]


def suffix(form: Format, source: Exportable) -> str:
    """Return how the name of the export of `source` ends."""
    if form is Format.IFC:
        return "-ifc.zip" if len(source.files) > 1 else Path(source.files[0].name).suffix or ".ifc"
    return _SUFFIXES[form]


def _write(source: Exportable, form: Format, target: Path) -> None:
    if form is Format.IFC:
        _write_submitted(source, target)
    elif form is Format.CSV:
        write_tables(write_csv, "csv", source.records(), target)
    elif form is Format.PARQUET:
        write_tables(write_parquet, "parquet", source.records(), target)
    elif form is Format.GLB:
        target.write_bytes(merge_scene(source.scene(), source.chunk))
    elif form is Format.CITYJSONSEQ:
        with target.open("w", encoding="utf-8") as file:
            file.writelines(cityjson_lines(cityjson(source.snapshot())))
    else:
        text = json.dumps(cityjson(source.snapshot()), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        target.write_text(text, encoding="utf-8")


def _write_submitted(source: Exportable, target: Path) -> None:
    if len(source.files) == 1:
        shutil.copyfile(source.files[0].path, target)
        return
    names: dict[str, Path] = {}
    for place, file in enumerate(source.files, start=1):
        names[file.name if file.name not in names else f"{place}-{file.name}"] = file.path
    pack(names, target)
