"""Settings of networks: one dataclass per architecture, its fields named as the decoder's own keywords; the encoder."""

from dataclasses import dataclass, field
from typing import Any, Literal

from omegaconf import MISSING

from segsweep.config.declare import ANY, COUNT, FRACTION_BELOW_ONE, Range, number

Interpolation = Literal["nearest", "bilinear"]


@dataclass
class ModelConfig:
    """What every architecture has."""

    arch: str = MISSING
    """Architecture: a name of `python -m segsweep.inspect models`."""


@dataclass
class DecoderConfig(ModelConfig):
    """What every architecture of segmentation-models-pytorch has."""

    encoder_depth: int = number(Range(1, 5))
    """Stages of the encoder that are used, each halving the size: 3 to 5 (1 to 4 for dpt)."""


@dataclass
class NormConfig(DecoderConfig):
    """What the architectures have whose decoder's norm can be chosen."""

    decoder_use_norm: Any = MISSING
    """batchnorm, false for none, or a norm with options such as {type: instancenorm, affine: true}."""


@dataclass
class StagesConfig(NormConfig):
    """What the architectures have whose decoder has a stage for each of the encoder."""

    decoder_channels: list[int] = number(COUNT)
    """Channels of each decoder stage, deepest first; as many as `encoder_depth`."""
    decoder_interpolation: Interpolation = MISSING
    """How the decoder upsamples."""


@dataclass
class UnetConfig(StagesConfig):
    """U-Net. Ronneberger, Fischer, Brox, MICCAI 2015."""

    decoder_attention_type: Literal["scse"] | None = MISSING
    """scse: squeeze-and-excitation in the decoder; null: none."""


@dataclass
class UnetPlusPlusConfig(UnetConfig):
    """U-Net++. Zhou, Siddiquee, Tajbakhsh, Liang, DLMIA 2018."""


@dataclass
class MAnetConfig(StagesConfig):
    """MA-Net. Fan, Wang, Li, Wang, IEEE Access 2020."""

    decoder_pab_channels: int = number(COUNT)
    """Channels inside the position-wise attention block."""


@dataclass
class LinknetConfig(NormConfig):
    """LinkNet. Chaurasia, Culurciello, VCIP 2017."""


@dataclass
class FPNConfig(DecoderConfig):
    """Feature pyramid network. Kirillov, Girshick, He, Dollar, 2017."""

    decoder_pyramid_channels: int = number(COUNT)
    """Channels of the pyramid."""
    decoder_segmentation_channels: int = number(COUNT)
    """Channels of the segmentation branches."""
    decoder_merge_policy: Literal["add", "cat"] = MISSING
    """How the branches are merged."""
    decoder_dropout: float = number(FRACTION_BELOW_ONE)
    """Fraction of channels dropped before the head."""
    decoder_interpolation: Interpolation = MISSING
    """How the pyramid upsamples."""
    upsampling: int = number(COUNT)
    """Factor from the decoder's output to the image's size; 4 unless the depth changes."""


@dataclass
class PSPNetConfig(NormConfig):
    """Pyramid scene parsing network. Zhao, Shi, Qi, Wang, Jia, CVPR 2017."""

    psp_out_channels: int = number(COUNT)
    """Channels after pyramid pooling."""
    psp_dropout: float = number(FRACTION_BELOW_ONE)
    """Fraction of channels dropped after pyramid pooling."""
    upsampling: int = number(COUNT)
    """Factor from the decoder's output to the image's size: 2 ** encoder_depth."""


@dataclass
class DeepLabV3Config(DecoderConfig):
    """DeepLabV3. Chen, Papandreou, Schroff, Adam, 2017."""

    encoder_output_stride: int = number(Range(8, 32))
    """Size of the image over size of the deepest features: 8 or 16. Smaller is finer and slower."""
    decoder_channels: int = number(COUNT)
    """Channels of the ASPP block."""
    decoder_atrous_rates: list[int] = number(COUNT)
    """Three dilation rates of the ASPP block."""
    decoder_aspp_separable: bool = MISSING
    """Separable convolutions in the ASPP block."""
    decoder_aspp_dropout: float = number(FRACTION_BELOW_ONE)
    """Fraction of channels dropped after the ASPP block."""
    upsampling: int | None = number(COUNT)
    """Factor from the decoder's output to the image's size; null: the encoder's output stride."""


@dataclass
class DeepLabV3PlusConfig(DeepLabV3Config):
    """DeepLabV3+. Chen, Zhu, Papandreou, Schroff, Adam, ECCV 2018."""


@dataclass
class PANConfig(DecoderConfig):
    """Pyramid attention network. Li, Xiong, An, Wang, BMVC 2018."""

    encoder_output_stride: int = number(Range(8, 32))
    """Size of the image over size of the deepest features: 16 or 32."""
    decoder_channels: int = number(COUNT)
    """Channels of the decoder."""
    decoder_interpolation: Interpolation = MISSING
    """How the decoder upsamples."""
    upsampling: int = number(COUNT)
    """Factor from the decoder's output to the image's size."""


@dataclass
class UPerNetConfig(NormConfig):
    """UPerNet. Xiao, Liu, Zhou, Jiang, Sun, ECCV 2018."""

    decoder_channels: int = number(COUNT)
    """Channels of the decoder."""
    upsampling: int = number(COUNT)
    """Factor from the decoder's output to the image's size."""


@dataclass
class SegformerConfig(DecoderConfig):
    """SegFormer. Xie, Wang, Yu, Anandkumar, Alvarez, Luo, NeurIPS 2021."""

    decoder_segmentation_channels: int = number(COUNT)
    """Channels of the all-MLP decoder."""
    upsampling: int = number(COUNT)
    """Factor from the decoder's output to the image's size."""


@dataclass
class DPTConfig(DecoderConfig):
    """Dense prediction transformer. Ranftl, Bochkovskiy, Koltun, ICCV 2021. Takes timm's plain vision transformers."""

    encoder_output_indices: list[int] | None = number(ANY)
    """Transformer blocks whose output is used; null: the last `encoder_depth` ones."""
    decoder_readout: Literal["ignore", "add", "cat"] = MISSING
    """What is done with the class token; without effect on encoders that have none."""
    decoder_intermediate_channels: list[int] = number(COUNT)
    """Channels of each reassembled feature map; as many as `encoder_depth`."""
    decoder_fusion_channels: int = number(COUNT)
    """Channels of the fusion blocks."""


@dataclass
class EncoderConfig:
    """The backbone."""

    name: str = MISSING
    """Name in segmentation-models-pytorch, or `tu-NAME` for any feature model of timm."""
    weights: str | None = MISSING
    """imagenet or another set that exists for this encoder; a local .safetensors or .pth file; null: random."""
    options: dict[str, Any] = field(default_factory=dict)
    """Further keywords of a timm encoder, such as img_size or drop_path_rate: `+encoder.options.img_size=512`."""
