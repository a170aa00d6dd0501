"""The axes are what really differs, under the names that people type."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from segsweep.core.errors import ReportError
from segsweep.report.read.axes import choose_axis, find_axes
from segsweep.report.read.collect import collect
from segsweep.report.read.configurations import group_runs
from segsweep.report.read.model import Axis, RunFacts
from tests.report.making import grid, make_run


def samples(runs: Path, *configs: dict[str, object]) -> list[RunFacts]:
    for config in configs:
        make_run(runs, config, [0.5, 0.6])
    return collect(runs)[0]


def values(axes: list[Axis]) -> dict[str, tuple[str, ...]]:
    return {axis.name: axis.values for axis in axes}


def test_groups_have_one_name_and_what_follows_from_them_is_not_said_twice(tmp_path: Path) -> None:
    found, of_runs, notes = find_axes(
        samples(tmp_path, *grid(model=["unet", "fpn"], encoder=["resnet18", "mit_b0"], loss=["dice", "bce_dice"]))
    )
    assert values(found) == {
        "model": ("fpn", "unet"),
        "encoder": ("mit_b0", "resnet18"),
        "loss": ("bce + dice", "dice"),
    }
    assert {"model.arch", "model.decoder_merge_policy"} <= set(found[0].keys)
    assert of_runs[0].keys() == values(found).keys()
    assert notes == []


def test_numbers_and_sizes_are_sorted_by_size(tmp_path: Path) -> None:
    lrs, sizes = [0.01, 0.001, 0.0001], ["512x512", "1024x1024", "256x256"]
    found, _, _ = find_axes(samples(tmp_path, *grid(optimizer__lr=lrs, resolution=sizes)))
    assert values(found) == {
        "resolution": ("256x256", "512x512", "1024x1024"),
        "optimizer.lr": ("0.0001", "0.001", "0.01"),
    }


def test_a_group_whose_name_does_not_say_all_has_its_keys_beside_it(tmp_path: Path) -> None:
    shared: dict[str, Sequence[object]] = {"model": ["unet", "fpn"], "trainer__max_epochs": [10]}
    both = list(grid(**shared, loss=["dice"], loss__dice__smooth=[0.0, 1.0]))
    found, _, _ = find_axes(samples(tmp_path, *both, *grid(**shared, loss=["bce_dice"])))
    assert values(found) == {"model": ("fpn", "unet"), "loss": ("bce + dice", "dice"), "loss.dice.smooth": ("0", "1")}


def test_axes_that_always_change_together_are_one(tmp_path: Path) -> None:
    configs = [*grid(model=["unet"], optimizer__lr=[0.001]), *grid(model=["fpn"], optimizer__lr=[0.01])]
    found, _, _ = find_axes(samples(tmp_path, *configs))
    assert values(found) == {"model & optimizer.lr": ("fpn, 0.01", "unet, 0.001")}
    for name in ("model", "optimizer.lr", "model.arch"):
        assert choose_axis(name, found) is found[0]


def test_a_setting_that_follows_from_a_choice_is_no_axis_and_is_said(tmp_path: Path) -> None:
    configs = [*grid(model=["unet", "fpn"], optimizer__lr=[0.001]), *grid(model=["pan"], optimizer__lr=[0.01])]
    found, _, notes = find_axes(samples(tmp_path, *configs))
    assert list(values(found)) == ["model"]
    assert notes == ["optimizer.lr follows from model in these runs: what they do cannot be told apart"]


def test_a_loss_is_called_by_its_file_where_the_run_noted_it(tmp_path: Path) -> None:
    for name, config in zip(("tight", "loose"), grid(loss=["dice", "bce_dice"]), strict=True):
        hydra = make_run(tmp_path, config, [0.5, 0.6]) / ".hydra"
        hydra.mkdir()
        (hydra / "hydra.yaml").write_text(yaml.safe_dump({"hydra": {"runtime": {"choices": {"loss": name}}}}))
    found, _, _ = find_axes(collect(tmp_path)[0])
    assert values(found) == {"loss": ("loose", "tight")}


def test_a_configuration_is_named_by_what_tells_it_from_the_others(tmp_path: Path) -> None:
    configs = grid(model=["unet"], encoder=["resnet18", "mit_b0"], resolution=["256x256", "512x512"], seed=range(2))
    grouped = group_runs(samples(tmp_path, *configs), [])
    assert {configuration.label for configuration in grouped.ranked} == {
        f"unet/{encoder} at {size}" for encoder in ("mit_b0", "resnet18") for size in ("256x256", "512x512")
    }
    assert all(len(configuration.runs) == 2 for configuration in grouped.ranked)


def test_an_axis_that_is_none_is_answered_with_those_that_are(tmp_path: Path) -> None:
    found, _, _ = find_axes(samples(tmp_path, *grid(model=["unet", "fpn"])))
    with pytest.raises(ReportError, match=r"differ in modle\. Nearest: model, model\.arch\. They differ in: model"):
        choose_axis("modle", found)
    with pytest.raises(ReportError, match="do not differ in model, nor in anything but seeds and folds"):
        choose_axis("model", [])
