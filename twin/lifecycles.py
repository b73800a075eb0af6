"""The lifecycle of stored versions: which status each has, and the transitions from one to the next.

A transition seals the version once more, with its evidence and the status it asks for; the status holds from the
moment at which the last of the demanded roles has signed that seal. Both are written into the journal and the log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shapely.geometry import shape

from signatures import jcs, proofs_of, role_of
from twin.catalogue import Catalogue, Entry, Journal, ReportShelf, Version
from twin.deviations import Deviations
from twin.errors import Conflict
from twin.lifecycle import (
    ACCEPTED_AS,
    BEGIN,
    COMMENCED,
    PERMITTED,
    Case,
    Demand,
    Guard,
    Lineage,
    Move,
    Rule,
    check,
    container_of,
    demands,
    diff,
    figure_moves,
    figures,
    forbidden,
    moves,
    parameters,
    rule_for,
    rules_from,
    signatures,
)
from twin.reading import Progress, part, silent
from twin.registry import TRANSITION, Registry
from twin.sealing import Evidence, StateTransition
from twin.seals import Seals
from twin.snapshot import Stage
from twin.snapshots import SnapshotReader

BOOK = "transitions"
Signers = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A version with the status that it has, and the entry that gave it."""

    version: Version
    status: str
    entry: int


