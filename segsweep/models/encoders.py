"""The encoders of segmentation-models-pytorch by name: family, size, pretrained sets. Tests hold it to the library."""

from dataclasses import dataclass

from segsweep.core.registry import Table


@dataclass(frozen=True)
class Family:
    """Encoders of one design; the longest prefix that fits a name tells its family."""

    title: str
    paper: str
    dilates: bool = True
    """Whether its last stages can be dilated; those that halve the size by pooling cannot."""
    is_mix_transformer: bool = False
    """Whether it is the encoder of SegFormer, which has no features at half the image's size."""


@dataclass(frozen=True)
class EncoderRow:
    """What one needs to know of an encoder before building it."""

    name: str
    """Its name: `encoder=NAME`."""
    parameters_m: float | None = None
    """Parameters, in millions, for three input channels."""
    weights: tuple[str, ...] = ()
    """Pretrained sets that can be downloaded; a plugin's encoder has none, but takes a local file."""
    family: Family | None = None
    """Its design; None: by its name, in `FAMILIES`."""
    build: str = ""
    """Of a plugin's encoder: `module:function`, called as function(in_channels=, depth=, **encoder.options) ->
    nn.Module with the interface of SMP's EncoderMixin: forward returns `depth` + 1 features, the image first, whose
    channels are `out_channels`."""


FAMILIES: dict[str, Family] = {
    "resnet": Family("ResNet", "He, Zhang, Ren, Sun, CVPR 2016"),
    "resnext": Family("ResNeXt", "Xie, Girshick, Dollar, Tu, He, CVPR 2017"),
    "dpn": Family("Dual path network", "Chen, Li, Xiao, Jin, Yan, Feng, NeurIPS 2017"),
    "vgg": Family("VGG", "Simonyan, Zisserman, ICLR 2015", dilates=False),
    "senet154": Family("SENet", "Hu, Shen, Sun, CVPR 2018"),
    "se_": Family("Squeeze-and-excitation ResNet", "Hu, Shen, Sun, CVPR 2018"),
    "densenet": Family("DenseNet", "Huang, Liu, van der Maaten, Weinberger, CVPR 2017", dilates=False),
    "inceptionresnetv2": Family("Inception-ResNet v2", "Szegedy, Ioffe, Vanhoucke, Alemi, AAAI 2017", dilates=False),
    "inceptionv4": Family("Inception v4", "Szegedy, Ioffe, Vanhoucke, Alemi, AAAI 2017", dilates=False),
    "efficientnet": Family("EfficientNet", "Tan, Le, ICML 2019"),
    "mobilenet_v2": Family("MobileNet v2", "Sandler, Howard, Zhu, Zhmoginov, Chen, CVPR 2018"),
    "xception": Family("Xception", "Chollet, CVPR 2017", dilates=False),
    "timm-efficientnet": Family("EfficientNet by timm", "Tan, Le, ICML 2019"),
    "timm-tf_efficientnet_lite": Family("EfficientNet-Lite by timm", "Liu, TensorFlow blog, 2020"),
    "timm-sk": Family("Selective kernel network by timm", "Li, Wang, Hu, Yang, CVPR 2019"),
    "mit_b": Family(
        "Mix Transformer of SegFormer", "Xie, Wang, Yu, Anandkumar, Alvarez, Luo, NeurIPS 2021", is_mix_transformer=True
    ),
    "mobileone": Family("MobileOne", "Vasu, Gabriel, Zhu, Tuzel, Ranjan, CVPR 2023"),
}

