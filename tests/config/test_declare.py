from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from segsweep.config.declare import Range, sentences
from segsweep.core.errors import ConfigError
from segsweep.data.spec import READERS, ResolutionConfig
from segsweep.losses.spec import BCEConfig, CrossEntropyConfig, FocalConfig, LossConfig, OverlapConfig, TverskyConfig
from segsweep.metrics.spec import MetricsConfig
from segsweep.models.spec import ARCHITECTURES, EncoderConfig
from segsweep.optim.spec import SCHEDULES, OptimizerConfig
from segsweep.schema import Config, HardwareConfig, SweepConfig, TrainerConfig, WandbConfig
from segsweep.validate import check_config
from tests.compose import compose

SETTINGS = [Config, TrainerConfig, HardwareConfig, WandbConfig, SweepConfig, LossConfig, EncoderConfig, OptimizerConfig]
SETTINGS += [
    ResolutionConfig,
    MetricsConfig,
    *(row.settings for row in ARCHITECTURES.values()),
    *(row.settings for row in SCHEDULES.values()),
    *(row.settings for row in READERS.values()),
]
SETTINGS += [CrossEntropyConfig, BCEConfig, FocalConfig, OverlapConfig, TverskyConfig]


def holds_number(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType, list):
        return any(holds_number(part) for part in get_args(hint))
    return get_origin(hint) is not Literal and hint in (int, float)


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_number_has_a_range_and_every_field_a_sentence(settings: type) -> None:
    hints = get_type_hints(settings)
    numbers = {name for name, hint in hints.items() if holds_number(hint)}
    assert numbers == {entry.name for entry in fields(settings) if "range" in entry.metadata}
    groups = {name for name, hint in hints.items() if is_dataclass(hint)}
    assert hints.keys() - groups <= sentences(settings).keys()


def test_a_range_says_what_it_accepts() -> None:
    assert str(Range(1)) == "1 or more"
    assert str(Range(0, low_open=True)) == "more than 0"
    assert str(Range(0, 1)) == "0 to 1"
    assert str(Range(0, 1, high_open=True)) == "0 or more and less than 1"


def test_infinity_and_nan_lie_in_no_range() -> None:
    assert Range().holds(-3)
    assert not Range().holds(float("inf"))
    assert not Range().holds(float("nan"))


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("trainer.batch_size=0", "trainer.batch_size=0 is out of range: it must be 1 or more."),
        ("optimizer.lr=0", "optimizer.lr=0 is out of range: it must be more than 0."),
        ("optimizer.lr=nan", "optimizer.lr=nan is out of range: it must be more than 0."),
        ("seed=-1", "seed=-1 is out of range: it must be 0 to 4294967295."),
        ("loss.dice.weight=-1", "loss.dice.weight=-1 is out of range: it must be 0 or more."),
        ("loss.cross_entropy.label_smoothing=1", "must be 0 or more and less than 1"),
        ("trainer.ema_decay=1", "must be more than 0 and less than 1"),
        ("'model.decoder_channels=[64,32,16,8,0]'", "model.decoder_channels=0 is out of range: it must be 1 or more."),
        ("data.num_folds=1", "data.num_folds=1 is out of range: it must be 2 or more."),
        ("data.fold=5", "data.fold=5 does not exist: of data.num_folds=5 the first is 0, the last 4."),
        ("hardware.num_workers=-1", "hardware.num_workers=-1 is out of range: it must be 0 or more."),
        ("hardware.devices=all", "hardware.devices=all is not a number. It may be auto, or a whole number, 1 or more"),
    ],
)
def test_a_number_outside_its_range_is_answered_with_the_range(override: str, text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(compose(override.strip("'")))
    assert text in str(raised.value)


def test_auto_stands_for_a_number_of_devices_and_workers() -> None:
    check_config(compose("hardware.devices=auto", "hardware.num_workers=auto"))
