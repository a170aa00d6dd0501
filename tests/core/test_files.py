import errno
import json
import logging
import math
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from segsweep.core.errors import DiskError
from segsweep.core.files import MAY_PASS, read_csv, when_disk_allows, write_atomic, write_csv, write_json


def test_nan_becomes_null_in_json_and_an_empty_cell_in_csv(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": math.nan, "y": [math.inf, 1.5]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": None, "y": [None, 1.5]}
    write_csv(tmp_path / "a.csv", [{"epoch": 1.0, "x": math.nan}, {"epoch": 2, "x": 0.25}])
    assert (tmp_path / "a.csv").read_text() == "epoch,x\n1,\n2,0.25\n"


def test_rows_may_differ_in_their_columns_and_read_back_as_they_were(tmp_path: Path) -> None:
    rows = [{"epoch": 1.0, "loss": 0.5}, {"epoch": 2.0, "loss": 0.25, "val/miou": 0.1234567890123456}]
    write_csv(tmp_path / "a.csv", rows)
    assert read_csv(tmp_path / "a.csv") == rows


def test_a_failed_write_leaves_the_old_content_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.json"
    write_atomic(file, "old")

    def disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(DiskError, match=r"record\.json cannot be written \(No space.*paths\.runs=FOLDER.*goes on"):
        write_atomic(file, "new", patience_s=0.0)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_that_is_full_or_read_only_for_a_while_is_waited_for_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fsync, troubles = os.fsync, [errno.ENOSPC, errno.EROFS]

    def refuses_twice(descriptor: int) -> None:
        if troubles:
            raise OSError(troubles.pop(), "no")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuses_twice)
    with caplog.at_level(logging.WARNING):
        write_atomic(tmp_path / "record.json", "content")
    assert (tmp_path / "record.json").read_text() == "content"
    assert list(tmp_path.iterdir()) == [tmp_path / "record.json"]
    (said,) = caplog.messages
    assert "record.json cannot be written" in said
    assert "waiting up to 10 min" in said


def test_an_error_that_no_waiting_mends_comes_at_once(tmp_path: Path) -> None:
    assert errno.ENOENT not in MAY_PASS
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "absent" / "a.json", "content")
    with pytest.raises(RuntimeError):
        when_disk_allows(raise_runtime_error, tmp_path)


def raise_runtime_error() -> None:
    raise RuntimeError


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB, full but for 1 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip(f"no right to mount a file system: {mount.stderr.decode().strip()}")
    (place / "filling").write_bytes(bytes(3 * 2**20))
    yield place
    subprocess.run(["umount", place], check=True)


@contextmanager
def room_once_asked_for(disk: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    def wait_and_make_room() -> None:
        deadline = time.monotonic() + 60
        while not caplog.messages and time.monotonic() < deadline:
            time.sleep(0.01)
        (disk / "filling").unlink()

    with caplog.at_level(logging.WARNING):
        helper = threading.Thread(target=wait_and_make_room)
        helper.start()
        yield
        helper.join()


def test_a_full_disk_loses_nothing_once_there_is_room(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [list(range(1000))] * 400  # 2 MiB of JSON
    with room_once_asked_for(small_disk, caplog):
        write_json(small_disk / "record.json", rows)
    assert "No space left on device" in caplog.text
    assert json.loads((small_disk / "record.json").read_text()) == rows
    assert [path.name for path in small_disk.iterdir()] == ["record.json"]


def test_a_checkpoint_waits_for_a_full_disk_too(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    import torch

    from segsweep.training.callbacks.checkpoints import AtomicCheckpointIO

    weights = {"a": torch.arange(500_000.0)}  # 2 MB
    with room_once_asked_for(small_disk, caplog):
        AtomicCheckpointIO().save_checkpoint(weights, small_disk / "checkpoints" / "last.ckpt")
    assert "No space left on device" in caplog.text
    assert torch.equal(torch.load(small_disk / "checkpoints" / "last.ckpt")["a"], weights["a"])
    assert [path.name for path in (small_disk / "checkpoints").iterdir()] == ["last.ckpt"]
