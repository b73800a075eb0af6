import ifcopenshell.util.element as ue
import ifcopenshell.util.placement as up
import pytest


def pair(district, building, index):
    return next(d for d in district.truth["deviations"] if (d["building_id"], d["to"]) == (building, index))


def intended(row, kind):
    return next(item for item in row["intended"] if item["kind"] == kind)


@pytest.mark.parametrize("building", ["120900101", "120900103"])
def test_the_wall_stands_one_metre_aside(district, building):
    row = pair(district, building, "as-built")
    wall = intended(row, "wall_moved")
    before, _ = district.of(building)
    after, _ = district.of(building, "as-built")
    x = [up.get_local_placement(model.by_guid(wall["global_id"]).ObjectPlacement)[0, 3] for model in (before, after)]
    assert x[0] - x[1] == pytest.approx(1.0)
    half = 0.06  # the wall starts on its centre line, the deviation names its western face
    assert x[0] - half == pytest.approx(wall["before"])
    assert x[1] - half == pytest.approx(wall["after"])


@pytest.mark.parametrize("building", ["120900101", "120900103"])
def test_what_was_built_otherwise_is_in_the_files(district, building):
    row = pair(district, building, "as-built")
    before, after = district.of(building)[0], district.of(building, "as-built")[0]
    door = intended(row, "door_narrowed")
    assert before.by_guid(door["global_id"]).OverallWidth == door["before"]
    assert after.by_guid(door["global_id"]).OverallWidth == door["after"]
    window = intended(row, "window_removed")
    assert before.by_guid(window["global_id"]).is_a("IfcWindow")
    assert window["global_id"] in row["removed"]
    wall = intended(row, "fire_rating_changed")
    for name, title in (("Pset_WallCommon", "FireRating"), ("AR_Sein", "330_Tulekindlus")):
        assert ue.get_psets(before.by_guid(wall["global_id"]))[name][title] == wall["before"]
        assert ue.get_psets(after.by_guid(wall["global_id"]))[name][title] == wall["after"]
    space = intended(row, "space_renamed")
    assert before.by_guid(space["global_id"]).LongName == space["before"]
    assert after.by_guid(space["global_id"]).LongName == space["after"]


@pytest.mark.parametrize("building", ["120900101", "120900103"])
def test_equipment_was_replaced_in_use(district, building):
    row = pair(district, building, "as-maintained")
    old, new = intended(row, "equipment_removed"), intended(row, "equipment_added")
    assert old["global_id"] in row["removed"]
    assert new["global_id"] in row["added"]
    assert new["after"] in district.of(building, "as-maintained")[0].by_guid(new["global_id"]).Name


def test_added_and_removed_are_what_the_files_say(district):
    for row in district.truth["deviations"]:
        ids = []
        for stage in (row["from"], row["to"]):
            model = district.of(row["building_id"], stage)[0]
            ids.append({root.GlobalId for root in model.by_type("IfcObjectDefinition")})
        assert sorted(ids[1] - ids[0]) == row["added"]
        assert sorted(ids[0] - ids[1]) == row["removed"]


def test_objects_outside_the_list_are_untouched(district):
    for row in district.truth["deviations"]:
        listed = {item["global_id"] for item in row["changed"]}
        before = district.of(row["building_id"], row["from"])[0]
        after = district.of(row["building_id"], row["to"])[0]
        for product in before.by_type("IfcProduct"):
            if product.GlobalId in listed or product.GlobalId in row["removed"]:
                continue
            other = after.by_guid(product.GlobalId)
            assert strip(ue.get_psets(product)) == strip(ue.get_psets(other)), product
            if product.ObjectPlacement:
                assert up.get_local_placement(product.ObjectPlacement) == pytest.approx(
                    up.get_local_placement(other.ObjectPlacement)
                )


def test_objects_in_the_list_differ(district):
    for row in district.truth["deviations"]:
        assert row["changed"]
        before = district.of(row["building_id"], row["from"])[0]
        after = district.of(row["building_id"], row["to"])[0]
        for item in row["changed"]:
            old, new = before.by_guid(item["global_id"]), after.by_guid(item["global_id"])
            moved = (
                old.is_a("IfcProduct")
                and (up.get_local_placement(old.ObjectPlacement) != up.get_local_placement(new.ObjectPlacement)).any()
            )
            assert moved or strip(ue.get_psets(old)) != strip(ue.get_psets(new)) or old.Name != new.Name, item


def strip(sets):
    return {name: {k: v for k, v in values.items() if k != "id"} for name, values in sets.items()}
