"""Commands around trust: seal, status, transition, disclose, verify, witness, monitor."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from api.cli.files import together
from api.cli.listener import listen
from api.cli.output import Exit, print_json, print_table, say
from api.context import number_of
from api.witness import create_witness, read_over_http
from signatures import (
    AnyIssuer,
    IssuerIs,
    KeyHistories,
    KeyResolver,
    Policy,
    SignatureError,
    Verdict,
    resolve_did_key,
)
from signatures.tlog import LogPolicy, MonitorState, NoteKey, Witness, WitnessFolder, WitnessKey, monitor
from twin.catalogue import Version
from twin.clock import system_clock
from twin.containers import trust_of, verify_asice
from twin.errors import InvalidInput
from twin.keyring import KeyRing
from twin.sealing import (
    Evidence,
    compact,
    is_disclosure,
    read_credential,
    verdict_json,
    verify_bundle,
    verify_disclosure,
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
ASICE = b"mimetypeapplication/vnd.etsi.asic-e+zip"


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


def verify(
    file: Annotated[Path, typer.Argument(help="Sealed bundle, file of one element, or container (.asice)")],
    model: Annotated[
        list[Path] | None,
        typer.Option("--ifc", help="The model that is said to be the sealed one; several in the order of loading"),
    ] = None,
    issuer: Annotated[list[str] | None, typer.Option(help="Identifier of a signer that you trust")] = None,
    log_policy: Annotated[Path | None, typer.Option(help="Log and witnesses that you trust (tlog-policy)")] = None,
    trust: Annotated[Path | None, typer.Option(help="For containers: certificates (PEM)")] = None,
    keys: Annotated[str | None, typer.Option(help="History of the issuer's keys: file, or …/api/v1/log/keys")] = None,
    status_list: Annotated[str | None, typer.Option(help="Status list that the seal names: file or address")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a sealed state, an element of it, or a container, offline and step by step. Exit code 1 if it fails."""
    data = _bytes(file)
    policy: Policy = IssuerIs(frozenset(issuer)) if issuer else AnyIssuer()
    resolver: KeyResolver = resolve_did_key if keys is None else KeyHistories.from_json(json.loads(_from(keys)))
    listed = None if status_list is None else _from(status_list)
    if is_disclosure(data):
        verdict = verify_disclosure(data, policy=policy, resolver=resolver, status_list=listed)
    elif ASICE in data[:200]:
        given = Settings()
        services = trust_of(trust or given.trust_file, given.trust_operators, system_clock())
        verdict = verify_asice(data, services)
    else:
        verdict = _verify_bundle(data, model, policy, log_policy, resolver, listed)
    result = {**verdict_json(verdict), "facts": dict(verdict.facts)}
    if as_json:
        print_json(result)
    else:
        _show_verdict(file.name, result, trusted=bool(issuer) or verdict.facts.get("issuer") is None)
    raise typer.Exit(Exit.OK if verdict.valid else Exit.FINDINGS)


def witness(
    log: Annotated[list[str], typer.Option(help="Verifier key of a log to watch, as its /log address gives it")],
    name: Annotated[str, typer.Option(help="Name of this witness")] = "witness.invalid",
    folder: Annotated[Path, typer.Option(help="Where it keeps its key and what it saw")] = Path(".kaksik-witness"),
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one")] = 8322,
    as_json: AsJson = False,
) -> None:
    """Run a witness: it cosigns checkpoints with Ed25519 and ML-DSA-44, and refuses rollback and rewriting."""
    ring = KeyRing(folder / "keys", None)
    keys = [WitnessKey(name, ring.ed25519("witness")), WitnessKey(name, ring.ml_dsa_44("witness"))]
    key, later = (one.key.vkey for one in keys)
    watched = [NoteKey.from_vkey(text) for text in log]
    app = create_witness(Witness(keys, watched, WitnessFolder(folder / "seen"), system_clock), f"{key}\n{later}")
    listener = listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    if as_json:
        print_json({"address": address, "vkey": key, "ml_dsa_44": later})
    else:
        say(f"Witness at {address}. Put these lines, or one, into the log's policy; the second is post-quantum:")
        say(f"witness {name} {key} {address}\nwitness {name}-pq {later} {address}")
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listener])


def monitor_log(
    log: Annotated[str, typer.Argument(help="Folder of a log, or its address (…/api/v1/log)")],
    policy: Annotated[Path, typer.Option(help="Log and witnesses that are expected (tlog-policy)")],
    state: Annotated[Path, typer.Option(help="Where it remembers how far it read")] = Path("kaksik-monitor.json"),
    as_json: AsJson = False,
) -> None:
    """Replay all new entries of a log against its checkpoint. Exit code 1 if the log contradicts itself."""
    before = MonitorState.from_json(json.loads(state.read_bytes())) if state.is_file() else MonitorState(0, ())

    def fetch(path: str) -> bytes:
        return read_over_http(f"{log.rstrip('/')}/{path}") if "://" in log else _bytes(Path(log) / path)

    report = monitor(LogPolicy.parse(_bytes(policy).decode()), fetch, before, system_clock(), _check_entry)
    state.write_text(json.dumps(report.state.to_json()), encoding="utf-8")
    shown = {"size": report.checkpoint.size, "read": report.read, "findings": list(report.findings)}
    if as_json:
        print_json(shown)
    else:
        say(f"Read {report.read} new entries up to {report.checkpoint.size}.")
        print_table(f"Findings: {len(report.findings)}", ("What is wrong",), [(text,) for text in report.findings])
    raise typer.Exit(Exit.FINDINGS if report.findings else Exit.OK)


def _check_entry(_index: int, entry: bytes) -> str | None:
    """Say what is wrong with an entry: each is a state credential, a transition, a key, or heads of journals."""
    try:
        form = json.loads(entry)
        if str(form.get("format", "")).startswith(("kaksik-transition/", "kaksik-journals/", "kaksik-keys/")):
            return None
        read_credential(entry)
    except (ValueError, AttributeError, InvalidInput, SignatureError) as error:
        return f"It is no entry of a registry: {error}"
    return None


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
    return Evidence(kind, Path(path).name[:200], hashlib.sha256(_bytes(Path(path))).hexdigest())


def _verify_bundle(
    data: bytes,
    model: list[Path] | None,
    policy: Policy,
    log_policy: Path | None,
    resolver: KeyResolver,
    status_list: bytes | None,
) -> Verdict:
    read = None if not model else together(model)
    return verify_bundle(
        data,
        records=None if read is None else read.records,
        file_sha256=None if read is None else read.file_sha256,
        policy=policy,
        log_policy=None if log_policy is None else LogPolicy.parse(_bytes(log_policy).decode()),
        resolver=resolver,
        status_list=status_list,
    )


def _show_verdict(name: str, result: Mapping[str, Any], *, trusted: bool) -> None:
    rows = [(s["number"], s["name"], str(s["verdict"]), s["reason"]) for s in result["steps"]]
    print_table(f"{name}: {result['verdict']}", ("", "Step", "Verdict", "Reason"), rows)
    if result["verdict"] == "valid" and not trusted:
        say(f"Signed by {result['issuer']}. Whether you trust this signer is yours to say: --issuer.")


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


def _from(place: str) -> bytes:
    return read_over_http(place) if "://" in place else _bytes(Path(place))


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InvalidInput("There is no such file.", reason="not-found", entity=str(path))
    return path.read_bytes()
