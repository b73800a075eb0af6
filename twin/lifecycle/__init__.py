"""The lifecycle wing: what changed between two versions or stages of a building."""

from twin.lifecycle.diff import Aspect, Change, ChangedElement, Diff, compare, diff

__all__ = ["Aspect", "Change", "ChangedElement", "Diff", "compare", "diff"]
