"""The table of architectures: how each is built, and all that is known of it before it is built.

A network of one's own is a row like the others: `ARCHITECTURES.add(Architecture("mine", MineConfig, "my_lab:build"))`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from segsweep.core.errors import ConfigError, near_hint, nearest
from segsweep.core.registry import Table
from segsweep.models import settings
from segsweep.models.settings import EncoderConfig as EncoderConfig
from segsweep.models.settings import ModelConfig as ModelConfig

SMP = "segsweep.models.nets:build_smp"
"""Builds the architecture of segmentation-models-pytorch that has the name of the row."""
OTHER_ENCODER = "another encoder such as encoder=resnet34, or model=unet"
ALL_MODELS = "All: python -m segsweep.inspect models"


@dataclass(frozen=True)
class Architecture:
    """A kind of network."""

    name: str
    """Its name: `model=NAME`."""
    settings: type[ModelConfig]
    """Its options; a plugin gives each a default."""
    build: str = SMP
    """`module:function`, called as function(settings, in_channels=, num_outputs=, encoder=) -> nn.Module, which turns
    images [n, c, h, w] into logits [n, num_outputs, h, w]. `encoder` is a `segsweep.models.nets.Backbone`, of which the
    network keeps what `encoder.build(in_channels, depth=...)` returns as its attribute `encoder`; else None."""
    has_encoder: bool = True
    """Whether it is built around an encoder that can be chosen; without one, the group `encoder` is not read."""
    depths: tuple[int, int] = (3, 5)
    """Fewest and most stages of the encoder."""
    output_strides: tuple[int, ...] = (32,)
    """What `encoder_output_stride` may be; below 32 the encoder is dilated, which not every one can be."""
    takes_named_encoders: bool = True
    """Whether it takes the encoders of the table; else only those of timm."""
    takes_mix_transformers: bool = True
    """Whether it takes the encoders of SegFormer."""
    takes_patch_14: bool = True
    """Whether it takes vision transformers with patches of 14 px."""
    instead: str = OTHER_ENCODER
    """What to type in place of an encoder that it refuses."""
    multiple: int | None = None
    """What height and width must be multiples of, px; None: the stride of the deepest features, or 1 without them."""
    any_size: bool = False
    """Whether it resizes its features to fit, so that any size goes; some encoders of timm do not even so."""
    least_strides: int = 1
    """How many strides of the deepest features the image must be wide and high."""
    sizes: str = "2 ** encoder_depth"
    """What height and width are multiples of, for people, where it is no single number."""
    upsampling: Callable[[int, int], int] = lambda _depth, _stride: 4
    """What `upsampling` must be, by the depth of the encoder and the stride of its deepest features."""
    pools_to_one_pixel: bool = False
    """Whether it normalizes a feature map of one pixel, which needs two images in a training batch."""


ARCHITECTURES: Table[Architecture] = Table(
    "a network",
    [
        Architecture("unet", settings.UnetConfig, any_size=True, sizes="1: any size (32 with tu- encoders)"),
        Architecture(
            "unetplusplus",
            settings.UnetPlusPlusConfig,
            takes_mix_transformers=False,
            instead="model=unet or model=segformer, or another encoder such as encoder=resnet34",
        ),
        Architecture("manet", settings.MAnetConfig),
        Architecture(
            "linknet",
            settings.LinknetConfig,
            takes_mix_transformers=False,
            instead="model=unet or model=segformer, or another encoder such as encoder=resnet34",
        ),
        Architecture("fpn", settings.FPNConfig, upsampling=lambda depth, _stride: int(2 ** (depth - 3))),
        Architecture("pspnet", settings.PSPNetConfig, upsampling=lambda _depth, stride: stride),
        Architecture(
            "deeplabv3",
            settings.DeepLabV3Config,
            output_strides=(8, 16),
            sizes="encoder_output_stride",
            upsampling=lambda _depth, stride: stride,
            pools_to_one_pixel=True,
        ),
        Architecture(
            "deeplabv3plus",
            settings.DeepLabV3PlusConfig,
            output_strides=(8, 16),
            sizes="encoder_output_stride",
            pools_to_one_pixel=True,
        ),
        Architecture(
            "pan",
            settings.PANConfig,
            output_strides=(16, 32),
            instead="model.encoder_output_stride=32, or another encoder such as encoder=resnet34",
            least_strides=8,  # the deepest features are pooled three times by two
            sizes="encoder_output_stride, and 8 of them at least",
            pools_to_one_pixel=True,
        ),
        Architecture("upernet", settings.UPerNetConfig, pools_to_one_pixel=True),
        Architecture("segformer", settings.SegformerConfig),
        Architecture(
            "dpt",
            settings.DPTConfig,
            depths=(1, 4),
            takes_named_encoders=False,
            takes_patch_14=False,
            instead="encoder=tu-vit_base_patch16_224.augreg_in21k, or another tu- one with patches of 8, 16 or 32 px",
            multiple=32,  # the patches of every vision transformer become maps of a 4th to a 32nd of the image
        ),
    ],
)


def deepest_stride(model: ModelConfig) -> int:
    """Return the size of the image over that of the encoder's deepest features; 1 where there is no encoder."""
    if not ARCHITECTURES[model.arch].has_encoder:
        return 1
    return min(int(getattr(model, "encoder_output_stride", 32)), int(2 ** getattr(model, "encoder_depth", 5)))


def check_architecture(model: ModelConfig) -> None:
    """Check that there is such an architecture, and that these are its settings.

    Raises:
        ConfigError: With the nearest name, or what to type.
    """
    row = ARCHITECTURES.get(model.arch)
    if row is None:
        hint = near_hint(nearest(model.arch, ARCHITECTURES))
        raise ConfigError(f"model.arch={model.arch} does not exist.{hint} {ALL_MODELS}")
    if not isinstance(model, row.settings):
        raise ConfigError(f"model.arch={model.arch} has other settings than these. Choose it as model={model.arch}")
