"""Whole runs that are shown in TensorBoard and on W&B, as a user starts them."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from segsweep.core.files import read_csv
from tests.command import TINY, run, start
from tests.wandb.double import WandbDouble

WORDS = (*TINY, "paths.cache=cache", "logger=wandb", "logger.wandb.finish_timeout_s=2")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, signed_out: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def the_run() -> Path:
    (folder,) = (path for path in Path("runs").iterdir() if path.is_dir())
    return folder.resolve()


def record() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((the_run() / "record.json").read_text())
    return content


def wait_for_rows(num_rows: int) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if any(len(read_csv(file)) >= num_rows for file in Path("runs").glob("*/history.csv")):
            return
        time.sleep(0.05)
    raise AssertionError(f"no epoch {num_rows} in 240 s")


def test_both_loggers_show_the_history_the_result_and_the_samples(wandb_server: WandbDouble) -> None:
    ended = run(*WORDS, "logger.pictures=true", "logger.tensorboard=true", "logger.wandb.tags=[quick]")
    assert ended.code == 0, ended.err
    folder = the_run()
    rows = read_csv(folder / "history.csv")
    assert f"W&B: {wandb_server.url}" in ended.out

    sent = wandb_server.runs[folder.name]
    assert sent.exit_code == 0
    assert sent.tags == ["quick"]
    assert sent.config["optimizer"]["value"]["lr"] == record()["config"]["optimizer"]["lr"]
    assert [row["val/miou"] for row in sent.history[:2]] == [row["val/miou"] for row in rows]
    assert sent.summary["val/miou"] == record()["metrics"]["val/miou"]
    assert sent.summary["test/miou"] == record()["metrics"]["test/miou"]
    assert sent.files[sent.summary["samples/val"]["path"]] == (folder / "samples" / "val.png").read_bytes()
    assert sent.summary["masks/val-1"]["masks"].keys() == {"pred", "truth"}

    shown = EventAccumulator(str(folder / "tensorboard")).Reload()
    miou = [(event.step, event.value) for event in shown.Scalars("val/miou")]
    assert miou == [(row["epoch"], pytest.approx(row["val/miou"], rel=1e-6)) for row in rows]
    assert shown.Scalars("test/miou")[0].value == pytest.approx(record()["metrics"]["test/miou"], rel=1e-6)
    assert "samples/val" in shown.Tags()["images"]


def test_a_run_that_cannot_go_on_is_marked_as_failed(wandb_server: WandbDouble) -> None:
    ended = run(*WORDS, "optimizer=sgd", "optimizer.lr=1e30", "scheduler=constant")
    assert ended.code == 1
    sent = wandb_server.runs[the_run().name]
    assert sent.exit_code == 1
    assert sent.summary["status"] == "failed"


def test_a_server_that_dies_in_the_middle_does_not_hold_the_run_up(wandb_server: WandbDouble) -> None:
    def pull_the_plug() -> None:
        wait_for_rows(1)
        wandb_server.stop()

    thread = threading.Thread(target=pull_the_plug)
    thread.start()
    begin = time.perf_counter()
    ended = run(*WORDS, "trainer.max_epochs=5")
    thread.join()
    assert ended.code == 0, ended.err
    assert record()["status"] == "complete"
    assert record()["cost"]["epochs"] == 5
    assert "wandb sync --no-skip-online" in ended.out
    assert time.perf_counter() - begin < 150  # 2 s wait for the server, where W&B would wait for ever


def test_a_run_killed_with_its_loggers_goes_on_in_place(tmp_path: Path, wandb_server: WandbDouble) -> None:
    words = (*WORDS, "logger.tensorboard=true", "trainer.max_epochs=6", "data.num_train=32")
    with start(*words, cwd=tmp_path) as process:
        wait_for_rows(2)
        services = [child for child in psutil.Process(process.pid).children() if "wandb" in child.name()]
        process.kill()
    assert services
    _, alive = psutil.wait_procs(services, timeout=60)
    assert not alive
    ended = run(*words)
    assert ended.code == 0, ended.err
    complete = record()
    (the_run() / "record.json").unlink()  # as if killed when all epochs were done
    assert run(*words).code == 0
    assert record()["metrics"] == complete["metrics"]
    sent = wandb_server.runs[the_run().name]
    assert [row["epoch"] for row in sent.history if "epoch" in row] == [1, 2, 3, 4, 5, 6]
    assert sent.exit_code == 0
    shown = EventAccumulator(str(the_run() / "tensorboard")).Reload()
    assert [event.step for event in shown.Scalars("lr")] == [1, 2, 3, 4, 5, 6]


def test_a_run_whose_wandb_process_is_killed_goes_on_without_it(tmp_path: Path, wandb_server: WandbDouble) -> None:
    with start(*WORDS, "trainer.max_epochs=8", cwd=tmp_path) as process:
        wait_for_rows(1)
        for child in psutil.Process(process.pid).children():
            if "wandb" in child.name():
                child.kill()
        out, _ = process.communicate(timeout=240)
    assert process.returncode == 0, out
    assert "W&B failed, the run goes on without it" in out
    assert record()["status"] == "complete"


def test_nobody_is_asked_for_a_key_on_a_terminal_and_the_run_is_offline(tmp_path: Path) -> None:
    terminal, its_end = pty.openpty()
    command = [sys.executable, "-m", "segsweep.train", *WORDS, "trainer.max_epochs=1"]
    process = subprocess.Popen(command, cwd=tmp_path, stdin=its_end, stdout=its_end, stderr=its_end)
    os.close(its_end)
    out = b""
    with io.FileIO(terminal) as said, contextlib.suppress(OSError):  # raised when the other end closes
        while part := said.read(65536):
            out += part
    assert process.wait(240) == 0, out
    assert out.count(b"W&B: offline, nobody is logged in") == 1
    assert f"wandb sync {the_run() / 'wandb'}" in out.decode()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("logger.wandb.project=a/b", "logger.wandb.project='a/b' is not a name that W&B takes"),
        ("logger.wandb.tags=['']", "logger.wandb.tags='' is not a name that W&B takes"),
        ("logger.wandb.mode=online", "logger.wandb.mode=online, but W&B is offline: nobody is logged in"),
        ("logger.wandb.finish_timeout_s=0", "must be more than 0"),
    ],
)
def test_what_wandb_would_refuse_is_said_before_training(word: str, said: str) -> None:
    ended = run(*WORDS, word)
    assert ended.code == 2
    assert said in ended.err
    assert "epoch" not in ended.out
