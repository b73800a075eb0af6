"""Certificate data, the printable page, and neighbours before the façades."""

import json
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from api.sentences import sentences_of
from twin.energy import FacadeHorizon, Horizon, Question, assess, certificate, certificate_page, synthetic_tallinn
from twin.energy.bands import Band, Doubt, Sensitivity
from twin.errors import InvalidInput

STREET = Horizon((90.0, 180.0, 270.0), (45.0, 45.0, 45.0))


@pytest.fixture(scope="module")
def report(box_house):
    return assess(box_house, synthetic_tallinn()).to_json()


def test_the_certificate_has_the_names_of_the_register(report):
    data = json.loads(json.dumps(certificate(report, "112345678", date(2026, 11, 22)), allow_nan=False))
    assert data["ehrKood"] == "112345678"
    assert (data["etaKekType"], data["etaKekVal"]) == ("ETA", report["indicator"]["value_kwh_m2"])
    assert data["energiaKlass"] is None
    assert "not the official base year" in data["energiaPuudumisePohjus"]
    assert {row["energiakandja"] for row in data["energiakandjad"]} == {"district-heating", "electricity"}
    assert certificate(report, "tmp-1", date(2026, 11, 22))["ehrKood"] is None


def test_the_page_holds_its_charts_and_fetches_nothing(report):
    page = certificate_page(report, "<i>1")
    assert "<i>1" not in page
    assert not re.search(r"""(src|href|url)\s*[=(]""", page)
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 2
    flows, months = (ET.fromstring(chart) for chart in charts)
    titles = [node.text or "" for node in flows.iter() if node.tag.endswith("title")]
    assert any(title.startswith("Heating:") for title in titles)
    assert sum(node.tag.endswith("rect") for node in months.iter()) == 24
    assert "Why there is no energy class" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "et",
            ("Hoone energiatõhusus: 1", "Miks energiaklassi ei ole", "Küte:", "veebr", "Hoone on üks tsoon.",
             "Klasside piirid pärast", "õhuleke (q50 6,0", "vaikeväärtus"),
        ),
        (
            "fr",
            ("Performance énergétique du bâtiment 1", "Pourquoi il n&#x27;y a pas", "Chauffage:", "févr", ">mur<",
             "Les limites des classes", "fuites d’air (q50 6,0", "valeur par défaut"),
        ),
    ],
)  # fmt: skip
def test_the_page_speaks_three_languages_with_every_reason_and_doubt(report, language, words):
    note = "q50 6.0 m³/(h·m²), unverified base value"
    doubts = Sensitivity(Doubt("air leakage", "infiltration", None, note, 0.6), -8.0, 8.1)
    band = Band(70.0, 61.0, 82.5, 200, 1, (doubts,)).to_json()
    unknown = {**report, "envelope": [{**report["envelope"][0], "u_source": "default-table"}, *report["envelope"]]}
    page = certificate_page(unknown, "1", band, language, sentences_of(language))
    assert f'<html lang="{language}">' in page
    assert [word for word in words if word not in page] == []
    assert 'lang="en"' not in page
    assert not re.search(r"Energy performance|Why there|Heating|Envelope|>wall<|Need of", page)


def test_a_sentence_that_nobody_translated_is_marked(report):
    page = certificate_page({**report, "notes": ["Nobody <i>knows</i> this."]}, "1", language="et")
    assert '<li lang="en">Nobody &lt;i&gt;knows' in page
    with pytest.raises(InvalidInput) as refused:
        certificate_page(report, "1", language="de")
    assert refused.value.reason == "energy-language"


def test_a_person_may_answer_for_the_class(box_house):
    report = assess(box_house, synthetic_tallinn(), question=Question(accept_unofficial=True)).to_json()
    assert report["class"] is None or "on the word of the person" in report["class_reasons"][0]


def test_neighbours_before_the_south_take_its_sun(box_house, report):
    facades = (FacadeHorizon(180.0, 10.0, STREET), FacadeHorizon(0.0, 10.0, Horizon((270.0, 90.0), (0.0, 0.0))))
    shaded = assess(box_house, synthetic_tallinn(), question=Question(horizons=facades)).to_json()
    assert shaded["balance"]["solar_kwh"] < 0.7 * report["balance"]["solar_kwh"]
    assert shaded["need"]["heating_kwh"] > report["need"]["heating_kwh"]
    assert any("Neighbours hide" in note for note in shaded["notes"])
