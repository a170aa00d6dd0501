import copy
from pathlib import Path
from typing import Any

import pytest

from segsweep.config.identity import identity, run_name

CONFIG: dict[str, Any] = {
    "model": {"arch": "unet", "encoder_depth": 5},
    "encoder": {"name": "resnet18", "weights": None},
    "data": {"name": "cells", "root": None, "pretrained": None},
    "trainer": {"max_epochs": 10, "batch_size": 8},
    "hardware": {"num_workers": 2},
    "logger": {"progress": "auto"},
    "paths": {"runs": "runs"},
    "seed": 0,
    "rerun": False,
}


def changed(dotted: str, value: Any) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    node = config
    *parents, leaf = dotted.split(".")
    for parent in parents:
        node = node[parent]
    node[leaf] = value
    return config


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", 1),
        ("trainer.max_epochs", 11),
        ("encoder.weights", "imagenet"),
        ("data.name", "x"),
        ("model.new_key", 1),
    ],
)
def test_what_decides_the_result_changes_the_name(key: str, value: Any) -> None:
    assert run_name(changed(key, value)) != run_name(CONFIG)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hardware.num_workers", 4),
        ("logger.progress", "none"),
        ("paths.runs", "/elsewhere"),
        ("rerun", True),
        ("data.pretrained", "imagenet"),
    ],
)
def test_speed_and_place_do_not_change_the_name(key: str, value: Any) -> None:
    assert run_name(changed(key, value)) == run_name(CONFIG)


def test_a_setting_that_a_later_version_added_changes_the_name_only_where_it_is_used() -> None:
    assert run_name(changed("data.group", None)) == run_name(CONFIG)
    assert run_name(changed("data.group", "^(p[0-9]+)_")) != run_name(CONFIG)


def test_the_name_reads_architecture_encoder_hash_and_the_order_of_keys_does_not_matter() -> None:
    name = run_name(CONFIG)
    assert name.startswith("unet-resnet18-")
    assert len(name.rsplit("-", 1)[1]) == 12
    assert run_name(dict(reversed(CONFIG.items()))) == name


def test_one_folder_has_one_identity_however_it_is_spelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cells").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run_name(changed("data.root", "cells")) == run_name(changed("data.root", f"{tmp_path}/./cells/"))


def test_two_folders_have_two_identities(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert run_name(changed("data.root", f"{tmp_path}/a")) != run_name(changed("data.root", f"{tmp_path}/b"))


def test_a_name_with_a_slash_makes_no_sub_folder() -> None:
    assert "/" not in run_name(changed("encoder.name", "tu-hf_hub:timm/resnet18"))


def test_identity_keeps_all_that_is_not_excluded_by_name() -> None:
    assert set(identity({**CONFIG, "group_of_next_year": {}})) == {
        "model",
        "encoder",
        "data",
        "trainer",
        "seed",
        "group_of_next_year",
    }
