"""The past of a simulated building, written into the store without a broker, by the command line."""

import json
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner

from api.cli.app import build
from samples.telemetry import office_points
from twin.live import LiveWing

BUILDING = "tmp-office"


def test_the_past_is_written_once_with_its_truth_beside(tmp_path, monkeypatch):
    monkeypatch.setenv("KAKSIK_HOME", str(tmp_path / "home"))
    file, truth = tmp_path / "points.json", tmp_path / "truth.json"
    file.write_text(json.dumps({"points": office_points(BUILDING, 1)}))
    arguments = ["simulate", str(file), "--days", "10", "--truth", str(truth), "--json"]
    first, again = (CliRunner().invoke(build(["simulate"]), arguments) for _ in range(2))
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["points"] == 16
    assert told["stored"] > 10 * 86_400 / 300 * 5 * 0.9
    assert json.loads(again.stdout)["stored"] == 0  # the same world says the same
    assert json.loads(truth.read_text())["seed"] == 1
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with LiveWing(tmp_path / "home" / "readings.sqlite", lambda: midnight) as wing:
        found = wing.means(BUILDING, "MoleFraction", midnight - timedelta(days=10), midnight, 86_400.0)
    assert len(found["items"]) == 10
