"""Commands of who holds the keys: revoke a seal, let a new key issue states."""

from typing import Annotated

import typer

from api.cli.output import print_json, say
from api.cli.trust import AsJson, Building, Number, StageName
from api.context import number_of
from twin.service import open_twin
from twin.settings import Settings


def revoke_seal(
    building: Building,
    stage: StageName,
    number: Number = "latest",
    reason: Annotated[str, typer.Option(help="Why; written into the journal")] = "",
    as_json: AsJson = False,
) -> None:
    """Revoke the seal of a version: from now on its status list says so to whoever asks."""
    twin = open_twin(Settings())
    try:
        version = twin.catalogue.version(building, stage, number_of(number))
        twin.seals.revoke(version, reason, "command line")
        entry = twin.seals.form(version)["credentialStatus"]
    finally:
        twin.close()
    if as_json:
        print_json({"revoked": str(version.key), "entry": entry["id"]})
    else:
        say(f"Revoked the seal of {version.key}: entry {entry['id']}.")


def rotate_key(
    revoke: Annotated[
        bool, typer.Option(help="Trust the old key no more, save for what the log shows to be older")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a new key issue states from now on. The old one stays known, so that its seals can be verified."""
    twin = open_twin(Settings())
    try:
        controller = twin.trust.standing.rotate(revoke=revoke)
    finally:
        twin.close()
    if as_json:
        print_json({"issuer": controller})
    else:
        say(f"States are issued by {controller} from now on.")
