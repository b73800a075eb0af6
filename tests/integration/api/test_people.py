"""What people have done when somebody first looks at the demo, and what the register says of its buildings."""

from api.cli.people import FLATS, HOUSE, OFFICE, let_people_act
from samples.register import register_csv
from twin.application import State


def test_people_act_once_through_the_usual_doors(twin):
    for _ in range(2):  # the demo starts a second time
        let_people_act(twin, register_csv())
    (accepted,) = twin.trust.deviations.documents(HOUSE)
    assert accepted["valid"]
    assert (accepted["actor"], accepted["role"], len(accepted["items"])) == ("Otto Ametnik", "municipality", 3)
    (application,) = twin.applications.of(FLATS)
    assert application.state is State.REFUSED
    assert len(application.upheld) >= 3
    assert {rule.building_id for rule in twin.alarms.book.rules()} == {OFFICE}


def test_a_summary_says_what_the_register_says(twin):
    twin.city.take(twin.blobs.put(register_csv()))
    known = {b["building_id"]: b["register"] for b in twin.overview.buildings()}
    assert known[FLATS]["energy_class"] == "E"
    assert known["tmp-naidise-13"] is None  # it has no register code
    twin.city.take(twin.blobs.put(b"ehr_kood;energiaklass\n120900102;B\n"))
    assert twin.overview.building(FLATS)["register"] == {"energy_class": "B"}
    assert twin.overview.building(HOUSE)["register"] is None
