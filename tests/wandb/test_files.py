import json
from pathlib import Path
from typing import Any

import pytest

from segsweep.runs.facts import EnvironmentFacts
from segsweep.runs.folder import read_choices, write_choices
from segsweep.runs.record import RunRecord, read_record
from segsweep.wandb.files import write_for_wandb

HOME = str(Path.home())


def sent(folder: Path, **options: Any) -> tuple[list[str], RunRecord]:
    record = RunRecord(
        "unet",
        "failed",
        {"test/dice": 0.5},
        {"data": {"root": f"{HOME}/cells", "names": [f"{HOME}/a"]}},
        environment=EnvironmentFacts(
            python="3", device="H200", git_commit="1234", platform="Linux", packages={"torch": "2"}
        ),
        reason=f"no {HOME}/cells",
    )
    names = write_for_wandb(folder, record, folder / "files", **options)
    found = read_record(folder / "files")
    assert found is not None
    return names, found


def test_a_run_sends_what_a_comparison_reads_and_no_path_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "per_image.csv").write_text("image,dice\na,0.5\n")
    (tmp_path / "per_image_val.csv").write_text("image,dice\nb,0.25\n")
    write_choices(tmp_path, {"loss": "dice", "model": "unet"})
    names, found = sent(tmp_path, machine_info=False)
    assert names == ["record.json", "per_image.csv", "per_image_val.csv", "choices.json"]
    assert found.config == {"data": {"root": "~/cells", "names": ["~/a"]}}
    assert found.reason == "no ~/cells"
    assert found.environment.content() == {"packages": {"torch": "2"}, "device": "H200"}
    assert json.loads((tmp_path / "files" / "choices.json").read_text()) == {"loss": "dice", "model": "unet"}
    assert (tmp_path / "files" / "per_image.csv").read_text() == "image,dice\na,0.5\n"
    assert (tmp_path / "files" / "per_image_val.csv").read_text() == "image,dice\nb,0.25\n"


def test_with_machine_info_the_record_is_sent_as_it_is(tmp_path: Path) -> None:
    _, found = sent(tmp_path, machine_info=True)
    assert found.environment.git_commit == "1234"
    assert found.config["data"]["root"] == f"{HOME}/cells"


@pytest.mark.parametrize("text", ["", "hydra: {}", "hydra: [", "hydra: {runtime: {choices: 3}}"])
def test_choices_that_nobody_noted_are_none(tmp_path: Path, text: str) -> None:
    assert read_choices(tmp_path) == {}
    (tmp_path / ".hydra").mkdir()
    (tmp_path / ".hydra" / "hydra.yaml").write_text(text)
    assert read_choices(tmp_path) == {}
