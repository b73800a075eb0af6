"""Which faults of a simulated year the rules find, miss and cry wolf about, by kind, as a table.

The faults are simulated physically (`samples.telemetry`), the rules are those of the service and see readings only.
Limits were chosen on the years `TUNED`; what is published is of the years `REPORTED`, which were not looked at.

Run: `python -m benchmarks.faults [--seeds 11 12] [--write]`; `--write` puts the table into docs/explanation/live.md.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from samples.telemetry import Fault, FaultKind, Simulator, Site, office_points, plan_faults
from twin.live import Point, point_from_json
from twin.live.rules import AlarmBook, Alarms, Outbox, rule_from_json

TUNED = (1, 2)
REPORTED = (3, 4, 5, 6, 7, 8, 11, 12, 13, 14)
BUILDING = "199000001"
ROOMS = 16
FAULTS_EACH = 2  # of each kind in a year
YEAR = 2025
LOOK_EVERY = timedelta(minutes=30)  # the service looks every second; the delays of the rules are longer than this
GRACE = timedelta(hours=12)  # after a repair: an alarm of the last hours of a fault is not a false one
DAY_S = 86_400.0
PAGE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "live.md"

# Which fault each rule is there to find, and the rule; {temps} and such are filled in.
RULES: tuple[tuple[FaultKind, Mapping[str, Any]], ...] = (
    (FaultKind.VALVE_OPEN, {"rule_id": "too-warm", "kind": "deviation", "points": "temp", "reference": "@setpoint",
                            "above": 3.5, "hysteresis": 1.0, "delay_s": 6 * 3600,
                            "when": {"point_id": "outdoor-temp", "below": 9.0}}),
    (FaultKind.VALVE_CLOSED, {"rule_id": "too-cold", "kind": "deviation", "points": "temp", "reference": "@setpoint",
                              "below": -2.0, "hysteresis": 0.5, "delay_s": 7 * 3600}),
    (FaultKind.WINDOW, {"rule_id": "falls-fast", "kind": "rate", "points": "temp", "below": -1.3, "hysteresis": 0.8,
                        "window_s": 7200, "delay_s": 3000}),
    (FaultKind.FAN, {"rule_id": "stuffy", "kind": "threshold", "points": "co2", "above": 1400, "hysteresis": 100,
                     "delay_s": 1800}),
    (FaultKind.LEAK, {"rule_id": "never-stops", "kind": "least", "points": ["water"], "above": 0.008,
                      "window_s": DAY_S}),
    (FaultKind.CYCLING, {"rule_id": "starts-often", "kind": "cycles", "points": ["heat-pump-power"], "above": 2.5,
                         "hysteresis": 0.5, "window_s": 3 * 3600}),
    (FaultKind.SUBMETER, {"rule_id": "unexplained", "kind": "balance", "above": 0.03, "hysteresis": 0.01,
                          "window_s": 3 * DAY_S,
                          "points": ["electricity", "electricity-heat-pump", "electricity-ventilation",
                                     "electricity-light-and-plugs"]}),
    (FaultKind.DRIFT, {"rule_id": "unlike-others", "kind": "drift", "points": "temp", "above": 1.8, "below": -1.8,
                       "hysteresis": 0.4, "window_s": 7 * DAY_S}),
    (FaultKind.FROZEN, {"rule_id": "never-changes", "kind": "flat", "points": "sensor", "below": 0.005,
                        "window_s": DAY_S}),
    (FaultKind.SILENT, {"rule_id": "silent", "kind": "missing", "points": "sensor", "above": 3600}),
)  # fmt: skip


@dataclass(frozen=True)
class Year:
    """All readings of a year, answered as the live wing answers, up to the present of a clock that is moved."""

    known: tuple[Point, ...]
    times_us: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]
    seen: Mapping[str, tuple[list[float], list[float | None]]]  # time and value of the newest at each look
    clock: "Clock"

    def points(self, _building_id: str, _global_id: str | None = None) -> tuple[Point, ...]:
        return self.known

    def latest(self, _building_id: str) -> dict[str, Any]:
        number, now_s = self.clock.number, self.clock.now.timestamp()
        items = []
        for point in self.known:
            seconds, value = (column[number] for column in self.seen[point.point_id])
            age_s = now_s - seconds if value is not None else None
            stale = age_s is None or age_s > 3 * float(point.interval_s or 60)
            items.append({"point_id": point.point_id, "value": value, "age_s": age_s, "stale": stale})
        return {"items": items}

    def history(
        self, _building_id: str, point_id: str, start: datetime, end: datetime, step_s: float | None = None
    ) -> dict[str, Any]:
        times = self.times_us[point_id]
        first = int(np.searchsorted(times, _us(start)))
        last = int(np.searchsorted(times, min(_us(end), self.clock.us)))
        part, values = times[first:last], self.values[point_id][first:last]
        if step_s is None:
            return {"items": [{"t": _text(t), "v": v} for t, v in zip(part.tolist(), values.tolist(), strict=True)]}
        if not len(part) or step_s * 1e6 > part[-1] - _us(start):
            whole = (
                {"v": values.mean(), "min": values.min(), "max": values.max(), "n": len(part)} if len(part) else None
            )
            return {"items": [{"t": _text(_us(start)), **whole}] if whole else []}
        steps = ((part - _us(start)) // int(step_s * 1e6)).astype(int)
        found, begins = np.unique(steps, return_index=True)
        items = []
        for step, one in zip(found, np.split(values, begins[1:]), strict=True):
            t = _text(_us(start) + int(step * step_s * 1e6))
            items.append({"t": t, "v": one.mean(), "min": one.min(), "max": one.max(), "n": len(one)})
        return {"items": items}


@dataclass
class Clock:
    """The present, at one look after the other."""

    begin: datetime
    number: int = 0

    @property
    def now(self) -> datetime:
        return self.begin + self.number * LOOK_EVERY

    @property
    def us(self) -> int:
        return _us(self.now) + 1

    def __call__(self) -> datetime:
        return self.now


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1e6)


@lru_cache(maxsize=500_000)
def _text(us: int) -> str:
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat()


def simulate(seed: int) -> tuple[Year, list[Fault], Site]:
    """Return the readings of a year, and what was broken in it."""
    points = office_points(BUILDING, ROOMS)
    site = Site.of(points)
    begin = datetime(YEAR, 1, 1, tzinfo=UTC)
    faults = plan_faults(site, seed, YEAR, each=FAULTS_EACH)
    simulator = Simulator(points, seed, begin, faults)
    seconds: dict[str, list[np.ndarray]] = defaultdict(list)
    values: dict[str, list[np.ndarray]] = defaultdict(list)
    for part in simulator.days(datetime(YEAR + 1, 1, 1, tzinfo=UTC)):
        for series in part:
            seconds[series.point["point_id"]].append(series.seconds)
            values[series.point["point_id"]].append(series.values)
    known = tuple(point_from_json(point) for point in points)
    times_us = {name: (np.concatenate(parts) * 1e6).astype(np.int64) for name, parts in seconds.items()}
    joined = {name: np.concatenate(parts) for name, parts in values.items()}
    looks = _us(begin) + np.arange(366 * 48) * int(LOOK_EVERY.total_seconds() * 1e6)
    seen = {}
    for name, times in times_us.items():
        places = np.searchsorted(times, looks, side="right") - 1
        newest = [
            float(value) if place >= 0 else None for value, place in zip(joined[name][places], places, strict=True)
        ]
        seen[name] = ((times[places] / 1e6).tolist(), newest)
    return Year(known, times_us, joined, seen, Clock(begin)), faults, site


def rules_for(known: Sequence[Point]) -> list[tuple[FaultKind, Any]]:
    """Return the rules of the building, with the points they look at."""
    room = [point for point in known if point.space is not None and point.kind.value == "sensor"]
    groups = {
        "temp": [p.point_id for p in room if p.quantity_kind == "Temperature"],
        "co2": [p.point_id for p in room if p.quantity_kind == "MoleFraction"],
        "sensor": [p.point_id for p in room if p.quantity_kind in ("Temperature", "MoleFraction")],
    }
    made = []
    for kind, rule in RULES:
        points = groups[rule["points"]] if isinstance(rule["points"], str) else rule["points"]
        whole = {**rule, "points": points, "building_id": BUILDING, "severity": "medium", "title": rule["rule_id"]}
        made.append((kind, rule_from_json(whole)))
    return made


def watch(year: Year) -> list[dict[str, Any]]:
    """Return the alarms of a year: rule, point, when."""
    with tempfile.TemporaryDirectory() as folder:
        book = AlarmBook(Path(folder) / "alarms.sqlite")
        book.rows("PRAGMA synchronous=OFF")
        for _, rule in rules_for(year.known):
            book.put_rule(rule)
        alarms = Alarms(book, year, Outbox(book, {}, year.clock), year.clock)
        end = datetime(YEAR + 1, 1, 1, tzinfo=UTC)
        while year.clock.now + LOOK_EVERY < end:
            year.clock.number += 1
            alarms.look()
        rows = book.rows("SELECT rule_id, point_id, space, raised, cleared FROM alarm ORDER BY alarm_id")
        alarms.stop()
    names = ("rule", "point_id", "space", "raised", "cleared")
    return [dict(zip(names, row, strict=True)) for row in rows]


def judge(seed: int) -> dict[str, Any]:
    """Return what became of every fault and alarm of one year."""
    begin = time.process_time()
    year, faults, site = simulate(seed)
    alarms = watch(year)
    kind_of = {rule["rule_id"]: kind for kind, rule in RULES}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    hours: dict[str, list[float]] = defaultdict(list)
    lines: list[str] = []
    for fault in faults:
        mine = [a for a in alarms if kind_of[a["rule"]] is fault.kind and _concerns(a, fault, site)]
        found[fault.kind]["faults"] += 1
        found[fault.kind]["found" if mine else "missed"] += 1
        if mine:
            first = min(datetime.fromisoformat(alarm["raised"]) for alarm in mine)
            hours[fault.kind].append(max(0.0, (first - fault.begin).total_seconds() / 3600))
        else:
            lasted = (fault.end - fault.begin).total_seconds() / 3600
            lines.append(
                f"missed {fault.kind.value} {fault.place} {fault.begin:%m-%d %H:%M} {lasted:.0f} h {fault.size}"
            )
    for alarm in alarms:
        kind = kind_of[alarm["rule"]]
        causes = [fault for fault in faults if _concerns(alarm, fault, site)]
        if not causes:
            found[kind]["false"] += 1
            lines.append(f"false {kind.value} {alarm['point_id']} {alarm['raised']} {alarm['cleared']}")
        elif all(cause.kind is not kind for cause in causes):
            found[kind]["other fault"] += 1
    cpu_s = time.process_time() - begin
    return {
        "seed": seed,
        "kinds": found,
        "hours": hours,
        "lines": lines,
        "cpu_s": round(cpu_s),
        "alarms": len(alarms),
    }


def _concerns(alarm: Mapping[str, Any], fault: Fault, site: Site) -> bool:
    """Tell whether an alarm was raised where and while something was broken."""
    raised = datetime.fromisoformat(alarm["raised"])
    # What a rule looks back at may end some time after the repair.
    after = GRACE + timedelta(seconds=next(r.get("window_s", 0) for _, r in RULES if r["rule_id"] == alarm["rule"]))
    if not fault.begin <= raised <= fault.end + after:
        return False
    if fault.place == "":
        return {FaultKind.LEAK: "water", FaultKind.CYCLING: "heat-pump-power"}[fault.kind] == alarm["point_id"]
    if fault.kind is FaultKind.SUBMETER:
        return alarm["rule"] == "unexplained"
    return site.room_of(BUILDING, fault.place) == (alarm["space"] or alarm["point_id"])


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of the docs."""
    lines = [
        "| fault | rule | simulated | detected | missed | false alarms | other fault there | median hours to it |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, rule in RULES:
        counts: Counter[str] = Counter()
        hours: list[float] = []
        for result in results:
            counts.update(result["kinds"][kind])
            hours += result["hours"][kind]
        wait = f"{np.median(hours):.1f}" if hours else "none"
        names = ("faults", "found", "missed", "false", "other fault")
        numbers = " | ".join(str(counts[name]) for name in names)
        lines.append(f"| {kind.value} | `{rule['kind']}` | {numbers} | {wait} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(REPORTED))
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    chosen = parser.parse_args()
    with ProcessPoolExecutor(chosen.processes) as pool:
        results = list(pool.map(judge, chosen.seeds))
    for result in results:
        print(json.dumps({name: result[name] for name in ("seed", "cpu_s", "alarms")}), file=sys.stderr)
        print("\n".join(result["lines"]), file=sys.stderr)
    made = table(results)
    print(made)
    if chosen.write:
        write(made)


def write(made: str, page: Path = PAGE) -> None:
    """Put the table between its marks."""
    begin, end = "<!-- measured: faults -->\n\n", "\n\n<!-- end: faults -->"
    head, _, rest = page.read_text(encoding="utf-8").partition(begin)
    page.write_text(head + begin + made + end + rest.partition(end)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
