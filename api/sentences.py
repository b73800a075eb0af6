"""Sentences of the service in a reader's language, from the files that the viewer shows them by."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from api.viewer import viewer_folder


@cache
def sentences_of(language: str) -> Mapping[str, Any]:
    """Return ``sentences`` and ``terms`` of a language; empty for English, in which they are written."""
    if language == "en":
        return {}
    path = viewer_folder() / "i18n" / f"service.{language}.json"
    catalogue: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return catalogue
