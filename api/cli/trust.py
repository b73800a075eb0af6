"""Commands on sealed versions of this installation: seal, status, transition, disclose."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.given import bytes_of
from api.cli.output import Exit, print_json, print_table, say
from api.context import number_of
from twin.catalogue import Version
from twin.errors import InvalidInput
from twin.sealing import (
    Evidence,
    compact,
)
from twin.service import Twin, open_twin
from twin.settings import Settings
from twin.snapshot import Stage

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
Building = Annotated[str, typer.Argument(help="Building id")]
StageName = Annotated[Stage, typer.Argument(help="Line of versions")]
Number = Annotated[str, typer.Argument(help="Number of the version, or latest")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the file")]
Role = Annotated[str | None, typer.Option(help="Role in which this installation signs, with its key for that role")]


def seal(
    building: Building,
    stage: StageName,
    number: Number = "latest",
    output: Output = None,
    public: Annotated[bool, typer.Option(help="Leave the salt secret out")] = False,
    role: Role = None,
    container: Annotated[bool, typer.Option(help="Write an ASiC-E container (.asice) instead")] = False,
    as_json: AsJson = False,
) -> None:
    """Seal a stored version, log it, and write the file that proves it offline."""
    twin = open_twin(Settings())
    try:
        version = twin.catalogue.version(building, stage, number_of(number))
        data = twin.seals.seal(version, "command line", role=role)
        if container:
            data = twin.trust.containers.make(version)
        elif public:
            data = twin.seals.public_bundle(version)
        verdict = twin.seals.verdict(version)
    finally:
        twin.close()
    target = output or Path(f"{_name(version)}.{'asice' if container else 'kaksik-seal'}")
    target.write_bytes(data)
    if as_json:
        print_json({"bundle": str(target), "bytes": len(data), **verdict})
    else:
        say(f"Sealed {version.key} as {verdict['issuer']}: {target} ({len(data)} bytes).")


def status(building: Building, stage: StageName, number: Number = "latest", as_json: AsJson = False) -> None:
    """Show the status of a version (ISO 19650) and what the next transitions ask for."""
    twin = open_twin(Settings())
    try:
        shown = twin.trust.lifecycles.describe(twin.catalogue.version(building, stage, number_of(number)))
    finally:
        twin.close()
    _show_status(shown, as_json)


def transition(
    name: Annotated[str, typer.Argument(help="submit, permit, commence, complete, maintain or revoke")],
    building: Building,
    stage: StageName,
    number: Number = "latest",
    evidence: Annotated[list[str] | None, typer.Option(help="kind=FILE; its digest is sealed")] = None,
    role: Role = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a transition, or sign the pending one in a role. Exit code 1 while signatures are missing."""
    twin = open_twin(Settings())
    try:
        version = twin.catalogue.version(building, stage, number_of(number))
        shown = _transition(twin, version, name, [_evidence(text) for text in evidence or ()], role)
    finally:
        twin.close()
    _show_status(shown, as_json)
    raise typer.Exit(Exit.OK if shown["pending"] is None else Exit.FINDINGS)


def disclose(
    element: Annotated[str, typer.Argument(help="GlobalId of the element")],
    building: Building,
    stage: StageName,
    number: Number = "latest",
    statement: Annotated[str | None, typer.Option(help="Only this one, such as Pset_WallCommon/FireRating")] = None,
    absent: Annotated[bool, typer.Option(help="Prove that the element is not there")] = False,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Write a small file that shows one element of a sealed version, and proves it without showing another."""
    twin = open_twin(Settings())
    try:
        version = twin.catalogue.version(building, stage, number_of(number))
        seals = twin.seals
        data = seals.prove_absence(version, element) if absent else seals.disclose(version, element, statement)
    finally:
        twin.close()
    data = compact(data)
    target = output or Path(f"{_name(version)}.kaksik-proof")
    target.write_bytes(data)
    if as_json:
        print_json({"file": str(target), "bytes": len(data)})
    else:
        say(f"Wrote {target} ({len(data)} bytes). Anyone can check it: kaksik verify {target}")


def _transition(
    twin: Twin, version: Version, name: str, evidence: list[Evidence], role: str | None
) -> dict[str, Any]:
    lifecycles = twin.trust.lifecycles
    pending = lifecycles.describe(version)["pending"]
    if role is not None and pending is not None and pending["transition"] == name and not evidence:
        return lifecycles.sign(version, "command line", role)
    return lifecycles.begin(version, name, evidence, "command line", role)


def _evidence(text: str) -> Evidence:
    kind, separator, path = text.partition("=")
    if not separator or not kind:
        raise InvalidInput("Evidence is given as kind=FILE.", reason="evidence", entity=text[:80])
    return Evidence(kind, Path(path).name[:200], hashlib.sha256(bytes_of(Path(path))).hexdigest())


def _show_status(shown: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    say(f"{shown['building_id']}/{shown['stage']}/{shown['version']} is {shown['status']} ({shown['container']}).")
    if shown["pending"] is not None:
        say(f"Asked for {shown['pending']['to']}: {' '.join(shown['pending']['missing'])}")
    rows = [
        (r["transition"], r["to"], "✓" if d["met"] else "…", d["sentence"])
        for r in shown["next"]
        for d in r["demands"]
    ]
    print_table("Next", ("Transition", "Gives", "", "What it must prove"), rows)


def _name(version: Version) -> str:
    return f"{version.key.building_id}-{version.key.stage.value}-{version.key.number}"
