"""The printable page of an energy report: one HTML text with its charts in it, nothing fetched from anywhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from twin.energy.charts import flow_chart, month_chart
from twin.energy.words import LANGUAGES, Say
from twin.errors import InvalidInput

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1c1917;background:#fff;max-width:820px;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}p{margin:.3rem 0}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2.2rem;margin:1rem 0}.figures div{min-width:8rem}
.figures b{display:block;font-size:1.5rem}.quiet,small{color:#57534e;fill:#57534e}
svg{width:100%;height:auto;font:13px system-ui,sans-serif}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.2rem .5rem;
border-bottom:1px solid #d6d3d1}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.note{border-left:4px solid #b45309;padding:.4rem .8rem;background:#fffbeb}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}svg,tr{break-inside:avoid}}
"""


def certificate_page(
    report: Mapping[str, Any],
    building_id: str,
    band: Mapping[str, Any] | None = None,
    language: str = "en",
    catalogue: Mapping[str, Any] | None = None,
) -> str:
    """Return the page of a report.

    A sentence that the catalogue does not know stays English and is marked as such.

    Args:
        report: An energy report as JSON.
        building_id: Whose it is.
        band: The band of the heat need as JSON, if it was worked out.
        language: ``et``, ``en`` or ``fr``.
        catalogue: Sentences and terms of the service in this language.

    Raises:
        InvalidInput: (energy-language) there is no such language.
    """
    say = _say(language, catalogue)
    title = f"{say('Energy performance of building')} {building_id}"
    keys = f'<span style="color:#c2410c">■</span> {say("heat")} <span style="color:#1d4ed8">■</span> {say("cold")}'
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=quiet>{escape(_climate(report, say))}</p>",
        _figures(report, say),
        _reasons(report, say),
        _band(band, say),
        f"<h2>{escape(say('Heat of the year'))}</h2>",
        flow_chart(report["balance"], language),
        f"<h2>{escape(say('Need of each month'))}</h2>",
        f"<p class=quiet>kWh; {keys}</p>",
        month_chart(report["need"]["monthly"], language),
        f"<h2>{escape(say('Envelope'))}</h2>",
        _envelope(report["envelope"], say),
        f"<h2>{escape(say('Delivered energy'))}</h2>",
        _carriers(report["indicator"], say),
        f"<h2>{escape(say('What to know of it'))}</h2>",
        _list([*report["notes"], *(finding["message"] for finding in report["findings"])], say),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(body)}</body></html>'


def _say(language: str, catalogue: Mapping[str, Any] | None) -> Say:
    if language not in LANGUAGES:
        raise InvalidInput(
            f"The page is not written in {language!r}.",
            reason="energy-language",
            hint=f"Ask for one of {', '.join(LANGUAGES)}.",
            entity=language[:20],
        )
    return Say(language, catalogue)


def _climate(report: Mapping[str, Any], say: Say) -> str:
    name = report["climate"]["name"]
    known = "official" if report["climate"]["official"] else "not official"
    official = "" if known in name and not report["climate"]["official"] else f" ({say(known)})"
    rules = report["indicator"]["rules"].replace(" version ", f" {say('version')} ")
    engine = f"{report['engine']} {report['engine_version']}"
    return f"{say('Calculated with')} {engine}, {say('climate')} {say(name)}{official}, {say('rules')} {rules}"


def _figures(report: Mapping[str, Any], say: Say) -> str:
    indicator, need = report["indicator"], report["need"]
    primary = indicator["primary"]
    share = primary["renewable_share"]
    unit = ", kWh/(m²·a)"
    rows = (
        (indicator["class"] or say("none"), say("energy class")),
        (say.number(indicator["value_kwh_m2"], 0), indicator["kind"] + unit),
        (say.number(need["heating_kwh_m2"], 1), say("need of heat") + unit),
        (say.number(need["cooling_kwh_m2"], 1), say("need of cold") + unit),
        (f"{say.number(report['area_m2'], 0)} m²", say("reference area")),
        (say.number(primary["non_renewable_kwh_m2"], 0), say("non-renewable primary") + unit),
        ("–" if share is None else f"{100.0 * share:.0f} %", say("renewable share")),
        (say.number(primary["co2_kg_m2"], 1), "kg CO₂/(m²·a)"),
        (say.number(report["hours_above_27c"], 0), say("hours above 27 °C without cooling")),
    )
    return '<div class="figures">' + "".join(f"<div><b>{escape(a)}</b>{escape(b)}</div>" for a, b in rows) + "</div>"


def _reasons(report: Mapping[str, Any], say: Say) -> str:
    reasons = report["indicator"]["class_reasons"]
    if not reasons:
        return ""
    head = "What the class rests on" if report["indicator"]["class"] else "Why there is no energy class"
    return f'<div class="note"><b>{escape(say(head))}</b>{_list(reasons, say)}</div>'


def _band(band: Mapping[str, Any] | None, say: Say) -> str:
    if band is None:
        return ""
    words = say("Nine of ten draws of the doubtful inputs give, kWh/(m²·a) of heat:")
    between = f"{say.number(band['low_kwh_m2'], 0)} {say('to')} {say.number(band['high_kwh_m2'], 0)}"
    sentences = [one["sentence"] for one in band["sensitivities"][:5]]
    return f"<h2>{escape(say('How sure is it'))}</h2><p>{escape(words)} {between}.</p>{_list(sentences, say)}"


def _envelope(parts: Sequence[Mapping[str, Any]], say: Say) -> str:
    rows = [
        (say(part["orientation"]), say(part["kind"]), say.number(part["area_m2"], 1),
         say.number(part["u_w_m2k"], 2), say(part["u_source"]))
        for part in parts
    ]  # fmt: skip
    heads = (say("Direction"), say("Kind"), say("Area m²"), "U W/(m²·K)", say("U from"))
    return _table(heads, rows, numbers=(2, 3))


def _carriers(indicator: Mapping[str, Any], say: Say) -> str:
    rows = [
        (say(name), say.number(kwh, 0), say.number(indicator["exported_kwh"].get(name, 0.0), 0))
        for name, kwh in indicator["delivered_kwh"].items()
    ]
    return _table((say("Carrier"), say("Delivered kWh/a"), say("Exported kWh/a")), rows, numbers=(1, 2))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if place in numbers else ''}>{escape(str(cell))}</{tag}>"
            for place, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def _list(sentences: Sequence[str], say: Say) -> str:
    return "<ul>" + "".join(_item(one, say) for one in sentences) + "</ul>"


def _item(sentence: str, say: Say) -> str:
    foreign = ' lang="en"' if say.foreign(sentence) else ""
    return f"<li{foreign}>{escape(say(sentence))}</li>"
