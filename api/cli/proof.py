"""Commands that need no installation: verify, witness, monitor."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.given import bytes_of, read_over_http
from api.cli.listener import listen
from api.cli.output import Exit, print_json, print_table, say
from ifc import Model
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
from twin.clock import system_clock
from twin.errors import InvalidInput
from twin.keyring import KeyRing
from twin.sealing import (
    is_disclosure,
    read_credential,
    verdict_json,
    verify_bundle,
    verify_disclosure,
)
from twin.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
ASICE = b"mimetypeapplication/vnd.etsi.asic-e+zip"


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
    data = bytes_of(file)
    policy: Policy = IssuerIs(frozenset(issuer)) if issuer else AnyIssuer()
    resolver: KeyResolver = resolve_did_key if keys is None else KeyHistories.from_json(json.loads(_from(keys)))
    listed = None if status_list is None else _from(status_list)
    if is_disclosure(data):
        verdict = verify_disclosure(data, policy=policy, resolver=resolver, status_list=listed)
    elif ASICE in data[:200]:
        verdict = _verify_container(data, trust)
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
    import uvicorn  # a server, which who verifies should not wait for

    from api.witness import create_witness

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
        return read_over_http(f"{log.rstrip('/')}/{path}") if "://" in log else bytes_of(Path(log) / path)

    report = monitor(LogPolicy.parse(bytes_of(policy).decode()), fetch, before, system_clock(), _check_entry)
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


def _verify_bundle(
    data: bytes,
    model: list[Path] | None,
    policy: Policy,
    log_policy: Path | None,
    resolver: KeyResolver,
    status_list: bytes | None,
) -> Verdict:
    read = _together(model) if model else None
    return verify_bundle(
        data,
        records=None if read is None else read.records,
        file_sha256=None if read is None else read.file_sha256,
        policy=policy,
        log_policy=None if log_policy is None else LogPolicy.parse(bytes_of(log_policy).decode()),
        resolver=resolver,
        status_list=status_list,
    )


def _verify_container(data: bytes, trust: Path | None) -> Verdict:
    from twin.containers import trust_of, verify_asice  # with the stores behind it

    given = Settings()
    return verify_asice(data, trust_of(trust or given.trust_file, given.trust_operators, system_clock()))


def _together(models: list[Path]) -> Model:
    from api.cli.files import together  # the reader, which who has only the bundle should not wait for

    return together(models)


def _show_verdict(name: str, result: Mapping[str, Any], *, trusted: bool) -> None:
    rows = [(s["number"], s["name"], str(s["verdict"]), s["reason"]) for s in result["steps"]]
    print_table(f"{name}: {result['verdict']}", ("", "Step", "Verdict", "Reason"), rows)
    if result["verdict"] == "valid" and not trusted:
        say(f"Signed by {result['issuer']}. Whether you trust this signer is yours to say: --issuer.")


def _from(place: str) -> bytes:
    return read_over_http(place) if "://" in place else bytes_of(Path(place))
