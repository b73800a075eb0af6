"""``python -m samples --out DIR`` writes the sample district."""

import argparse
import sys
from pathlib import Path

from samples.writer import generate


def main(arguments: list[str] | None = None) -> int:
    """Write the district into the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m samples", description="Write the sample district.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    chosen = parser.parse_args(arguments)
    manifest = generate(chosen.out, _show)
    sys.stdout.write(f"{len(manifest.files)} models in {chosen.out}\n")
    return 0


def _show(share: float, label: str) -> None:
    sys.stderr.write(f"{share:4.0%} {label}\n")


if __name__ == "__main__":
    raise SystemExit(main())
