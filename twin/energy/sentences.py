"""Sentences of the service in a reader's language: English templates with {} for what stands in them."""

import re
from collections.abc import Mapping
from typing import Any

DEEPEST = 3  # a place may hold a sentence, which may hold another
DECIMAL = re.compile(r"-?\d+\.\d+")
NOTED = re.compile(r"([^(]+) \((.+)\)(.*)")  # a name, in brackets where its number comes from, and its size
IN_WORDS = re.compile(r"(?<=\d)\.(?=\d)")


class Sentences:
    """Says sentences in one language, as `ui/sentences.js` does in the viewer.

    Args:
        catalogue: ``sentences`` (English template to words with {1}, {2}) and ``terms``, both may be missing.
    """

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._terms: Mapping[str, str] = catalogue.get("terms", {})
        told: Mapping[str, str] = catalogue.get("sentences", {})
        self._templates = [(english, told[english]) for english in sorted(told, key=len, reverse=True)]

    def say(self, text: str, depth: int = 0) -> str | None:
        """Return one or more sentences in the language, or None if one of them is not known."""
        if depth > DEEPEST:
            return None
        if text in self._terms:
            return self._terms[text]
        return self._match(text, depth) or self._several(text, depth)

    def _match(self, text: str, depth: int) -> str | None:
        for english, words in self._templates:
            found = _places(english, text)
            if found is not None:
                said = [self._place(one, depth + 1) for one in found]
                return _filled(words, said)
        return None

    def _several(self, text: str, depth: int) -> str | None:
        end = text.find(". ")
        while end > 0:
            first = self._match(text[: end + 1], depth)
            rest = self.say(text[end + 2 :], depth + 1) if first else None
            if rest:
                return f"{first} {rest}"
            end = text.find(". ", end + 1)
        return None

    def _place(self, text: str, depth: int) -> str:
        bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
        if DECIMAL.fullmatch(bare):
            return bare.replace(".", ",")
        if bare in self._terms:
            return self._terms[bare]
        noted = NOTED.fullmatch(bare)
        if noted is not None and noted[1] in self._terms:
            return f"{self._terms[noted[1]]} ({self._place(noted[2], depth)}){noted[3]}"
        told = self.say(bare, depth) if depth < DEEPEST and " " in bare else None
        parts = re.split(r", | or ", bare)
        if told is None and len(parts) > 1:
            return ", ".join(self._place(part, depth) for part in parts)
        return told or IN_WORDS.sub(",", bare)


def _places(english: str, text: str) -> tuple[str, ...] | None:
    """Return what stands in the places of a template, or None if the text is not of it."""
    first, *rest = english.split("{}")
    if not text.startswith(first):
        return None
    found = re.fullmatch("(.+?)".join(map(re.escape, (first, *rest))), text, re.DOTALL)
    return None if found is None else found.groups()


def _filled(words: str, said: list[str]) -> str:
    return re.sub(r"\{(\d)\}", lambda at: said[int(at[1]) - 1], words)
