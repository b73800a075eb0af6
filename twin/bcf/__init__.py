"""BIM Collaboration Format: topics with views, written and read as BCF 2.1 and 3.0."""

from twin.bcf.address import Bearing, bearing
from twin.bcf.read import read_bcf
from twin.bcf.values import Camera, ClippingPlane, Comment, Project, Topic, Vector, View, Visibility, guid_of
from twin.bcf.write import BcfVersion, write_bcf

__all__ = [
    "BcfVersion",
    "Bearing",
    "Camera",
    "ClippingPlane",
    "Comment",
    "Project",
    "Topic",
    "Vector",
    "View",
    "Visibility",
    "bearing",
    "guid_of",
    "read_bcf",
    "write_bcf",
]
