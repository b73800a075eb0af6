"""Sentences of a report in three languages.

The English template is the key: tests write ``say("The room has no {path}.", path=...)`` and `messages.json` holds
the Estonian and French wording of every template. Numbers and elements stay values until a language is chosen.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("et", "en", "fr")
MESSAGES = "messages.json"
ENGLISH: Mapping[str, str] = {"IfcSpace": "Room", "IfcBuildingStorey": "Storey"}  # where the class is no plain word
UNIT_SIGNS: Mapping[str, str] = {
    "1": "",
    "m2": " m²",
    "m3": " m³",
    "W/(m2.K)": " W/(m²·K)",
    "deg": "°",
    "min": " min",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its UCUM unit, written with up to three decimals."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one, written in per cent."""

    value: float


@dataclass(frozen=True, slots=True)
class Words:
    """Words that the catalogue knows, written one after another."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """An element: its IFC class, whose name each language knows, and its own name."""

    ifc_class: str
    name: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template and the values that fill it.

    Attributes:
        template: In English.
        values: Name and value; a value may be a sentence itself.
    """

    template: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        """Return the sentence in English."""
        return render(self, "en")


def say(template: str, **values: Any) -> Sentence:
    """Return a sentence that can be written in every language."""
    return Sentence(template, tuple(values.items()))


def render(sentence: Sentence, language: str) -> str:
    """Write a sentence in one of `LANGUAGES`; a template that nobody translated is written in English."""
    template = sentence.template
    if language != "en":
        template = catalogue().get(template, {}).get(language, template)
    return template.format(**{name: _word(value, language) for name, value in sentence.values})


def render_all(sentences: Iterable[Sentence]) -> dict[str, str]:
    """Return sentences in a row, by language."""
    listed = tuple(sentences)
    return {language: " ".join(render(item, language) for item in listed) for language in LANGUAGES}


def cited(act: str, clause: str) -> dict[str, str]:
    """Return an act and a clause of it as people write them, by language; what nobody translated stays as it is."""
    return {language: ", ".join(filter(None, (_worded(part, language) for part in (act, clause))))
            for language in LANGUAGES}  # fmt: skip


def _worded(text: str, language: str) -> str:
    if language == "en" or text in catalogue():
        return catalogue().get(text, {}).get(language, text)
    return "; ".join(catalogue().get(part, {}).get(language, part) for part in text.split("; "))


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the wording by English template and language; read once, as it comes with the program."""
    found: Mapping[str, Mapping[str, str]] = json.loads((files("twin.permit") / MESSAGES).read_text(encoding="utf-8"))
    return found


def _word(value: Any, language: str) -> Any:
    if isinstance(value, Sentence):
        return render(value, language)
    if isinstance(value, Amount):
        return _number(value.value, language) + UNIT_SIGNS.get(value.unit, f" {value.unit}" if value.unit else "")
    if isinstance(value, Share):
        return _number(round(value.value * 100, 1), language) + " %"
    if isinstance(value, Words):
        return ", ".join(render(Sentence(word), language) for word in value.words)
    if isinstance(value, tuple):
        return ", ".join(str(_word(item, language)) for item in value)
    if isinstance(value, Thing):
        return f"{kind_of(value.ifc_class, language)} '{value.name}'"
    return value


def kind_of(ifc_class: str, language: str) -> str:
    """Return what people call an IFC class: the word of the language, else the class name as English words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", ifc_class.removeprefix("Ifc").removesuffix("StandardCase"))
    plain = ENGLISH.get(ifc_class, words.capitalize())
    return plain if language == "en" else catalogue().get(ifc_class, {}).get(language, plain)


def _number(value: float, language: str) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.replace(".", ",")
