"""Reports for people: a printable page and BCF topics, with pictures of what they are about."""

from twin.report.page import permit_page
from twin.report.picture import to_png, to_svg
from twin.report.topics import topics_of
from twin.report.view import Camera, Drawing, look_at
from twin.report.words import LANGUAGES, word

__all__ = ["LANGUAGES", "Camera", "Drawing", "look_at", "permit_page", "to_png", "to_svg", "topics_of", "word"]