ENCODERS: Table[EncoderRow] = Table(
    "an encoder",
    [
        EncoderRow("resnet18", 11.2, ("imagenet", "ssl", "swsl")),
        EncoderRow("resnet34", 21.3, ("imagenet",)),
        EncoderRow("resnet50", 23.5, ("imagenet", "ssl", "swsl")),
        EncoderRow("resnet101", 42.5, ("imagenet",)),
        EncoderRow("resnet152", 58.1, ("imagenet",)),
        EncoderRow("resnext50_32x4d", 23.0, ("imagenet", "ssl", "swsl")),
        EncoderRow("resnext101_32x4d", 42.1, ("ssl", "swsl")),
        EncoderRow("resnext101_32x8d", 86.7, ("imagenet", "instagram", "ssl", "swsl")),
        EncoderRow("resnext101_32x16d", 192.0, ("instagram", "ssl", "swsl")),
        EncoderRow("resnext101_32x32d", 466.5, ("instagram",)),
        EncoderRow("resnext101_32x48d", 826.4, ("instagram",)),
        EncoderRow("dpn68", 11.8, ("imagenet",)),
        EncoderRow("dpn68b", 11.8, ("imagenet+5k",)),
        EncoderRow("dpn92", 35.0, ("imagenet+5k",)),
        EncoderRow("dpn98", 58.9, ("imagenet",)),
        EncoderRow("dpn107", 84.2, ("imagenet+5k",)),
        EncoderRow("dpn131", 76.6, ("imagenet",)),
        EncoderRow("vgg11", 9.2, ("imagenet",)),
        EncoderRow("vgg11_bn", 9.2, ("imagenet",)),
        EncoderRow("vgg13", 9.4, ("imagenet",)),
        EncoderRow("vgg13_bn", 9.4, ("imagenet",)),
        EncoderRow("vgg16", 14.7, ("imagenet",)),
        EncoderRow("vgg16_bn", 14.7, ("imagenet",)),
        EncoderRow("vgg19", 20.0, ("imagenet",)),
        EncoderRow("vgg19_bn", 20.0, ("imagenet",)),
        EncoderRow("senet154", 113.0, ("imagenet",)),
        EncoderRow("se_resnet50", 26.0, ("imagenet",)),
        EncoderRow("se_resnet101", 47.3, ("imagenet",)),
        EncoderRow("se_resnet152", 64.8, ("imagenet",)),
        EncoderRow("se_resnext50_32x4d", 25.5, ("imagenet",)),
        EncoderRow("se_resnext101_32x4d", 46.9, ("imagenet",)),
        EncoderRow("densenet121", 7.0, ("imagenet",)),
        EncoderRow("densenet169", 12.5, ("imagenet",)),
        EncoderRow("densenet201", 18.1, ("imagenet",)),
        EncoderRow("densenet161", 26.5, ("imagenet",)),
        EncoderRow("inceptionresnetv2", 54.3, ("imagenet", "imagenet+background")),
        EncoderRow("inceptionv4", 41.1, ("imagenet", "imagenet+background")),
        EncoderRow("efficientnet-b0", 4.0, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b1", 6.5, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b2", 7.7, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b3", 10.7, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b4", 17.5, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b5", 28.3, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b6", 40.7, ("imagenet", "advprop")),
        EncoderRow("efficientnet-b7", 63.8, ("imagenet", "advprop")),
        EncoderRow("mobilenet_v2", 2.2, ("imagenet",)),
        EncoderRow("xception", 20.8, ("imagenet",)),
        EncoderRow("timm-efficientnet-b0", 4.0, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b1", 6.5, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b2", 7.7, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b3", 10.7, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b4", 17.5, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b5", 28.3, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b6", 40.7, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b7", 63.8, ("imagenet", "advprop", "noisy-student")),
        EncoderRow("timm-efficientnet-b8", 84.6, ("imagenet", "advprop")),
        EncoderRow("timm-efficientnet-l2", 474.8, ("noisy-student", "noisy-student-475")),
        EncoderRow("timm-tf_efficientnet_lite0", 3.4, ("imagenet",)),
        EncoderRow("timm-tf_efficientnet_lite1", 4.1, ("imagenet",)),
        EncoderRow("timm-tf_efficientnet_lite2", 4.8, ("imagenet",)),
        EncoderRow("timm-tf_efficientnet_lite3", 6.9, ("imagenet",)),
        EncoderRow("timm-tf_efficientnet_lite4", 11.7, ("imagenet",)),
        EncoderRow("timm-skresnet18", 11.4, ("imagenet",)),
        EncoderRow("timm-skresnet34", 21.8, ("imagenet",)),
        EncoderRow("timm-skresnext50_32x4d", 23.9, ("imagenet",)),
        EncoderRow("mit_b0", 3.3, ("imagenet",)),
        EncoderRow("mit_b1", 13.2, ("imagenet",)),
        EncoderRow("mit_b2", 24.2, ("imagenet",)),
        EncoderRow("mit_b3", 44.1, ("imagenet",)),
        EncoderRow("mit_b4", 60.8, ("imagenet",)),
        EncoderRow("mit_b5", 81.4, ("imagenet",)),
        EncoderRow("mobileone_s0", 4.3, ("imagenet",)),
        EncoderRow("mobileone_s1", 3.5, ("imagenet",)),
        EncoderRow("mobileone_s2", 5.8, ("imagenet",)),
        EncoderRow("mobileone_s3", 8.1, ("imagenet",)),
        EncoderRow("mobileone_s4", 12.9, ("imagenet",)),
    ],
)


def family_of(name: str) -> Family | None:
    """Return the family of an encoder of the table; None if there is none."""
    if name not in ENCODERS:
        return None
    fitting = [prefix for prefix in FAMILIES if name.startswith(prefix)]
    return ENCODERS[name].family or (FAMILIES[max(fitting, key=len)] if fitting else None)
