"""The limits that hold for every hostile file, and how its outcome is taken."""

from ifc import IfcError, Limits, Reason

LIMITS = Limits(wall_s=20.0, memory_bytes=2 * 1024**3)  # of each child; a person's file gets thirty times the time
SLACK_S = 8.0  # starting children and unpacking, on a machine that does other things too
NAMED = frozenset(Reason) - {Reason.INTERNAL, Reason.RECORD, Reason.NOT_FOUND}


def outcome(work, path):
    """Return what `work` makes of a file, and the error that it raised instead."""
    try:
        return work(path, LIMITS), None
    except IfcError as error:
        return None, error
