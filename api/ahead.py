"""What an address of the viewer will ask for first: the page links to it, so that no answer waits for another."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from api.context import number_of
from twin.errors import NotFound, TwinError
from twin.service import Twin
from twin.snapshot import Stage

API = "api/v1"
LATEST_FIRST = (Stage.AS_MAINTAINED, Stage.AS_BUILT, Stage.AS_DESIGNED)  # as the viewer chooses
# What makes a building recognisable comes first: as in viewer/static/js/building/opening.js.
BANDS = ("structure", "architecture", "site", "services", "furniture", "spaces")
CHUNKS = 4  # asked for at once, as there
MAX_SCENES = 256  # whose first chunks are kept in mind: 300 bytes each
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


@dataclass(slots=True)
class Ahead:
    """Knows what is asked for first; keeps in mind the first chunks of the scenes that were opened last."""

    _chunks: dict[str, list[str]] = field(default_factory=dict)

    def asked(self, request: Request) -> list[str]:
        """Return addresses below the page; none for who may not ask, or where there is nothing to see."""
        twin: Twin | None = getattr(request.app.state, "twin", None)
        building = request.query_params.get("building", "")
        if twin is None or getattr(request.state, "actor", None) is None or not _NAME.fullmatch(building):
            return []
        try:
            return self._of(twin, building, request.query_params)
        except (TwinError, ValueError):  # the viewer asks again and says what is wrong
            return []

    def _of(self, twin: Twin, building: str, query: Mapping[str, str]) -> list[str]:
        number = query.get("version") or "latest"
        stages = [Stage(query["stage"])] if query.get("stage") else LATEST_FIRST
        found = (_scene_of(twin, building, stage, number_of(number)) for stage in stages)
        stage, scene = next(filter(None, found), ("", ""))
        if not scene:
            return []
        if scene not in self._chunks:
            while len(self._chunks) >= MAX_SCENES:
                self._chunks.pop(next(iter(self._chunks)), None)
            self._chunks[scene] = first_chunks(json.loads(twin.blobs.get(scene))["chunks"])
        version = f"{API}/buildings/{building}/versions/{stage}/{number}"
        blobs = [f"{API}/blobs/{sha256}.glb" for sha256 in self._chunks[scene]]
        return [f"{version}/scene", *blobs]


def first_chunks(chunks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the chunks that the viewer asks for at once."""
    order = sorted(chunks, key=lambda chunk: BANDS.index(chunk["band"]))
    return [chunk["sha256"] for chunk in order[:CHUNKS]]


def _scene_of(twin: Twin, building: str, stage: Stage, number: int | None) -> tuple[str, str] | None:
    """Return the stage and the scene of a version, or None."""
    try:
        return stage.value, twin.catalogue.version(building, stage, number).scene_sha256
    except NotFound:
        return None
