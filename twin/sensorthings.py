"""SensorThings for the whole installation: what clients added, and how their changes reach points and models."""

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from ifc import ReadFinding
from twin.bindings import Bindings
from twin.clock import Clock, rfc3339
from twin.live import Point
from twin.live.sensorthings import CREATED, Addition, Additions, Changes, Model

TOKEN_BYTES = 16  # of the chance in the number of a created entity


class SensorThings:
    """What clients of SensorThings created and changed.

    Args:
        path: File of the additions.
        bindings: Points against models.
        clock: Tells the present.
    """

    def __init__(self, path: Path, bindings: Bindings, clock: Clock) -> None:
        self._additions, self._bindings, self._clock = Additions(path), bindings, clock

    def additions(self) -> Mapping[str, Mapping[int, Addition]]:
        """Return all additions by set and number, as they are now."""
        return {kind: self._additions.of(kind) for kind in (*CREATED, "HistoricalLocations")}

    def changes(self, model: Model) -> Changes:
        """Return the door for changes of the entities of `model`."""
        return Changes(
            model,
            self._additions,
            self._register,
            self._bindings.class_of,
            lambda: token_hex(TOKEN_BYTES),
            lambda: rfc3339(self._clock()),
        )

    def _register(self, point: Point) -> tuple[ReadFinding, ...]:
        return self._bindings.take([point])

    def close(self) -> None:
        """Let go of the file."""
        self._additions.close()
