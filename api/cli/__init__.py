"""The command line of Kaksik."""

from api.cli.app import main

__all__ = ["main"]
