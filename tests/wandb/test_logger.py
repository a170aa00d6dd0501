"""The logger on W&B against a double of its server, without training."""

import io
import json
import logging
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segsweep.core.errors import ConfigError
from segsweep.core.files import write_csv
from segsweep.core.network import answers
from segsweep.runs.record import RunRecord
from segsweep.schema import WandbConfig
from segsweep.wandb.logger import WandbLogger
from tests.wandb.double import WandbDouble, wandb_double

SETTINGS: dict[str, Any] = {
    "enabled": True,
    "project": "bones",
    "entity": None,
    "group": "sizes",
    "tags": ["first"],
    "mode": "auto",
    "machine_info": False,
    "finish_timeout_s": 2.0,
}
ROWS = [{"epoch": float(epoch), "val/miou": epoch / 10, "lr": 0.5} for epoch in (1, 2, 3)]


@pytest.fixture
def folder(signed_out: None, tmp_path: Path) -> Path:
    """The folder of a run that is made for the second time."""
    run = tmp_path / "runs" / "unet-resnet18-01234567.2"
    run.mkdir(parents=True)
    return run


@pytest.fixture(name="server")
def _server(wandb_server: WandbDouble) -> WandbDouble:
    return wandb_server


@pytest.fixture
def mute_server() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def new_logger(folder: Path, **changed: Any) -> WandbLogger:
    config = {"data": {"root": str(Path.home() / "bones")}, "seed": 3}
    return WandbLogger(folder, config, WandbConfig(**{**SETTINGS, **changed}))


def log_rows(run: WandbLogger, folder: Path, *, done: int, to: int) -> None:
    """Do what the history does: a row goes to the disk first, then to the logger."""
    run.start(ROWS[:done])
    for row in ROWS[done:to]:
        write_csv(folder / "history.csv", ROWS[: int(row["epoch"])])
        run.log_metrics(row, int(row["epoch"]))


def close(run: WandbLogger, status: Any = "complete") -> None:
    run.close(RunRecord("unet", status, {"val/miou": 0.25, "test/dice": None}, config={}))


