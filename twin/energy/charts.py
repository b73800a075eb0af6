"""Charts as SVG text, made on the server: flows of heat through a year, and the need of each month."""

from collections.abc import Mapping, Sequence
from html import escape

from twin.energy.words import MONTHS, Say

WIDTH, FLOW = 760, 290  # FLOW: height of all heat of the year
LEAST_SLOT = 28.0  # two lines of words
BAR = 18  # width of a node of the flow chart
TOP, SIDE = 16, 225  # room for the words
GAP = 10
LEAST_SHOWN = 0.002  # share of all heat; thinner flows are not drawn
HEAT, COLD, SUN, LIFE, EARTH, AIR, WALL = "#c2410c", "#1d4ed8", "#b45309", "#7c3aed", "#57534e", "#0e7490", "#475569"

# What the balance calls it, in words, and its colour; the sign decides on which side it stands.
FLOWS = (
    ("heating_kwh", "Heating", HEAT),
    ("solar_kwh", "Sun through glass", SUN),
    ("gains_kwh", "People, light, appliances", LIFE),
    ("transmission_kwh", "Walls, windows, roof", WALL),
    ("ventilation_kwh", "Air", AIR),
    ("ground_kwh", "Ground", EARTH),
    ("cooling_kwh", "Cooling", COLD),
)


def flow_chart(balance: Mapping[str, float], language: str = "en") -> str:
    """Return the Sankey chart of a balance, kWh: what enters on the left, what leaves on the right."""
    say = Say(language)
    total = sum(max(balance[name], 0.0) for name, _, _ in FLOWS)
    if total <= 0.0:
        return ""
    shown = [
        (say(words), balance[name], colour)
        for name, words, colour in FLOWS
        if abs(balance[name]) > LEAST_SHOWN * total
    ]
    gains = [(words, kwh, colour) for words, kwh, colour in shown if kwh > 0.0]
    losses = [(words, -kwh, colour) for words, kwh, colour in shown if kwh < 0.0]
    leaving = sum(kwh for _, kwh, _ in losses) or 1.0
    middle = WIDTH / 2
    parts = [*_side(gains, FLOW / total, SIDE, middle), *_side(losses, FLOW / leaving, WIDTH - SIDE, middle)]
    parts.append(f'<rect x="{middle - BAR / 2:.1f}" y="{TOP}" width="{BAR}" height="{FLOW:.1f}" fill="#1c1917"/>')
    words = f"{say('Heat of the year')}: {total:,.0f}".replace(",", " ") + f" {say('kWh enter and leave')}"
    tallest = max(sum(max(kwh * scale, LEAST_SLOT) + GAP for _, kwh, _ in side)
                  for side, scale in ((gains, FLOW / total), (losses, FLOW / leaving)))  # fmt: skip
    return _svg(words, round(tallest) + 2 * TOP, parts)


def _side(flows: Sequence[tuple[str, float, str]], scale: float, edge: float, middle: float) -> list[str]:
    """Return one side of the chart: ribbons from its edge to the bar in the middle, with words beyond the edge."""
    left = edge < middle
    outer = y = float(TOP)
    parts = []
    for words, kwh, colour in flows:
        thick = kwh * scale
        near, far = (edge + BAR, middle - BAR / 2) if left else (edge - BAR, middle + BAR / 2)
        parts.append(_ribbon((near, outer), (far, y), thick, colour, f"{words}: {kwh:.0f} kWh"))
        at = edge if left else edge - BAR
        parts.append(
            f'<rect x="{at:.1f}" y="{outer:.1f}" width="{BAR}" height="{max(thick, 1.0):.1f}" fill="{colour}"/>'
        )
        anchor, x = ("end", edge - 8) if left else ("start", edge + 8)
        parts.append(_text(x, outer + thick / 2.0 - 2.0, words, anchor))
        parts.append(_text(x, outer + thick / 2.0 + 12.0, f"{kwh:,.0f} kWh".replace(",", " "), anchor, "quiet"))
        outer += max(thick, LEAST_SLOT) + GAP
        y += thick
    return parts


def _ribbon(start: tuple[float, float], end: tuple[float, float], thick: float, colour: str, title: str) -> str:
    (x0, y0), (x1, y1) = start, end
    half = (x0 + x1) / 2.0
    path = (
        f"M{x0:.1f} {y0:.1f}C{half:.1f} {y0:.1f} {half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + thick:.1f}C{half:.1f} {y1 + thick:.1f} {half:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )
    return f'<path d="{path}" fill="{colour}" fill-opacity="0.35"><title>{escape(title)}</title></path>'


def month_chart(monthly: Sequence[Mapping[str, float]], language: str = "en") -> str:
    """Return the bars of the need of heat and cold of each month, kWh."""
    height, base, left = 240, 205, 56
    say, months = Say(language), MONTHS[language]
    top = max(max(row["heating_kwh"], row["cooling_kwh"]) for row in monthly) or 1.0
    nice = _nice(top)
    step = (WIDTH - left - 10) / len(monthly)
    parts = [_grid(left, base, share, nice) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    for place, row in enumerate(monthly):
        x = left + place * step
        for offset, name, word, colour in ((0.18, "heating_kwh", "heat", HEAT), (0.52, "cooling_kwh", "cold", COLD)):
            tall = 180.0 * row[name] / nice
            title = f"{months[place]}: {say(word)} {row[name]:.0f} kWh"
            parts.append(
                f'<rect x="{x + offset * step:.1f}" y="{base - tall:.1f}" width="{0.3 * step:.1f}" '
                f'height="{tall:.1f}" fill="{colour}"><title>{title}</title></rect>'
            )
        parts.append(_text(x + step / 2.0, base + 18.0, months[place], "middle"))
    return _svg(say("Need of heat and cold of each month in kWh"), height, parts)


def _grid(left: float, base: float, share: float, nice: float) -> str:
    y = base - 180.0 * share
    line = f'<line x1="{left}" x2="{WIDTH - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d6d3d1"/>'
    return line + _text(left - 6, y + 4.0, f"{nice * share:,.0f}".replace(",", " "), "end", "quiet")


def _nice(value: float) -> float:
    """Return the next round number at or above a value above zero."""
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1.0 else 1.0
    return next((power * step for step in (1.0, 2.0, 3.0, 4.0, 6.0, 8.0) if power * step >= value), power * 10.0)


def _text(x: float, y: float, words: str, anchor: str, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def _svg(label: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(label)}</title>{"".join(parts)}</svg>'
    )
