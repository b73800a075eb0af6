"""Compiled code: made ahead, kept once for a user, complete."""

import os
import subprocess
import sys

from ifc.ahead import FOLDER_VARIABLE, keep_compiled_code


def test_reading_a_building_compiles_nothing_that_was_not_compiled_ahead(sample_district):
    run = "import ifc; ifc.keep_compiled_code(); ifc.compile_ahead(); "
    house = min(sample_district.rglob("*.ifc"), key=lambda file: file.stat().st_size)
    count = (
        "import numba.core.caching as c; made = []; save = c.IndexDataCacheFile.save; "
        "c.IndexDataCacheFile.save = lambda self, key, data: (made.append(key), save(self, key, data)); "
    )
    code = f"{run}{count}ifc.read_model(__import__('pathlib').Path(sys.argv[1])); print(len(made))"
    done = subprocess.run([sys.executable, "-c", "import sys; " + code, str(house)], capture_output=True, text=True)
    assert done.stdout.strip() == "0", done.stderr


def test_the_folder_is_the_users_own_cache(monkeypatch, tmp_path):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keep_compiled_code()
    assert os.environ[FOLDER_VARIABLE] == str(tmp_path / "kaksik" / "compiled")


def test_a_folder_that_the_operator_named_stays(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    keep_compiled_code()
    assert os.environ[FOLDER_VARIABLE] == str(tmp_path)


def test_without_a_folder_to_write_nothing_is_set(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    keep_compiled_code()
    assert FOLDER_VARIABLE not in os.environ
