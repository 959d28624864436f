import subprocess
import sys
from pathlib import Path

import pytest

from shop.local import install


@pytest.fixture
def markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "_MARKERS", tmp_path)
    return tmp_path


def test_what_is_installed_is_not_installed_again_until_a_file_changes(markers: Path) -> None:
    base, dev = markers / "requirements.txt", markers / "requirements-dev.txt"
    base.write_text("# nothing\n")
    dev.write_text("-r requirements.txt\n")
    assert not install.is_installed(dev)
    assert install.main([str(dev)]) == 0
    assert install.is_installed(dev)
    base.write_text("# nothing, in other words\n")  # a file that is included counts as well
    assert not install.is_installed(dev)


def test_a_failure_is_shown_and_tried_again_next_time(markers: Path, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = markers / "requirements.txt"
    wrong.write_text("./no/such/package\n")
    assert install.main([str(wrong)]) != 0
    assert "pip could not install requirements.txt" in capfd.readouterr().err
    assert not install.is_installed(wrong)


def test_it_runs_where_nothing_is_installed() -> None:
    script = Path(install.__file__)
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
