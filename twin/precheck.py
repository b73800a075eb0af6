"""A permit check before anything is filed: of a model that becomes no version of any building."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ifc import Limits
from twin.around import KnownBuildings, given_place, neighbours_of
from twin.blobs import FileBlobStore
from twin.layers import Layers
from twin.permit import CheckContext, Mode, Pack
from twin.permit import check as run_packs
from twin.reading import Progress, part, understand
from twin.snapshot import Stage

READ_SHARE, CHECKED_SHARE = 0.6, 0.8  # of the progress: reading takes most of it
MAX_RESULT_BYTES = 7 * 2**20  # of the results of a job, which are answered in one piece
MAX_ELEMENTS = 200  # named for each result; more would not be read, and the answer has to stay small


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be checked, by the names of stored bytes.

    Attributes:
        file_sha256: The model.
        mode: Who asks.
        plan_sha256: Plan areas that came along; None takes those of the district.
        parcels_sha256: Parcels that came along; None takes those of the district.
        ids_sha256: An IDS file to run as well.
        place: Easting, northing, height (metres) and rotation (degrees) of the model's origin; None takes what the
            file says.
    """

    file_sha256: str
    mode: Mode = Mode.PRE_CHECK
    plan_sha256: str | None = None
    parcels_sha256: str | None = None
    ids_sha256: str | None = None
    place: tuple[float, float, float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain JSON values."""
        return {**asdict(self), "mode": self.mode.value}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> "Question":
        """Return the question that `to_json` wrote."""
        place = form.get("place")
        return cls(**{**form, "mode": Mode(form["mode"]), "place": None if place is None else tuple(place)})


class Prechecks:
    """Checks models that are not kept: the bytes lie in the store until they are swept, and nothing names them.

    Args:
        blobs: Where the bytes lie meanwhile.
        layers: Plan and parcels of the district.
        known: Its buildings, of which those around the model are looked at.
        packs: The rules.
        limits: What each child process may use.
    """

    def __init__(
        self, blobs: FileBlobStore, layers: Layers, known: KnownBuildings, packs: Sequence[Pack], limits: Limits
    ) -> None:
        self._blobs = blobs
        self._layers = layers
        self._known = known
        self._packs = packs
        self._limits = limits

    def run(self, request: Mapping[str, Any], on_progress: Progress) -> dict[str, Any]:
        """Return the permit report of a model, and what an IDS file says of it; the work of a job.

        ``neighbours`` says how many other buildings were looked at; null means that the model has no trusted place.

        Raises:
            InvalidInput: the plan, the parcels, the place or the IDS file cannot be used.
            IfcReadError: the model cannot be read.
        """
        question = Question.from_json(request)
        path = self._blobs.path(question.file_sha256)
        names = (question.plan_sha256, question.parcels_sha256)
        context = self._layers.given(*(None if name is None else self._blobs.get(name) for name in names))
        model = understand(path, self._limits, part(on_progress, 0.0, READ_SHARE))
        on_progress(READ_SHARE, "Checking")
        snapshot = model.snapshot(Stage.AS_DESIGNED, 0)
        placement = None if question.place is None else given_place(*question.place)
        around = neighbours_of(snapshot, placement, self._known)
        checked = CheckContext(snapshot, *context, around, placement)
        report = run_packs(checked, list(self._packs), question.mode).to_json()
        gate = None
        if question.ids_sha256 is not None:
            ids = self._blobs.get(question.ids_sha256)
            from twin.gate import run_ids  # it loads the reader of IDS

            gate = run_ids(ids, path, self._limits, part(on_progress, CHECKED_SHARE, 1.0)).to_json()
        seen = None if around is None else len(around)
        return {**fitting(report), "neighbours": seen, "gate": gate}


def fitting(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report that an answer can carry: what asks for something stays first, what is left out is counted."""
    asking = ("fail", "needs_human", "data_missing")
    results = sorted(report["results"], key=lambda result: result["verdict"] not in asking)
    kept, room = [], MAX_RESULT_BYTES
    for result in results:
        short = _short(result)
        room -= len(json.dumps(short, ensure_ascii=False).encode())
        if room < 0:
            break
        kept.append(short)
    if len(kept) == len(results):
        kept = [_short(result) for result in report["results"]]
    return {**report, "results": kept, "results_left_out": len(results) - len(kept)}


def _short(result: Mapping[str, Any]) -> dict[str, Any]:
    elements = result["elements"]
    return {**result, "elements": elements[:MAX_ELEMENTS], "elements_total": len(elements)}
