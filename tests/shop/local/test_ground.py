import os
import shutil
from pathlib import Path

import pytest

from shop.local import addresses, ground


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_where_the_servers_user_cannot_go_the_data_moves_out_and_no_mode_is_changed(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    data = private / "data"
    addresses.set_up(data)

    here = ground.find(data)
    try:
        assert here.folder.parent == Path("/var/lib/holdfast")
        assert (data / "servers").is_symlink()
        assert ground.find(data) == here
        assert private.stat().st_mode & 0o777 == 0o700
        assert ground.elsewhere(data) == [here.folder]
    finally:
        ground.remove(data)
    assert not here.folder.exists()
    assert not data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_a_copy_of_a_checkout_gets_data_of_its_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    original, copy = tmp_path / "original", tmp_path / "copy"
    addresses.set_up(original)
    here = ground.find(original)
    shutil.copytree(original, copy, symlinks=True)
    there = ground.find(copy)
    assert there.folder != here.folder
    assert here.folder.exists()
    ground.remove(copy)
    assert here.folder.exists()
    ground.remove(original)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_programs_out_of_reach_are_copied_with_their_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "private" / "site-packages"
    (packages / "boxed" / "bin").mkdir(parents=True)
    (packages / "boxed" / "__init__.py").touch()
    (packages / "boxed" / "bin" / "server").write_text("first")
    (packages / "boxed.libs").mkdir()
    (packages / "boxed.libs" / "libpq.so").write_text("library")
    (tmp_path / "private").chmod(0o700)
    monkeypatch.syspath_prepend(packages)
    data = tmp_path / "private" / "data"
    addresses.set_up(data)
    here = ground.find(data)
    try:
        copied = here.programs("boxed", "bin")
        assert copied == here.folder / "programs" / "boxed" / "boxed" / "bin"
        assert (copied / "server").read_text() == "first"
        assert (copied.parents[1] / "boxed.libs" / "libpq.so").read_text() == "library"
        (packages / "boxed" / "bin" / "server").write_text("second")
        os.utime(packages / "boxed", (1, 1))  # a new version of the wheel
        assert (here.programs("boxed", "bin") / "server").read_text() == "second"
    finally:
        ground.remove(data)


def test_a_wheel_that_is_not_installed_is_named(tmp_path: Path) -> None:
    addresses.set_up(tmp_path / "data")
    here = ground.find(tmp_path / "data")
    with pytest.raises(ground.NoGround, match="The package no_such_wheel is not installed"):
        here.programs("no_such_wheel", "bin")
    ground.remove(tmp_path / "data")
