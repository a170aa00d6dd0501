"""`inspect settings` prints what the declarations and the files in conf/ say."""

import re
from dataclasses import fields

import pytest
from omegaconf import OmegaConf

from segsweep.cli.settings import read_settings
from segsweep.config.options import conf_dir
from segsweep.schema import Config
from tests.command import run
from tests.compose import compose, register

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("group", "lines"),
    [
        (
            "trainer",
            ("trainer.max_epochs=10   int: 1 or more", "trainer.gradient_clip_norm=null   float or null: more"),
        ),
        ("trainer", ("trainer.precision=auto   text: auto, 32, bf16, fp16",)),
        ("hardware", ("hardware.devices=1   int or auto: 1 or more",)),
        ("model", ("model=unet ", "model.decoder_channels=[256, 128, 64, 32, 16]   list of int: 1 or more")),
        ("data", ("data.root=required   text", "data=shapes ", "data.shapes_seed=0   int: 0 to 4294967295")),
        ("loss", ("loss.focal.gamma=2.0   float: 0 or more", "Focusing exponent; 0 is cross-entropy.")),
        ("logger", ("logger.wandb.mode=auto   word: auto, online, offline",)),
        ("seed", ("seed=0   int", "Seed of weights, order and augmentation.")),
    ],
)
def test_a_group_is_printed_with_type_range_default_and_sentence(group: str, lines: tuple[str, ...]) -> None:
    ended = run("settings", group, entry_point="inspect")
    assert ended.code == 0, ended.err
    for line in lines:
        assert line in ended.out


def test_every_key_of_the_default_config_and_of_every_option_is_printed() -> None:
    register()
    printed = {setting.key for section in read_settings() for setting in section.settings}
    words = [
        ("data=folder", "data.root=x"),
        *((f"model={file.stem}",) for file in (conf_dir() / "model").glob("*.yaml")),
    ]
    words += [(f"scheduler={file.stem}",) for file in (conf_dir() / "scheduler").glob("*.yaml")]
    for overrides in words:
        assert set(leaves(OmegaConf.to_container(OmegaConf.structured(compose(*overrides))))) <= printed
    assert {key.partition(".")[0] for key in printed} == {entry.name for entry in fields(Config)}


def leaves(node: object, prefix: str = "") -> list[str]:
    if not isinstance(node, dict) or not node:
        return [prefix]
    if prefix.endswith(".options"):
        return [prefix]
    return [leaf for key, value in node.items() for leaf in leaves(value, f"{prefix}.{key}".lstrip("."))]


def test_every_setting_says_what_it_is_and_a_number_what_it_accepts() -> None:
    register()
    for section in read_settings():
        for setting in section.settings:
            assert setting.sentence.endswith((".", "`.")), setting.key
            assert setting.accepts or not re.search(r"\b(int|float|word)\b", setting.kind), setting.key


def test_an_unknown_group_is_answered_with_the_nearest() -> None:
    ended = run("settings", "optimiser", entry_point="inspect")
    assert ended.code == 2
    assert "no group of settings named optimiser. Nearest: optimizer" in ended.err
