"""What people have done in the sample district when somebody first looks at it; each goes through its usual door."""

from ifc import storey_of
from twin.application import Act, Ruling
from twin.gate import DesignStage
from twin.lifecycle import diff
from twin.live.rules import rule_from_json
from twin.service import Twin
from twin.snapshot import Stage

HOUSE, FLATS, OFFICE = "120900101", "120900102", "120900103"
APPLICANT, OFFICER = "Anne Arhitekt", "Otto Ametnik"
ROLE = "municipality"
SECOND_STOREY = "2"
FIRE = "FireRating"
ACCEPTED = "Judged on the spot: the door still lets a stretcher through and the rooms stay within the regulation."
REFUSED = "Rooms are below the least area and height, and one has no window. See the findings that are upheld."
UPHELD = "The regulation gives no way around this, and no equivalent solution was shown."
RULES = (  # name, kind, severity, title, quantity, upper limit, seconds before it is an alarm
    # A door that stands open for a moment is no alarm.
    ("demo-too-warm", "threshold", "high", "Too warm", "Temperature", 26.0, 300),
    ("demo-stuffy", "threshold", "low", "Stuffy air", "MoleFraction", 1000.0, 300),
    # The simulator has one of each (`samples.telemetry.usual`); the delay is for the past to come in after a start.
    ("demo-silent", "missing", "low", "Sensor is silent", "RelativeHumidity", 3600.0, 120),
    ("demo-air-unit", "missing", "high", "Air unit does not report", "DimensionlessRatio", 3600.0, 120),
)


def let_people_act(twin: Twin, register: bytes) -> None:
    """Import the register, accept deviations, refuse an application and watch the office, where not done before."""
    twin.city.take(twin.blobs.put(register))
    for rule_id, kind, severity, title, quantity, above, delay_s in RULES:
        rule = {"rule_id": rule_id, "building_id": OFFICE, "kind": kind, "severity": severity, "title": title}
        limit = {"quantity_kind": quantity, "above": above, "delay_s": delay_s}
        twin.alarms.book.put_rule(rule_from_json(rule | limit))
    if not twin.trust.deviations.documents(HOUSE):
        _accept(twin)
    if not twin.applications.of(FLATS):
        _refuse(twin)


def _accept(twin: Twin) -> None:
    """Accept what was built otherwise on the second storey of the house, but for what concerns fire."""
    old, new = (twin.catalogue.version(HOUSE, stage) for stage in (Stage.AS_DESIGNED, Stage.AS_BUILT))
    digests = twin.catalogue.digests(old.key), twin.catalogue.digests(new.key)
    records = twin.snapshots.read(new).records
    wanted = []
    for element in diff(*digests, twin.catalogue.records_of).changed:
        storey = storey_of(element.after.global_id, records)
        burns = any(FIRE in change.path for change in element.changes)
        if storey is not None and records[storey].name == SECOND_STOREY and not burns:
            wanted.append((element.after.global_id, "*"))
    twin.trust.deviations.accept(old, new, wanted, role=ROLE, reason=ACCEPTED, actor=OFFICER)


def _refuse(twin: Twin) -> None:
    """Let an application for the flats be submitted, looked at, and refused for what it fails."""
    desk = twin.applications
    name = desk.open(FLATS, APPLICANT).application_id
    desk.submit(name, twin.catalogue.version(FLATS, Stage.AS_DESIGNED), DesignStage.PRELIMINARY, APPLICANT)
    desk.act(name, Act.REVIEW, OFFICER)
    for result in desk.frozen(desk.read(name))["report"]["results"]:
        if result["verdict"] == "fail":
            desk.decide(name, result["finding_id"], Ruling.UPHELD, UPHELD, OFFICER)
    desk.act(name, Act.REFUSE, OFFICER, REFUSED)
