"""The printable page of an energy report: one HTML text with its charts in it, nothing fetched from anywhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from twin.energy.charts import flow_chart, month_chart

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


def certificate_page(report: Mapping[str, Any], building_id: str, band: Mapping[str, Any] | None = None) -> str:
    """Return the page of a report.

    Args:
        report: An energy report as JSON.
        building_id: Whose it is.
        band: The band of the heat need as JSON, if it was worked out.
    """
    title = f"Energy performance of building {building_id}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=quiet>{escape(_climate(report))}</p>",
        _figures(report),
        _reasons(report),
        _band(band),
        "<h2>Heat of the year</h2>",
        flow_chart(report["balance"]),
        "<h2>Need of each month</h2>",
        '<p class=quiet>kWh; <span style="color:#c2410c">■</span> heat <span style="color:#1d4ed8">■</span> cold</p>',
        month_chart(report["need"]["monthly"]),
        "<h2>Envelope</h2>",
        _envelope(report["envelope"]),
        "<h2>Delivered energy</h2>",
        _carriers(report["indicator"]),
        "<h2>What to know of it</h2>",
        _list([*report["notes"], *(finding["message"] for finding in report["findings"])]),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>'


def _climate(report: Mapping[str, Any]) -> str:
    name = report["climate"]["name"]
    official = " (official)" if report["climate"]["official"] else "" if "not official" in name else " (not official)"
    rules = report["indicator"]["rules"]
    return f"Calculated with {report['engine']} {report['engine_version']}, climate {name}{official}, rules {rules}"


def _figures(report: Mapping[str, Any]) -> str:
    indicator, need = report["indicator"], report["need"]
    primary = indicator["primary"]
    share = primary["renewable_share"]
    rows = (
        (indicator["class"] or "none", "energy class"),
        (f"{indicator['value_kwh_m2']:.0f}", f"{indicator['kind']}, kWh/(m²·a)"),
        (f"{need['heating_kwh_m2']:.1f}", "need of heat, kWh/(m²·a)"),
        (f"{need['cooling_kwh_m2']:.1f}", "need of cold, kWh/(m²·a)"),
        (f"{report['area_m2']:.0f} m²", "reference area"),
        (f"{primary['non_renewable_kwh_m2']:.0f}", "non-renewable primary, kWh/(m²·a)"),
        ("–" if share is None else f"{100.0 * share:.0f} %", "renewable share"),
        (f"{primary['co2_kg_m2']:.1f}", "kg CO₂/(m²·a)"),
        (f"{report['hours_above_27c']}", "hours above 27 °C without cooling"),
    )
    return '<div class="figures">' + "".join(f"<div><b>{escape(a)}</b>{escape(b)}</div>" for a, b in rows) + "</div>"


def _reasons(report: Mapping[str, Any]) -> str:
    reasons = report["indicator"]["class_reasons"]
    if not reasons:
        return ""
    head = "What the class rests on" if report["indicator"]["class"] else "Why there is no energy class"
    return f'<div class="note"><b>{head}</b>{_list(reasons)}</div>'


def _band(band: Mapping[str, Any] | None) -> str:
    if band is None:
        return ""
    words = f"Nine of ten draws of the doubtful inputs give {band['low_kwh_m2']:.0f} to {band['high_kwh_m2']:.0f}"
    sentences = [one["sentence"] for one in band["sensitivities"][:5]]
    return f"<h2>How sure is it</h2><p>{words} kWh/(m²·a) of heat.</p>{_list(sentences)}"


def _envelope(parts: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (part["orientation"], part["kind"], f"{part['area_m2']:.1f}", f"{part['u_w_m2k']:.2f}", part["u_source"])
        for part in parts
    ]
    return _table(("Direction", "Kind", "Area m²", "U W/(m²·K)", "U from"), rows, numbers=(2, 3))


def _carriers(indicator: Mapping[str, Any]) -> str:
    rows = [
        (name, f"{kwh:,.0f}".replace(",", " "), f"{indicator['exported_kwh'].get(name, 0.0):.0f}")
        for name, kwh in indicator["delivered_kwh"].items()
    ]
    return _table(("Carrier", "Delivered kWh/a", "Exported kWh/a"), rows, numbers=(1, 2))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if place in numbers else ''}>{escape(str(cell))}</{tag}>"
            for place, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def _list(sentences: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>"
