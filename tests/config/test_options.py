import subprocess
import sys

import pytest
from hydra.core.plugins import Plugins
from hydra.errors import MissingConfigException
from hydra.plugins.search_path_plugin import SearchPathPlugin

from segsweep.config.options import OpenOptions, register_open_options
from tests.compose import compose


@pytest.mark.parametrize("name", ["tu-convnext_tiny", "tu-resnet18.a1_in1k", "tu-vit_base_patch16_224.augreg_in21k"])
def test_any_timm_name_is_an_option_without_a_file(name: str) -> None:
    encoder = compose(f"encoder={name}", "data.pretrained=imagenet").encoder
    assert (encoder.name, encoder.weights, encoder.options) == (name, "imagenet", {})


def test_a_timm_encoder_takes_further_options() -> None:
    encoder = compose("encoder=tu-convnext_tiny", "+encoder.options.drop_path_rate=0.1").encoder
    assert encoder.options == {"drop_path_rate": 0.1}


def test_any_size_is_an_option_with_the_values_of_the_files() -> None:
    resolution = compose("resolution=352x480").resolution
    assert (resolution.height, resolution.width) == (352, 480)
    assert (resolution.eval_size, resolution.count_at, resolution.interpolation) == ("same", "original", "linear")


def test_a_file_comes_before_the_pattern() -> None:
    assert compose("resolution=512x512").resolution.height == 512


@pytest.mark.parametrize("option", ["512x", "x512", "0x512", "512x512x3"])
def test_what_is_no_size_stays_unknown(option: str) -> None:
    with pytest.raises(MissingConfigException):
        compose(f"resolution={option}")


@pytest.mark.parametrize("option", ["resnet43", "tu-", "convnext_tiny"])
def test_other_names_stay_unknown(option: str) -> None:
    with pytest.raises(MissingConfigException):
        compose(f"encoder={option}")


def test_only_the_groups_of_the_table_have_such_options() -> None:
    with pytest.raises(MissingConfigException):
        compose("model=tu-convnext_tiny")


def test_registering_twice_leaves_one_source() -> None:
    register_open_options()
    register_open_options()
    assert Plugins.instance().class_name_to_class[f"{OpenOptions.__module__}.OpenOptions"] is OpenOptions
    names = [plugin.__name__ for plugin in Plugins.instance().discover(SearchPathPlugin)]
    assert names.count("OpenOptionsPath") == 1


def test_composing_a_timm_name_imports_neither_torch_nor_timm() -> None:
    code = "import sys; from tests.compose import compose; compose('encoder=tu-convnext_tiny'); "
    code += "print([name for name in ('torch', 'timm') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
