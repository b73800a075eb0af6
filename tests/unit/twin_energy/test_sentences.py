"""Sentences of the service in a reader's language, as the viewer says them."""

import pytest

from twin.energy.sentences import Sentences

TOLD = Sentences({
    "sentences": {
        "It is {} m.": "See on {1} m.",
        "It is {} m from {}.": "{2}: {1} m.",
        "Not known: {}": "Teadmata: {1}",
        "Look.": "Vaata.",
    },
    "terms": {"wall": "sein", "roof": "katus", "air leakage": "õhuleke"},
})  # fmt: skip


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("It is 3.5 m.", "See on 3,5 m."),
        ("It is 3 m from wall, roof or tree.", "sein, katus, tree: 3 m."),
        ("It is 'wall' m.", "See on sein m."),
        ("It is air leakage (wall) m.", "See on õhuleke (sein) m."),
        ("Look. It is 3 m. Look.", "Vaata. See on 3 m. Vaata."),
        ("Not known: It is 3 m.", "Teadmata: See on 3 m."),
        ("wall", "sein"),
        ("Look. Nobody knows.", None),
        ("It is 3 m and more", None),
    ],
)
def test_sentences(english, said):
    assert TOLD.say(english) == said


def test_what_calls_itself_ends():
    assert Sentences({"sentences": {"a {}": "b {1}"}}).say("a " * 200) is not None
