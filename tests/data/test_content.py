import io
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segsweep.data import content
from segsweep.data.content import DataState, data_state, file_digest, with_progress
from tests.data.making import folder_config, make_set, open_folder, save, shapes_config

LONG_AGO = (time.time() - 3600,) * 2


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose content was read, in a process that knows none."""
    names: list[str] = []
    digest = content._digest

    def counted(file: Path) -> str:
        names.append(file.name)
        return digest(file)

    monkeypatch.setattr(content, "_digest", counted)
    monkeypatch.setattr(content, "_read_before", {})
    return names


def old_set(tmp_path: Path) -> Path:
    """Return a set of three pairs that was written an hour ago."""
    root = make_set(tmp_path / "set")
    for file in root.rglob("*.png"):
        os.utime(file, LONG_AGO)
    return root


def state(root: Path, cache: Path | None = None) -> DataState:
    return data_state(folder_config(root), cache or root.parent / "cache")


def rewrite(file: Path, old: bytes, new: bytes) -> None:
    """Change a file in place, and give it back its size and time."""
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(old, new))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_images_that_are_inverted_in_place_at_equal_size_are_noticed(tmp_path: Path) -> None:
    root, before = old_set(tmp_path), None
    for _ in range(2):
        for file in root.rglob("images/*.png"):  # stored without compression: inverted, it is as long
            pixels = 255 - np.asarray(Image.open(file))
            save(file, pixels, compress_level=0)
            os.utime(file, LONG_AGO)
        now = state(root)
        if before is not None:
            assert now.listing == before.listing
            assert now.content != before.content
        before = now


def test_a_change_that_leaves_size_and_time_is_noticed(tmp_path: Path) -> None:
    root = old_set(tmp_path)
    note = root / "train" / "note.txt"
    note.write_bytes(b"one")
    os.utime(note, LONG_AGO)
    before = state(root)
    time.sleep(0.02)  # a tick of the clock by which the system notes a change
    rewrite(note, b"one", b"two")
    assert state(root).listing == before.listing
    assert state(root).content != before.content


def test_the_state_does_not_depend_on_place_or_time(tmp_path: Path) -> None:
    root = old_set(tmp_path)
    before = state(root)
    for file in root.rglob("*.png"):
        os.utime(file)
    assert state(root) == before
    root.rename(tmp_path / "moved")
    assert state(tmp_path / "moved") == before


def test_the_second_call_opens_what_has_changed_and_nothing_else(tmp_path: Path, opened: list[str]) -> None:
    root = old_set(tmp_path)
    first = state(root)
    assert len(opened) == 6
    content._read_before.clear()  # another process
    assert state(root) == first
    assert len(opened) == 6
    save(root / "val" / "images" / "c.png", [[1, 2], [3, 4]])
    assert state(root) != first
    assert opened[6:] == ["c.png"]


def test_a_file_that_was_written_just_now_may_change_again_in_the_same_tick_and_is_not_kept(
    tmp_path: Path, opened: list[str]
) -> None:
    root = old_set(tmp_path)
    save(root / "val" / "images" / "c.png", [[1, 2], [3, 4]])
    assert state(root) == state(root)
    assert opened.count("c.png") == 1 + 2  # its mask, and twice the image


def test_a_cache_that_cannot_be_written_or_is_damaged_only_costs_time(tmp_path: Path, opened: list[str]) -> None:
    root = old_set(tmp_path)
    right = state(root)
    (kept,) = (tmp_path / "cache" / "content").iterdir()
    for damage in ("", "[]", '{"train/images/a.png": 3}', json.dumps({"train/images/a.png": []})):
        kept.write_text(damage)
        content._read_before.clear()
        assert state(root) == right
    (tmp_path / "file").write_text("")
    content._read_before.clear()
    opened.clear()
    assert state(root, tmp_path / "file" / "cache") == right
    assert state(root, tmp_path / "file" / "cache") == right
    assert len(opened) == 6  # this process knows them


def test_the_content_of_files_of_which_one_cannot_be_read_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = old_set(tmp_path)
    monkeypatch.setattr(content, "_digest", lambda file: "" if file.name == "b.png" else "x")
    assert state(root, tmp_path / "other").content is None
    assert state(root, tmp_path / "other").listing is not None


def test_data_without_files_has_no_state(tmp_path: Path) -> None:
    assert data_state(shapes_config(), tmp_path) == DataState(None, None)


def test_the_checks_of_masks_are_not_kept_for_other_content_of_equal_size_and_time(tmp_path: Path) -> None:
    root = make_set(tmp_path / "set")
    for file in root.rglob("masks/*.png"):
        save(file, [[0, 1], [1, 1]], compress_level=0)
        os.utime(file, LONG_AGO)
    assert open_folder(root).class_pixels == (2, 6)
    for file in root.rglob("masks/*.png"):
        save(file, [[1, 0], [0, 0]], compress_level=0)
        os.utime(file, LONG_AGO)
    assert open_folder(root).class_pixels == (6, 2)


def test_a_file_has_one_digest_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"weights")
    (tmp_path / "b.pth").write_bytes(b"weights")
    digest = file_digest(tmp_path / "a.pth", tmp_path / "cache")
    assert digest == file_digest(tmp_path / "b.pth", tmp_path / "cache")
    assert file_digest(tmp_path / "c.pth", tmp_path / "cache") is None
    (tmp_path / "a.pth").write_bytes(b"WEIGHTS")
    assert digest != file_digest(tmp_path / "a.pth", tmp_path / "cache")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_check_shows_its_progress_on_a_terminal_and_wipes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_SILENT_SECONDS", -1.0)
    monkeypatch.setattr(content, "_BETWEEN_SECONDS", -1.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(with_progress([1, 2], 2, "checking tiny", "images")) == [1, 2]
    assert terminal.getvalue() == "\rchecking tiny: 1/2 images\rchecking tiny: 2/2 images\r\033[K"


def test_a_short_check_or_one_without_a_terminal_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, silent_seconds in ((Terminal(), 60.0), (io.StringIO(), -1.0)):
        monkeypatch.setattr(content, "_SILENT_SECONDS", silent_seconds)
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(with_progress([1, 2], 2, "checking tiny", "images")) == [1, 2]
        assert stream.getvalue() == ""


def test_a_folder_that_cannot_be_opened_has_no_state_and_is_left_to_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_data: object) -> None:
        raise PermissionError

    root = old_set(tmp_path)
    monkeypatch.setattr(content, "data_files", refused)
    assert state(root) == DataState(None, None)