class Lifecycles:
    """Status and transitions.

    Args:
        catalogue: Where versions are.
        shelf: Where reports are listed.
        snapshots: Reads what is compared.
        journal: Where transitions are written.
        seals: Seals and signs.
        registry: Logs transitions.
        deviations: Which deviations are accepted.
        reports: Makes the report of each kind that a rule wants frozen.
        signers: Role -> who may sign in it; a role that is not in it may be signed by anyone.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        shelf: ReportShelf,
        snapshots: SnapshotReader,
        journal: Journal,
        seals: Seals,
        registry: Registry,
        deviations: Deviations,
        reports: Mapping[str, Callable[[Version], object]],
        signers: Signers,
    ) -> None:
        self._catalogue = catalogue
        self._shelf = shelf
        self._snapshots = snapshots
        self._journal = journal
        self._seals = seals
        self._registry = registry
        self._deviations = deviations
        self._reports = reports
        self._signers = signers

    def status(self, version: Version) -> str:
        """Return the status of a version."""
        return next((s.status for s in self._standings(version.key.building_id) if s.version == version), BEGIN)

    def describe(self, version: Version) -> dict[str, Any]:
        """Return status, history, what waits for signatures, and what each next transition still asks for."""
        code = self.status(version)
        history = [
            {"time": entry.time, **entry.content}
            for entry in self._journal.entries(BOOK, version.key.building_id)
            if _is_of(entry, version)
        ]
        return {
            "building_id": version.key.building_id,
            "stage": version.key.stage.value,
            "version": version.key.number,
            "status": code,
            "container": container_of(code).value,
            "pending": self._pending(version, code),
            "history": history,
            "next": [self._preview(version, rule) for rule in rules_from(version.key.stage, code)],
        }

    def begin(
        self,
        version: Version,
        name: str,
        evidence: Sequence[Evidence],
        actor: str,
        role: str | None = None,
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Seal a version for a transition, sign in `role` if given, and return how the version stands then.

        Args:
            version: The version.
            name: The transition.
            evidence: The documents it rests on.
            actor: Who asked.
            role: The role in which this installation signs.
            progress: Told how far it is.

        Raises:
            NotFound: (transition) no such transition starts here.
            TransitionRefused: something but the signatures is not proved.
        """
        rule = rule_for(name, version.key.stage, self.status(version))
        for kind in rule.reports:
            progress(0.0, f"Making the {kind} report")
            self._reports[kind](version)
        progress(0.3, "Comparing with the state before")
        check(rule, self._case(version, rule, evidence))
        digest = self._deviations.digest(version.key.building_id) if rule.guard is Guard.ACCEPTED else None
        transition = StateTransition(rule.name, rule.target, digest)
        with self._registry.exclusive():
            self._seals.seal(
                version, actor, transition=transition, evidence=evidence, progress=part(progress, 0.4, 1.0)
            )
            return self._sign(version, actor, role)

    def sign(self, version: Version, actor: str, role: str) -> dict[str, Any]:
        """Sign the seal of a version in `role` with the key that this installation holds for it.

        Raises:
            NotFound: (seal) the version is not sealed.
            Conflict: (already-signed, chained) it cannot be signed so.
        """
        with self._registry.exclusive():
            return self._sign(version, actor, role)

    def merge(self, version: Version, signed: bytes, actor: str) -> dict[str, Any]:
        """Take a proof that somebody added elsewhere to the credential of a version; see `Seals.merge`."""
        with self._registry.exclusive():
            self._seals.merge(version, signed, actor)
            return self._settle(version, actor)

    def settle(self) -> int:
        """Write the transitions that a crash left signed and unwritten, and return how many that were."""
        count = 0
        for building in self._catalogue.buildings():
            for version in self._catalogue.versions(building.building_id):
                before = self.status(version)
                count += self._settle(version, "settle")["status"] != before
        return count

    def moves(self, before: Version, after: Version) -> tuple[Move, ...]:
        """Return the guarded parameters that moved between two versions, figures of the building first."""
        digests = self._catalogue.digests(before.key), self._catalogue.digests(after.key)
        return (*self.figure_moves(before, after), *moves(diff(*digests, self._catalogue.records_of)))

    def figure_moves(self, before: Version, after: Version) -> tuple[Move, ...]:
        """Return the register figures that moved between two versions."""
        return figure_moves(self._figures(before), self._figures(after))

    def _sign(self, version: Version, actor: str, role: str | None) -> dict[str, Any]:
        if role is not None:
            self._seals.seal(version, actor, role=role)
        return self._settle(version, actor)

    def _settle(self, version: Version, actor: str) -> dict[str, Any]:
        """Give the version the status its newest seal asks for, once every role has signed."""
        code = self.status(version)
        pending = self._pending(version, code)
        if pending is not None and not pending["missing"]:
            self._write(version, code, pending, actor)
        return self.describe(version)

    def _write(self, version: Version, code: str, pending: Mapping[str, Any], actor: str) -> None:
        key = version.key
        content = {
            "stage": key.stage.value, "version": key.number, "transition": pending["transition"], "from": code,
            "to": pending["to"], "credential_sha256": pending["credential_sha256"], "signers": pending["signers"],
            "actor": actor,
        }  # fmt: skip
        public = {name: content[name] for name in content if name not in ("actor", "signers")}
        entry = jcs({"format": "kaksik-transition/1", "building": key.building_id, **public})
        self._journal.append(BOOK, key.building_id, content)
        self._registry.note(TRANSITION, entry)

    def _pending(self, version: Version, code: str) -> dict[str, Any] | None:
        """Return the transition that the newest seal of a version asks for and that is not written yet, or None."""
        kept = self._shelf.get(version.key, "seal")
        name = None if kept is None else kept.summary.get("transition")
        if kept is None or name is None or not any(r.name == name for r in rules_from(version.key.stage, code)):
            return None
        rule = rule_for(name, version.key.stage, code)
        form = self._seals.form(version)
        roles = self._roles(form)
        missing = [d.sentence for d in signatures(rule, Case(frozenset(), {}, roles, None)) if not d.met]
        return {
            "transition": name,
            "to": rule.target,
            "credential_sha256": kept.summary["credential_sha256"],
            "signers": {role: sorted(who) for role, who in roles.items()},
            "missing": missing,
        }

    def _roles(self, form: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        """Return who signed in each role, those apart who may not."""
        found: dict[str, frozenset[str]] = {}
        for proof in proofs_of(form):
            role, signer = role_of(proof), proof["verificationMethod"].partition("#")[0]
            if role is not None and signer in self._signers.get(role, frozenset({signer})):
                found[role] = found.get(role, frozenset()) | {signer}
        return found

    def _preview(self, version: Version, rule: Rule) -> dict[str, Any]:
        case = self._case(version, rule, ())
        found: tuple[Demand, ...] = (*demands(rule, case), *signatures(rule, case))
        return {
            "transition": rule.name,
            "to": rule.target,
            "roles": list(rule.roles),
            "evidence": list(rule.evidence),
            "demands": [asdict(demand) for demand in found],
            "moved": [move.to_json() for move in forbidden(rule, case)],
        }

    def _case(self, version: Version, rule: Rule, evidence: Sequence[Evidence]) -> Case:
        kept = {kind: self._shelf.get(version.key, kind) for kind in rule.reports}
        before = self._before(version, rule.lineage)
        moved: tuple[Move, ...] = ()
        if before is not None and rule.guard is not Guard.NONE and before.version.key != version.key:
            moved = self.moves(before.version, version)
        return Case(
            evidence=frozenset(item.kind for item in evidence),
            reports={kind: report.summary for kind, report in kept.items() if report is not None},
            roles={},
            before=None if before is None else f"{before.version.key} ({before.status})",
            moves=moved,
            accepted=self._accepted(before, version, moved) if rule.guard is Guard.ACCEPTED else frozenset(),
            permitted=self._permitted(before, version, moved) if rule.guard is Guard.BRANCH else None,
        )

    def _before(self, version: Version, lineage: Lineage) -> _Standing | None:
        """Return the newest state of the wanted kind that holds now."""
        wanted = ACCEPTED_AS[lineage]
        found = [s for s in self._standings(version.key.building_id) if (s.version.key.stage, s.status) in wanted]
        return max(found, key=lambda standing: standing.entry, default=None)

    def _accepted(
        self, before: _Standing | None, version: Version, moved: Sequence[Move]
    ) -> frozenset[tuple[str, str]]:
        if before is None or not moved:
            return frozenset()
        accepted = self._deviations.of(version.key.building_id)
        old, new = self._catalogue.digests(before.version.key), self._catalogue.digests(version.key)
        return frozenset(
            move.key for move in moved if accepted.allows(move, old.get(move.global_id), new.get(move.global_id))
        )

    def _permitted(
        self, before: _Standing | None, version: Version, moved: Sequence[Move]
    ) -> frozenset[tuple[str, str]] | None:
        """Return the moves to which a design that was permitted after `before` says the same."""
        branches = [
            s
            for s in self._standings(version.key.building_id)
            if s.version.key.stage is Stage.AS_DESIGNED and s.status in (PERMITTED, COMMENCED)
        ]
        branch = max(branches, key=lambda standing: standing.entry, default=None)
        if before is None or branch is None or branch.entry < before.entry:
            return None
        digests = self._catalogue.digests(branch.version.key)
        wanted = {digests[move.global_id] for move in moved if move.global_id in digests}
        records = self._catalogue.records_of(sorted(wanted))
        says = {r.global_id: parameters(r) for r in records.values()}
        still = {move.key for move in figure_moves(self._figures(branch.version), self._figures(version))}
        return frozenset(
            move.key
            for move in moved
            if (move.key not in still if not move.global_id else _value(says, move) == move.after)
        )

    def _figures(self, version: Version) -> dict[str, Any]:
        outline = version.facts.get("footprint_model")
        area = None if outline is None else float(shape(outline).area)
        return figures(version.facts, self._snapshots.read(version).records.values(), area)

    def _standings(self, building_id: str) -> list[_Standing]:
        """Return every version of a building that ever changed its status, with the one it has now."""
        last: dict[tuple[str, int], Entry] = {}
        for entry in self._journal.entries(BOOK, building_id):
            last[entry.content["stage"], entry.content["version"]] = entry
        if not last:
            return []
        by_key = {(v.key.stage.value, v.key.number): v for v in self._catalogue.versions(building_id)}
        return [_Standing(by_key[key], entry.content["to"], entry.number) for key, entry in last.items()]


def read_signers(text: str) -> dict[str, frozenset[str]]:
    """Return who may sign in which role, from lines ``role identifier``.

    Raises:
        Conflict: (signers-file) a line is malformed.
    """
    found: dict[str, frozenset[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2:
            raise Conflict("A line must be: role identifier.", reason="signers-file", line=number)
        found[words[0]] = found.get(words[0], frozenset()) | {words[1]}
    return found


def _value(says: Mapping[str, Mapping[str, tuple[Any, Any]]], move: Move) -> Any:
    return says.get(move.global_id, {}).get(move.path, (None, None))[1]


def _is_of(entry: Entry, version: Version) -> bool:
    return (entry.content["stage"], entry.content["version"]) == (version.key.stage.value, version.key.number)
