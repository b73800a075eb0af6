"""What a permit check says: verdicts, results and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from twin.permit.sentences import Sentence, cited


class Verdict(StrEnum):
    """The answer to one check; missing data is never a pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NEEDS_HUMAN = "needs_human"
    DATA_MISSING = "data_missing"


class SourceStatus(StrEnum):
    """How well the number of a rule is known."""

    VERIFIED = "verified"  # read in the act or the official document
    SECONDARY = "secondary"  # read in a summary, a press article, somebody else's program
    UNVERIFIED = "unverified"  # no source could be opened


class Mode(StrEnum):
    """Who asks; decides how much a weak source may say."""

    PRE_CHECK = "pre-check"  # the applicant, before filing: a secondary source decides, with a warning
    FORMAL = "formal"  # the authority: only a verified source decides


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value with its UCUM unit; the unit is empty for text."""

    value: float | int | str | bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measured value is compared with.

    Attributes:
        value: The limit.
        unit: UCUM unit, empty for text.
        comparison: ``>=``, ``<=``, ``<``, ``>``, ``=``, ``in``, ``matches`` or ``inside``.
        tolerance: How far a value may lie beyond the limit and still comply, in the same unit; 0 for none.
    """

    value: float | int | str | bool
    unit: str
    comparison: str
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A piece of geometry that shows what a result is about.

    Attributes:
        type: ``polygon`` (rings of positions, the outer one first), ``line`` (two positions), ``path``, ``points``
            (lists of positions) or ``box`` (lowest and highest corner).
        crs: ``model`` (metres, three numbers) or ``EPSG:3301`` (easting and northing).
        coordinates: As `type` says.
    """

    type: str
    crs: str
    coordinates: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test found for one group of elements, before the source of the rule is weighed.

    Attributes:
        verdict: The answer.
        message: One sentence with the numbers.
        measured: The deciding value.
        limit: What it was compared with.
        elements: GlobalIds concerned.
        picture: Geometry that shows it.
        doubts: Sentences that weaken the answer.
        capped: The doubts are such that no machine may decide: a pass or fail becomes `NEEDS_HUMAN`.
    """

    verdict: Verdict
    message: Sentence
    measured: Quantity | None = None
    limit: Limit | None = None
    elements: tuple[str, ...] = ()
    picture: Picture | None = None
    doubts: tuple[Sentence, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One answer of one rule about one group of elements.

    Attributes:
        check_id: Identifier of the rule.
        pack_id: Identifier of its pack.
        pack_sha256: SHA-256 (hex) of the pack file, so that the very text of the rule can be found again.
        title: The rule in Estonian, English and French.
        act: The act or standard.
        clause: The clause in it.
        verdict: The answer.
        indication: What the machine found before the source of the rule, the asker and the doubts were weighed; a
            pre-check shows it with the warning that the verdict stands for.
        source_status: How well the rule's number is known.
        messages: One sentence with the numbers and the doubts, by language.
        advices: What to change, or which data to add and where, by language.
        measured: The deciding value, if there is one.
        limit: What it was compared with.
        elements: GlobalIds concerned, sorted.
        geometry: A picture, if there is one.
    """

    check_id: str
    pack_id: str
    pack_sha256: str
    title: Mapping[str, str]
    act: str
    clause: str
    verdict: Verdict
    indication: Verdict
    source_status: SourceStatus
    messages: Mapping[str, str]
    advices: Mapping[str, str]
    measured: Quantity | None = None
    limit: Limit | None = None
    elements: tuple[str, ...] = ()
    geometry: Picture | None = None

    @property
    def message(self) -> str:
        """Return the sentence in English."""
        return self.messages["en"]

    @property
    def advice(self) -> str:
        """Return what to change in English."""
        return self.advices["en"]

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return {
            "check_id": self.check_id,
            "pack_id": self.pack_id,
            "pack_sha256": self.pack_sha256,
            "title": dict(self.title),
            "act": self.act,
            "clause": self.clause,
            "citations": cited(self.act, self.clause),
            "verdict": self.verdict.value,
            "indication": self.indication.value,
            "source_status": self.source_status.value,
            "message": self.message,
            "messages": dict(self.messages),
            "advice": self.advice,
            "advices": dict(self.advices),
            "measured": _quantity(self.measured),
            "limit": _limit(self.limit),
            "elements": list(self.elements),
            "geometry": _picture(self.geometry),
        }


@dataclass(frozen=True, slots=True)
class PackUse:
    """Which pack was used: its identifier, title, version and the SHA-256 (hex) of its file."""

    pack_id: str
    title: Mapping[str, str]
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PermitReport:
    """All answers about one version of one building.

    Attributes:
        building_id: The building.
        stage: The line of versions.
        version: Number in that line.
        mode: Who asked.
        packs: The packs that were run, in order.
        results: The answers, in order of pack, rule, verdict and elements.
    """

    building_id: str
    stage: str
    version: int
    mode: Mode
    packs: tuple[PackUse, ...]
    results: tuple[CheckResult, ...] = field(repr=False)

    def counts(self) -> dict[str, int]:
        """Return how many results have each verdict; every verdict is named."""
        counts = {verdict.value: 0 for verdict in Verdict}
        for result in self.results:
            counts[result.verdict.value] += 1
        return counts

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "building_id": self.building_id,
            "stage": self.stage,
            "version": self.version,
            "mode": self.mode.value,
            "packs": [
                {"id": pack.pack_id, "title": dict(pack.title), "version": pack.version, "sha256": pack.sha256}
                for pack in self.packs
            ],
            "counts": self.counts(),
            "results": [result.to_json() for result in self.results],
        }


def _quantity(quantity: Quantity | None) -> dict[str, Any] | None:
    return None if quantity is None else {"value": _short(quantity.value), "unit": quantity.unit}


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {
        "value": _short(limit.value),
        "unit": limit.unit,
        "comparison": limit.comparison,
        "tolerance": _short(limit.tolerance),
    }


def _picture(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {"type": picture.type, "crs": picture.crs, "coordinates": _rounded(picture.coordinates)}


def _short(value: float | int | str | bool) -> float | int | str | bool:
    return round(value, 6) if isinstance(value, float) else value


def _rounded(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(float(value), 4)  # a tenth of a millimetre is enough for a picture
