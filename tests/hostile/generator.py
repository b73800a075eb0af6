"""Hostile IFC files, the same bytes each time.

`cd tests && python -m hostile.generator FOLDER` writes all of them.
"""

import sys
from pathlib import Path

from . import archive_cases, graph_cases, shape_cases, text_cases

CASES = (*text_cases.CASES, *graph_cases.CASES, *shape_cases.CASES, *archive_cases.CASES)


def write(case, folder: Path) -> Path:
    """Write one case into `folder` and return its path."""
    path = folder / f"{case.name}{case.suffix}"
    path.write_bytes(case.build())
    return path


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        path = write(case, folder)
        print(f"{path.stat().st_size:>10}  {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
