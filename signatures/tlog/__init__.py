"""A transparency log on disk in the C2SP formats, with its witness, its monitor and its offline proofs."""

from signatures.tlog.keys import LogKey, NoteKey, NoteKeyKind, NoteSigner, WitnessKey
from signatures.tlog.monitor import MonitorReport, MonitorState, monitor
from signatures.tlog.notes import Checkpoint, NoteSignature, SignedNote, parse_checkpoint
from signatures.tlog.policy import CheckedCheckpoint, Group, LogPolicy
from signatures.tlog.proof import LoggedEntry, LogProof, verify_log_proof
from signatures.tlog.store import TileLog
from signatures.tlog.tiles import MAX_ENTRY_BYTES
from signatures.tlog.witness import Witness, WitnessAnswer, WitnessFolder, WitnessMemory, witness_request

__all__ = [
    "MAX_ENTRY_BYTES",
    "CheckedCheckpoint",
    "Checkpoint",
    "Group",
    "LogKey",
    "LogPolicy",
    "LogProof",
    "LoggedEntry",
    "MonitorReport",
    "MonitorState",
    "NoteKey",
    "NoteKeyKind",
    "NoteSignature",
    "NoteSigner",
    "SignedNote",
    "TileLog",
    "Witness",
    "WitnessAnswer",
    "WitnessFolder",
    "WitnessKey",
    "WitnessMemory",
    "monitor",
    "parse_checkpoint",
    "verify_log_proof",
    "witness_request",
]