def inspected(wandb_folder: Path) -> dict[str, Any]:
    """Read an offline run with W&B's own reader."""
    command = [sys.executable, "-m", "wandb", "leet", "inspect", "--summary", "--json", str(wandb_folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=wandb_folder, timeout=60)
    content: dict[str, Any] = json.loads(answer.stdout)
    return content


def test_config_rows_pictures_and_result_arrive_and_nothing_about_the_machine(
    folder: Path, server: WandbDouble
) -> None:
    picture = folder / "cell-7.png"
    Image.new("RGB", (8, 6), "red").save(picture)
    mask = np.array([[0, 1], [255, 1]], np.uint8)
    run = new_logger(folder)
    log_rows(run, folder, done=0, to=3)
    run.log_samples([picture], step=3)
    image = np.zeros((2, 2, 3), np.uint8)
    run.log_segmentation("cell-7", image, pred=mask, truth=mask, class_names=["background", "cell"], caption="worst")
    close(run)
    sent = server.runs["unet-resnet18-01234567.2"]
    assert [(row["_step"], row["epoch"], row.get("val/miou")) for row in sent.history[:3]] == [
        (1, 1, 0.1),
        (2, 2, 0.2),
        (3, 3, 0.3),
    ]
    assert sent.summary["val/miou"] == 0.25
    assert sent.summary["status"] == "complete"
    assert sent.exit_code == 0
    pictures = sent.history[3]
    assert sent.files[pictures["samples/cell-7"]["path"]] == picture.read_bytes()
    assert pictures["masks/cell-7"]["masks"].keys() == {"pred", "truth"}
    labels = sent.config["_wandb"]["value"]["mask/class_labels"]
    assert labels["masks/cell-7_wandb_delimeter_pred"]["value"] == {"0": "background", "1": "cell", "255": "unlabelled"}
    assert sent.config["seed"]["value"] == 3
    assert sent.config["data"]["value"]["root"] == "~/bones"
    assert sent.attributes["name"] == sent.attributes["displayName"] == "unet-resnet18-01234567.2"
    assert (sent.attributes["project"], sent.attributes["groupName"]) == ("bones", "sizes")
    assert sent.tags == ["first"]
    assert not sent.attributes.keys() & {"host", "program", "repo", "commit"}
    assert not {"wandb-metadata.json", "requirements.txt", "output.log"} & sent.files.keys()


def test_of_classes_that_overlap_the_last_lies_on_top(folder: Path, server: WandbDouble) -> None:
    radius, ulna = [[1, 1], [0, 255]], [[0, 1], [0, 255]]
    truth = np.array([radius, ulna], np.uint8)
    run = new_logger(folder)
    run.start([])
    image = np.zeros((2, 2, 1), np.uint8)
    run.log_segmentation("hand", image, pred=truth, truth=truth, class_names=["Radius", "Ulna"], caption="")
    close(run)
    sent = server.runs[folder.name]
    path = sent.history[0]["masks/hand"]["masks"]["truth"]["path"]
    with Image.open(io.BytesIO(sent.files[path])) as mask:
        assert np.asarray(mask).tolist() == [[1, 2], [0, 255]]


def test_machine_info_is_sent_where_it_is_asked_for(folder: Path, server: WandbDouble) -> None:
    run = new_logger(folder, machine_info=True)
    run.start([])
    close(run)
    sent = server.runs[folder.name]
    assert sent.attributes["host"]
    assert sent.config["data"]["value"]["root"] == str(Path.home() / "bones")
    assert "wandb-metadata.json" in sent.files


def test_a_run_that_goes_on_has_every_epoch_once(folder: Path, server: WandbDouble) -> None:
    first = new_logger(folder)
    log_rows(first, folder, done=0, to=2)
    close(first, "interrupted")
    assert server.runs[folder.name].exit_code == 1
    second = new_logger(folder)
    log_rows(second, folder, done=1, to=3)  # epoch 2 had no checkpoint: it is trained again
    close(second)
    sent = server.runs[folder.name]
    assert [row["_step"] for row in sent.history] == [1, 2, 3]
    assert sent.exit_code == 0


def test_rows_that_a_killed_run_did_not_send_are_sent_when_it_goes_on(folder: Path, server: WandbDouble) -> None:
    write_csv(folder / "history.csv", ROWS[:2])
    run = new_logger(folder)
    log_rows(run, folder, done=2, to=3)
    close(run)
    assert [row["_step"] for row in server.runs[folder.name].history] == [1, 2, 3]


def test_a_new_folder_of_a_run_that_the_server_knows_is_told_about(
    folder: Path, server: WandbDouble, caplog: pytest.LogCaptureFixture
) -> None:
    first = new_logger(folder)
    log_rows(first, folder, done=0, to=2)
    close(first)
    assert "steps already" not in caplog.text
    shutil.rmtree(folder / "wandb")
    second = new_logger(folder)
    second.start([])
    close(second)
    assert "has 2 steps already" in caplog.text


def test_an_offline_run_says_why_can_be_read_and_is_sent_by_one_command(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = new_logger(folder)
    log_rows(first, folder, done=0, to=2)
    close(first, "failed")
    time.sleep(1.1)  # W&B names its folders by the second
    second = new_logger(folder)
    log_rows(second, folder, done=1, to=3)
    close(second)
    assert "offline, nobody is logged in" in caplog.text
    assert f"wandb sync {folder / 'wandb'}" in caplog.text
    summary = inspected(folder / "wandb")
    assert summary["config"]["seed"] == 3
    assert summary["summary"]["val/miou"] == 0.25
    with wandb_double() as late:
        command = [sys.executable, "-m", "wandb", "sync", str(folder / "wandb")]
        environment = {"PATH": "", "HOME": str(folder), **late.environment}
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder, timeout=60)
    sent = late.runs[folder.name]
    assert [row["_step"] for row in sent.history] == [1, 2, 3]
    assert sent.exit_code == 0


def test_a_server_that_does_not_answer_is_asked_once_and_briefly(
    folder: Path, server: WandbDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.stop()
    start = time.perf_counter()
    run = new_logger(folder)
    run.start([])
    close(run)
    assert time.perf_counter() - start < 5
    assert f"offline, {server.url} does not answer" in caplog.text


def test_a_server_that_accepts_and_says_nothing_does_not_answer(mute_server: str) -> None:
    start = time.perf_counter()
    assert not answers(mute_server, timeout_s=0.3)
    assert time.perf_counter() - start < 1


def test_a_server_that_refuses_the_run_is_answered_by_an_offline_run(
    folder: Path, server: WandbDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.refuses = True
    run = new_logger(folder)
    log_rows(run, folder, done=0, to=3)
    close(run)
    assert "W&B: offline, " in caplog.text
    assert inspected(folder / "wandb")["summary"]["val/miou"] == 0.25


def test_a_server_that_dies_costs_a_bounded_wait_and_a_line(
    folder: Path, server: WandbDouble, caplog: pytest.LogCaptureFixture
) -> None:
    run = new_logger(folder)
    log_rows(run, folder, done=0, to=1)
    server.stop()
    run.log_metrics(ROWS[1], 2)
    start = time.perf_counter()
    close(run)
    assert time.perf_counter() - start < 2.0 + 1
    (place,) = (folder / "wandb").glob("run-*")
    assert f"wandb sync --no-skip-online {place}" in caplog.text


def test_online_on_demand_is_refused_where_it_cannot_be(folder: Path) -> None:
    with pytest.raises(ConfigError, match="nobody is logged in") as refusal:
        new_logger(folder, mode="online")
    assert "logger.wandb.mode=auto" in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [("WANDB_MODE", "offline", "settings say so"), ("WANDB_API_KEY", "short", "offline, ")],
)
def test_wandbs_own_settings_are_heeded(
    folder: Path,
    server: WandbDouble,
    variable: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv(variable, value)
    run = new_logger(folder)
    run.start([])
    close(run)
    assert said in caplog.text
    assert not server.runs
