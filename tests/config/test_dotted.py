"""Settings by dotted keys."""

from segsweep.config.dotted import MISSING, as_typed, flatten, put_at, value_at

CONFIG = {"optimizer": {"lr": 0.001, "betas": [0.9, 0.99]}, "seed": 0, "options": {}}


def test_a_config_is_flat_by_dotted_keys_and_its_lists_are_text() -> None:
    flat = flatten(CONFIG)
    assert flat == {"optimizer.lr": 0.001, "optimizer.betas": "[0.9, 0.99]", "seed": 0, "options": "{}"}


def test_a_value_is_found_where_it_is_and_missing_where_it_is_not() -> None:
    assert value_at(CONFIG, "optimizer.lr") == 0.001
    assert value_at(CONFIG, "optimizer") == CONFIG["optimizer"]
    assert value_at(CONFIG, "seed.of") is MISSING
    assert value_at(CONFIG, "optimizer.gone") is MISSING


def test_a_value_is_put_at_its_key_but_takes_the_place_of_no_group() -> None:
    content = {"model": {"arch": "unet"}, "data": "cells"}
    put_at(content, "model", "fpn")
    put_at(content, "data.name", "nuclei")
    put_at(content, "optimizer.lr", 0.1)
    assert content == {"model": {"arch": "unet"}, "data": {"name": "nuclei"}, "optimizer": {"lr": 0.1}}


def test_a_setting_is_written_as_one_types_it() -> None:
    assert [as_typed(value) for value in (None, True, 0.0010, 3, "unet", MISSING)] == [
        "null", "true", "0.001", "3", "unet", "-",
    ]  # fmt: skip
