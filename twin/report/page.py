"""A printable page of a permit report: one HTML file that needs nothing from outside."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ifc import ElementRecord
from twin.errors import InvalidInput
from twin.permit import kind_of, label
from twin.report.picture import to_svg
from twin.report.view import look_at
from twin.report.words import LANGUAGES, word
from twin.snapshot import Snapshot

SHOWN = ("fail", "needs_human", "data_missing")  # each with a picture; the others stand in a table
ORDER = (*SHOWN, "pass", "not_applicable")
SIGNS = {"fail": "✗", "needs_human": "?", "data_missing": "…", "pass": "✓", "not_applicable": "–"}
MAX_ELEMENTS = 12  # named below a picture; the JSON report names them all
MAX_NAMED = 3  # elements beside an unmet data requirement
MAX_PICTURES = 200  # a page beyond that is no longer read by anybody; the findings stay
MAX_PICTURE_BYTES = 5 * 2**20  # of all pictures, so that the page stays below 10 MiB
UNITS = {"m2": "m²", "m3": "m³", "1": "", "W/(m2.K)": "W/(m²·K)", "deg": "°"}
COMPARISONS = {">=": "≥", "<=": "≤", "=": "="}
DECIMAL = re.compile(r"(\d)\.(\d)")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z")
STYLE = """
:root{--ink:#1b1f24;--soft:#5b6570;--line:#d4dae0;--fail:#a3200d;--needs_human:#8a5a00;--data_missing:#4a4f9c;
--pass:#1d6b3a;--not_applicable:#5b6570}
*{box-sizing:border-box}
body{margin:0 auto;max-width:960px;padding:24px;font:15px/1.5 system-ui,"Segoe UI",sans-serif;color:var(--ink)}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:32px 0 12px;border-bottom:2px solid var(--line)}
h3{font-size:16px;margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0}dt{color:var(--soft)}dd{margin:0}
.counts{display:flex;flex-wrap:wrap;gap:10px;padding:0;list-style:none}
.counts li{border:1px solid var(--line);border-left:6px solid var(--c);border-radius:4px;padding:6px 14px}
.counts b{font-size:20px;margin-right:6px}
article{border:1px solid var(--line);border-left:6px solid var(--c);border-radius:4px;padding:14px 16px;
margin:0 0 16px;break-inside:avoid}
.badge{color:var(--c);font-weight:600}
.where{color:var(--soft);font-size:13px;margin:2px 0 8px}
.body{display:grid;grid-template-columns:minmax(0,1fr) 384px;gap:16px;align-items:start}
.body>div>p{margin:0 0 8px}
figure{margin:0}figure svg{width:100%;height:auto;border:1px solid var(--line);background:#fff;display:block}
figcaption{color:var(--soft);font-size:12px}
.gids{font-size:12.5px;margin:4px 0 0;padding-left:18px}
code{font:12px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:13.5px}td:first-child .badge{white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:5px 8px;
border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}td:last-child{overflow-wrap:anywhere}
.said{border-left:3px solid var(--line);padding-left:10px;margin:8px 0 0;font-size:13.5px}
.note{color:var(--soft);font-size:13px}
tr{break-inside:avoid}
@page{size:A4;margin:16mm 14mm;
@bottom-right{content:counter(page) " / " counter(pages);font:9pt sans-serif;color:#5b6570}}
@media (max-width:760px){.body{grid-template-columns:1fr}}
@media print{body{max-width:none;padding:0;font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.body{grid-template-columns:minmax(0,1fr) 260px}h2{break-after:avoid}article{padding:10px 12px;margin-bottom:10px}
.counts li{padding:4px 10px}table{font-size:8.5pt}}
"""


def permit_page(
    report: Mapping[str, Any],
    snapshot: Snapshot,
    language: str,
    made: str,
    gates: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return a permit report as a page.

    Args:
        report: As `PermitReport.to_json` gives it; results may carry `justifications` and `rulings`.
        snapshot: The version it is about, for names and pictures.
        language: ``et``, ``en`` or ``fr``.
        made: When, as people shall read it.
        gates: Gate reports as JSON, shown after the findings.

    Raises:
        InvalidInput: (language) the page does not speak it.
    """
    if language not in LANGUAGES:
        raise InvalidInput("The page does not speak it.", reason="language", entity=language[:20], hint="et, en, fr")
    page = _Page(report, snapshot, language)
    body = [page.head(made), *page.findings(), *page.others(), *map(page.gate, gates), page.packs()]
    title = f"{word('title', language)} · {escape(str(report['building_id']))}"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


class _Page:
    """Writes the parts of a page in one language."""

    def __init__(self, report: Mapping[str, Any], snapshot: Snapshot, language: str) -> None:
        self._report = report
        self._snapshot = snapshot
        self._language = language
        self._pictures = 0
        self._drawn_bytes = 0

    def head(self, made: str) -> str:
        report = self._report
        facts = {
            "building": f"{self._name()} ({report['building_id']})",
            "version": f"{word(report['stage'], self._language)} {report['version'] or ''}".strip(),
            "mode": word(report["mode"], self._language),
            "made": _moment(made),
        }
        first, shown, total = report.get("offset", 0), len(report["results"]), report.get("total", 0)
        if shown < total:
            facts["part"] = f"{first + 1}–{first + shown} / {total}"
        rows = "".join(f"<dt>{self._word(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts.items())
        counts = "".join(
            f'<li style="--c:var(--{verdict})"><b>{report["counts"][verdict]}</b>{self._word(verdict)}</li>'
            for verdict in ORDER
        )
        return (
            f"<header><h1>{self._word('title')}</h1><dl>{rows}</dl></header>"
            f'<h2>{self._word("summary")}</h2><ul class="counts">{counts}</ul>'
            f'<p class="note">{self._word("note")}</p>'
        )

    def findings(self) -> list[str]:
        parts = []
        for verdict in SHOWN:
            results = [result for result in self._report["results"] if result["verdict"] == verdict]
            results.sort(key=lambda result: ORDER.index(result["indication"]))  # what a person has to look at first
            if results:
                words = self._word(verdict)
                parts.append(f"<section><h2>{words[0].upper()}{words[1:]} ({len(results)})</h2>")
                parts += [self._finding(result) for result in results]
                parts.append("</section>")
        return parts

    def others(self) -> list[str]:
        results = [result for result in self._report["results"] if result["verdict"] not in SHOWN]
        results.sort(key=lambda result: ORDER.index(result["verdict"]))
        rows = "".join(
            f'<tr><td style="--c:var(--{r["verdict"]})"><span class="badge">{SIGNS[r["verdict"]]} '
            f"{self._word(r['verdict'])}</span></td><td>{_text(r['title'][self._language])}</td>"
            f"<td>{_text(self._clause(r))}</td><td>{_text(r['messages'][self._language])}</td></tr>"
            for r in results
        )
        if not rows:
            return []
        return [f"<h2>{self._word('others')} ({len(results)})</h2>" + self._table(_CHECKS, rows)]

    def gate(self, gate: Mapping[str, Any]) -> str:
        specifications = sorted(gate["specifications"], key=lambda item: ORDER.index(item["status"]))
        rows = "".join(
            f'<tr><td style="--c:var(--{s["status"]})"><span class="badge">{SIGNS[s["status"]]} '
            f"{self._word(s['status'])}</span></td><td>{_text(s['name'])}</td>"
            f"<td>{s['failed']} / {s['applicable']}</td><td>{self._reasons(s)}</td></tr>"
            for s in specifications
        )
        table = self._table(("verdict", "requirement", "failed", "reason"), rows)
        return f'<h2>{self._word("gate")}</h2><p class="note">{_text(gate["title"])}</p>{table}'

    def _reasons(self, specification: Mapping[str, Any]) -> str:
        reasons = specification["reasons"]
        named = " ".join(f"<code>{_text(item['global_id'])}</code>" for item in reasons[:MAX_NAMED])
        more = "" if len(reasons) <= MAX_NAMED else f" + {specification['failed'] - MAX_NAMED} {self._word('more')}"
        return f"{_text(reasons[0]['reason'])}<br>{named}{more}" if reasons else ""

    def packs(self) -> str:
        rows = "".join(
            f"<tr><td>{_text(p['title'][self._language])}</td><td>{_text(p['version'])}</td>"
            f"<td><code>{_text(p['sha256'])}</code></td></tr>"
            for p in self._report["packs"]
        )
        return f"<h2>{self._word('packs')}</h2>" + self._table(("packs", "pack_version", "digest"), rows)

    def _finding(self, result: Mapping[str, Any]) -> str:
        verdict = result["verdict"]
        amounts = (("measured", _measured(result)), ("limit", _limit(result)))
        numbers = [f"{self._label(name)} <b>{_text(self._written(amount))}</b>" for name, amount in amounts if amount]
        if result["indication"] != verdict:
            numbers.append(f"{self._label('found')} <b>{self._word(result['indication'])}</b>")
        source = f"{self._label('source')} {self._word(result['source_status'])}"
        return (
            f'<article style="--c:var(--{verdict})"><h3><span class="badge">{SIGNS[verdict]}</span> '
            f"{_text(result['title'][self._language])}</h3>"
            f'<p class="where">{_text(self._clause(result))} · {source}</p>'
            f'<div class="body"><div><p>{_text(result["messages"][self._language])}</p>'
            + (f"<p>{' · '.join(numbers)}</p>" if numbers else "")
            + self._advice(result)
            + self._said(result)
            + self._elements(result["elements"])
            + f"</div>{self._figure(result)}</div></article>"
        )

    def _advice(self, result: Mapping[str, Any]) -> str:
        """Return what to do; nothing where the machine found nothing wrong and a person only has to confirm."""
        if result["indication"] == "pass":
            return ""
        return f"<p><b>{self._label('advice')}</b> {_text(result['advices'][self._language])}</p>"

    def _elements(self, elements: Sequence[str]) -> str:
        names = [self._element(name) for name in elements[:MAX_ELEMENTS]]
        if len(elements) > MAX_ELEMENTS:
            names.append(f"<li>+ {len(elements) - MAX_ELEMENTS} {self._word('more')}</li>")
        return f'<p class="note">{self._word("elements")}</p><ul class="gids">{"".join(names)}</ul>' if names else ""

    def _said(self, result: Mapping[str, Any]) -> str:
        parts = []
        for name, kind in (("justifications", "justification"), ("rulings", "ruling")):
            for said in result.get(name, ()):
                ruling = f" · {self._word(said['ruling'])}" if said.get("ruling") else ""
                about = f"{self._word(kind)}{ruling} · {_text(said['actor'])}, {_text(said['time'])}"
                parts.append(f'<p class="said"><b>{about}</b><br>{_text(said["text"])}</p>')
        return "".join(parts)

    def _figure(self, result: Mapping[str, Any]) -> str:
        drawing = None
        if self._pictures < MAX_PICTURES and self._drawn_bytes < MAX_PICTURE_BYTES:
            self._pictures += 1
            records = self._snapshot.records
            drawing = look_at(result["elements"], self._snapshot.meshes, records, result["geometry"])
        elif self._snapshot.meshes:
            return ""
        if drawing is None:
            return f"<figure><figcaption>{self._word('no_picture')}</figcaption></figure>"
        caption = "" if drawing.shown else f"<figcaption>{self._word('whole')}</figcaption>"
        picture = to_svg(drawing, _text(result["title"][self._language]))
        self._drawn_bytes += len(picture)
        return f"<figure>{picture}{caption}</figure>"

    def _element(self, global_id: str) -> str:
        record = self._snapshot.records.get(global_id)
        what = "" if record is None else f"{kind_of(record.ifc_class, self._language)} {label(record).name} "
        return f"<li>{_text(what)}<code>{_text(global_id)}</code></li>"

    def _clause(self, result: Mapping[str, Any]) -> str:
        """Return act and clause in the language of the page; of a report from before there were any, in its own."""
        known = result.get("citations")
        return known[self._language] if known else ", ".join(filter(None, (result["act"], result["clause"])))

    def _written(self, amount: str) -> str:
        return amount if self._language == "en" else DECIMAL.sub(r"\1,\2", amount)

    def _table(self, names: Sequence[str], rows: str) -> str:
        head = "".join(f"<th>{self._word(name)}</th>" for name in names)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _name(self) -> str:
        buildings = [r for r in self._snapshot.records.values() if r.ifc_class == "IfcBuilding"]
        return _called(buildings[0]) if buildings else ""

    def _label(self, name: str) -> str:
        """Return a word and its colon; French sets a space before it."""
        return self._word(name) + ("\u00a0:" if self._language == "fr" else ":")

    def _word(self, name: str) -> str:
        return escape(word(name, self._language), quote=True)


_CHECKS = ("verdict", "check", "clause", "finding")


def _called(record: ElementRecord) -> str:
    return str(record.attributes.get("LongName") or record.name or record.global_id)


def _moment(time: str) -> str:
    """Return an RFC 3339 time to the minute, as people read it."""
    found = MOMENT.fullmatch(time)
    return f"{found[1]} {found[2]} UTC" if found else time


def _measured(result: Mapping[str, Any]) -> str:
    measured = result["measured"]
    return "" if measured is None else _amount(measured["value"], measured["unit"])


def _limit(result: Mapping[str, Any]) -> str:
    limit = result["limit"]
    if limit is None:
        return ""
    comparison = COMPARISONS.get(limit["comparison"], limit["comparison"])
    return f"{comparison} {_amount(limit['value'], limit['unit'])}"


def _amount(value: Any, unit: str) -> str:
    number = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    sign = UNITS.get(unit, unit)
    return number + (f" {sign}" if sign else "")


def _text(value: Any) -> str:
    """Return text of a file for HTML: marks escaped, control characters left out."""
    return escape("".join(letter for letter in str(value) if letter.isprintable() or letter == "\n"), quote=True)
