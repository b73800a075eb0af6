"""BIM Collaboration Format: topics with views, written and read as BCF 2.1 and 3.0."""

from twin.bcf.read import read_bcf
from twin.bcf.values import Comment, Project, Topic, View, guid_of
from twin.bcf.write import BcfVersion, write_bcf

__all__ = ["BcfVersion", "Comment", "Project", "Topic", "View", "guid_of", "read_bcf", "write_bcf"]
