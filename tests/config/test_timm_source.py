import subprocess
import sys

import pytest
from hydra.core.plugins import Plugins
from hydra.errors import MissingConfigException
from hydra.plugins.search_path_plugin import SearchPathPlugin

from segsweep.config.timm_source import TimmSource, register_timm_source
from tests.compose import compose


@pytest.mark.parametrize("name", ["tu-convnext_tiny", "tu-resnet18.a1_in1k", "tu-vit_base_patch16_224.augreg_in21k"])
def test_any_timm_name_is_an_option_without_a_file(name: str) -> None:
    encoder = compose(f"encoder={name}", "data.pretrained=imagenet").encoder
    assert (encoder.name, encoder.weights, encoder.options) == (name, "imagenet", {})


def test_a_timm_encoder_takes_further_options() -> None:
    encoder = compose("encoder=tu-convnext_tiny", "+encoder.options.drop_path_rate=0.1").encoder
    assert encoder.options == {"drop_path_rate": 0.1}


@pytest.mark.parametrize("option", ["resnet43", "tu-", "convnext_tiny"])
def test_other_names_stay_unknown(option: str) -> None:
    with pytest.raises(MissingConfigException):
        compose(f"encoder={option}")


def test_only_the_group_encoder_has_such_options() -> None:
    with pytest.raises(MissingConfigException):
        compose("model=tu-convnext_tiny")


def test_registering_twice_leaves_one_source() -> None:
    register_timm_source()
    register_timm_source()
    assert Plugins.instance().class_name_to_class[f"{TimmSource.__module__}.TimmSource"] is TimmSource
    names = [plugin.__name__ for plugin in Plugins.instance().discover(SearchPathPlugin)]
    assert names.count("TimmSearchPath") == 1


def test_composing_a_timm_name_imports_neither_torch_nor_timm() -> None:
    code = "import sys; from tests.compose import compose; compose('encoder=tu-convnext_tiny'); "
    code += "print([name for name in ('torch', 'timm') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
