"""Secrets of devices, and the two files that make Mosquitto enforce who may write what.

A secret is shown once and kept as a hash, in the form that Mosquitto reads. A device that shows a certificate
instead is known by the common name in it, which must be its device id.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from twin.errors import InvalidInput
from twin.live.devices import DEVICE_ID, Device
from twin.live.sta_messages import FILTERS, stream_topic

SECRET_BYTES = 24  # 192 bits of chance: nothing to guess, so the hash need not be slow
ITERATIONS = 101  # what mosquitto_passwd takes; the broker computes it at every connection
SALT_BYTES = 12  # what Mosquitto 2 reads
MAX_SECRET_CHARACTERS = 128  # before it is hashed, so that nobody sends megabytes
_FORM = "$7$"  # PBKDF2 with SHA-512, mosquitto_passwd(1)


def hash_secret(secret: str, salt: bytes) -> str:
    """Return the hash of a secret in the form of a Mosquitto password file."""
    return f"{_FORM}{ITERATIONS}${base64.b64encode(salt).decode()}${_digest(secret, salt, ITERATIONS)}"


def _digest(secret: str, salt: bytes, iterations: int) -> str:
    return base64.b64encode(hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, iterations)).decode()


def secret_matches(secret: str, stored: str) -> bool:
    """Tell, in constant time, whether `secret` is the one that was hashed as `stored`."""
    if len(secret) > MAX_SECRET_CHARACTERS or not secret.isascii():
        return False
    _, _, iterations, salt, digest = stored.split("$")
    return hmac.compare_digest(_digest(secret, base64.b64decode(salt), int(iterations)), digest)


def password_file(hashes: Mapping[str, str]) -> str:
    """Return a Mosquitto password file.

    Args:
        hashes: By user name; see `hash_secret`.

    Raises:
        InvalidInput: (device-invalid) a name could be read as two lines or two fields.
    """
    for name in hashes:
        _need_name(name)
    return "".join(f"{name}:{stored}\n" for name, stored in sorted(hashes.items()))


def acl_file(
    devices: Iterable[Device], root: str, reader: str, *, commands: bool = False, sensorthings: bool = False
) -> str:
    """Return a Mosquitto access control file: each device writes its own points, `reader` reads all and writes none.

    Args:
        devices: All that may speak.
        root: First level of the topics.
        reader: User name of this service at the broker.
        commands: Whether `reader` may send commands, and each device hear those for its own points.
        sensorthings: Whether `reader` may publish Observations, and each device create those of its own points.

    Raises:
        InvalidInput: (device-invalid) a name could be read as two lines.
    """
    sends = [f"write {root}/v1/+/+/set"] if commands else []
    sends += [f"readwrite {topic}" for topic in FILTERS] if sensorthings else []
    blocks = [_block(reader, [f"read {root}/v1/+/+/obs", "read application/#", "read v3/#", *sends])]
    for device in sorted(devices, key=lambda item: item.device_id):
        topics = [f"{root}/v1/{device.building_id}/{point}" for point in sorted(device.points)]
        own = [f"write {topic}/obs" for topic in topics] + [f"read {topic}/set" for topic in topics if commands]
        if sensorthings:
            own += [f"write {stream_topic(device.building_id, point)}" for point in sorted(device.points)]
        blocks.append(_block(device.device_id, own))
    return "\n".join(blocks)


def _block(user: str, rules: list[str]) -> str:
    _need_name(user)
    return "".join([f"user {user}\n", *(f"topic {rule}\n" for rule in rules)])


def _need_name(name: str) -> None:
    if not DEVICE_ID.fullmatch(name):
        raise InvalidInput(
            "This cannot be the name of a user at the broker.",
            reason="device-invalid",
            hint=f"It has the form {DEVICE_ID.pattern}.",
            entity=name[:64],
        )
