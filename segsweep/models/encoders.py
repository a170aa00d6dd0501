"""The encoders of segmentation-models-pytorch by name: family, size, pretrained sets. Tests hold it to the library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EncoderFacts:
    """What one needs to know of an encoder before building it."""

    parameters_m: float
    """Parameters, in millions, for three input channels."""
    weights: tuple[str, ...]
    """Pretrained sets that can be downloaded."""


@dataclass(frozen=True)
class Family:
    """Encoders of one design; the longest prefix that fits a name tells its family."""

    title: str
    paper: str


FAMILIES: dict[str, Family] = {
    "resnet": Family("ResNet", "He, Zhang, Ren, Sun, CVPR 2016"),
    "resnext": Family("ResNeXt", "Xie, Girshick, Dollar, Tu, He, CVPR 2017"),
    "dpn": Family("Dual path network", "Chen, Li, Xiao, Jin, Yan, Feng, NeurIPS 2017"),
    "vgg": Family("VGG", "Simonyan, Zisserman, ICLR 2015"),
    "senet154": Family("SENet", "Hu, Shen, Sun, CVPR 2018"),
    "se_": Family("Squeeze-and-excitation ResNet", "Hu, Shen, Sun, CVPR 2018"),
    "densenet": Family("DenseNet", "Huang, Liu, van der Maaten, Weinberger, CVPR 2017"),
    "inceptionresnetv2": Family("Inception-ResNet v2", "Szegedy, Ioffe, Vanhoucke, Alemi, AAAI 2017"),
    "inceptionv4": Family("Inception v4", "Szegedy, Ioffe, Vanhoucke, Alemi, AAAI 2017"),
    "efficientnet": Family("EfficientNet", "Tan, Le, ICML 2019"),
    "mobilenet_v2": Family("MobileNet v2", "Sandler, Howard, Zhu, Zhmoginov, Chen, CVPR 2018"),
    "xception": Family("Xception", "Chollet, CVPR 2017"),
    "timm-efficientnet": Family("EfficientNet by timm", "Tan, Le, ICML 2019"),
    "timm-tf_efficientnet_lite": Family("EfficientNet-Lite by timm", "Liu, TensorFlow blog, 2020"),
    "timm-sk": Family("Selective kernel network by timm", "Li, Wang, Hu, Yang, CVPR 2019"),
    "mit_b": Family("Mix Transformer of SegFormer", "Xie, Wang, Yu, Anandkumar, Alvarez, Luo, NeurIPS 2021"),
    "mobileone": Family("MobileOne", "Vasu, Gabriel, Zhu, Tuzel, Ranjan, CVPR 2023"),
}

ENCODERS: dict[str, EncoderFacts] = {
    "resnet18": EncoderFacts(11.2, ("imagenet", "ssl", "swsl")),
    "resnet34": EncoderFacts(21.3, ("imagenet",)),
    "resnet50": EncoderFacts(23.5, ("imagenet", "ssl", "swsl")),
    "resnet101": EncoderFacts(42.5, ("imagenet",)),
    "resnet152": EncoderFacts(58.1, ("imagenet",)),
    "resnext50_32x4d": EncoderFacts(23.0, ("imagenet", "ssl", "swsl")),
    "resnext101_32x4d": EncoderFacts(42.1, ("ssl", "swsl")),
    "resnext101_32x8d": EncoderFacts(86.7, ("imagenet", "instagram", "ssl", "swsl")),
    "resnext101_32x16d": EncoderFacts(192.0, ("instagram", "ssl", "swsl")),
    "resnext101_32x32d": EncoderFacts(466.5, ("instagram",)),
    "resnext101_32x48d": EncoderFacts(826.4, ("instagram",)),
    "dpn68": EncoderFacts(11.8, ("imagenet",)),
    "dpn68b": EncoderFacts(11.8, ("imagenet+5k",)),
    "dpn92": EncoderFacts(35.0, ("imagenet+5k",)),
    "dpn98": EncoderFacts(58.9, ("imagenet",)),
    "dpn107": EncoderFacts(84.2, ("imagenet+5k",)),
    "dpn131": EncoderFacts(76.6, ("imagenet",)),
    "vgg11": EncoderFacts(9.2, ("imagenet",)),
    "vgg11_bn": EncoderFacts(9.2, ("imagenet",)),
    "vgg13": EncoderFacts(9.4, ("imagenet",)),
    "vgg13_bn": EncoderFacts(9.4, ("imagenet",)),
    "vgg16": EncoderFacts(14.7, ("imagenet",)),
    "vgg16_bn": EncoderFacts(14.7, ("imagenet",)),
    "vgg19": EncoderFacts(20.0, ("imagenet",)),
    "vgg19_bn": EncoderFacts(20.0, ("imagenet",)),
    "senet154": EncoderFacts(113.0, ("imagenet",)),
    "se_resnet50": EncoderFacts(26.0, ("imagenet",)),
    "se_resnet101": EncoderFacts(47.3, ("imagenet",)),
    "se_resnet152": EncoderFacts(64.8, ("imagenet",)),
    "se_resnext50_32x4d": EncoderFacts(25.5, ("imagenet",)),
    "se_resnext101_32x4d": EncoderFacts(46.9, ("imagenet",)),
    "densenet121": EncoderFacts(7.0, ("imagenet",)),
    "densenet169": EncoderFacts(12.5, ("imagenet",)),
    "densenet201": EncoderFacts(18.1, ("imagenet",)),
    "densenet161": EncoderFacts(26.5, ("imagenet",)),
    "inceptionresnetv2": EncoderFacts(54.3, ("imagenet", "imagenet+background")),
    "inceptionv4": EncoderFacts(41.1, ("imagenet", "imagenet+background")),
    "efficientnet-b0": EncoderFacts(4.0, ("imagenet", "advprop")),
    "efficientnet-b1": EncoderFacts(6.5, ("imagenet", "advprop")),
    "efficientnet-b2": EncoderFacts(7.7, ("imagenet", "advprop")),
    "efficientnet-b3": EncoderFacts(10.7, ("imagenet", "advprop")),
    "efficientnet-b4": EncoderFacts(17.5, ("imagenet", "advprop")),
    "efficientnet-b5": EncoderFacts(28.3, ("imagenet", "advprop")),
    "efficientnet-b6": EncoderFacts(40.7, ("imagenet", "advprop")),
    "efficientnet-b7": EncoderFacts(63.8, ("imagenet", "advprop")),
    "mobilenet_v2": EncoderFacts(2.2, ("imagenet",)),
    "xception": EncoderFacts(20.8, ("imagenet",)),
    "timm-efficientnet-b0": EncoderFacts(4.0, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b1": EncoderFacts(6.5, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b2": EncoderFacts(7.7, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b3": EncoderFacts(10.7, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b4": EncoderFacts(17.5, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b5": EncoderFacts(28.3, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b6": EncoderFacts(40.7, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b7": EncoderFacts(63.8, ("imagenet", "advprop", "noisy-student")),
    "timm-efficientnet-b8": EncoderFacts(84.6, ("imagenet", "advprop")),
    "timm-efficientnet-l2": EncoderFacts(474.8, ("noisy-student", "noisy-student-475")),
    "timm-tf_efficientnet_lite0": EncoderFacts(3.4, ("imagenet",)),
    "timm-tf_efficientnet_lite1": EncoderFacts(4.1, ("imagenet",)),
    "timm-tf_efficientnet_lite2": EncoderFacts(4.8, ("imagenet",)),
    "timm-tf_efficientnet_lite3": EncoderFacts(6.9, ("imagenet",)),
    "timm-tf_efficientnet_lite4": EncoderFacts(11.7, ("imagenet",)),
    "timm-skresnet18": EncoderFacts(11.4, ("imagenet",)),
    "timm-skresnet34": EncoderFacts(21.8, ("imagenet",)),
    "timm-skresnext50_32x4d": EncoderFacts(23.9, ("imagenet",)),
    "mit_b0": EncoderFacts(3.3, ("imagenet",)),
    "mit_b1": EncoderFacts(13.2, ("imagenet",)),
    "mit_b2": EncoderFacts(24.2, ("imagenet",)),
    "mit_b3": EncoderFacts(44.1, ("imagenet",)),
    "mit_b4": EncoderFacts(60.8, ("imagenet",)),
    "mit_b5": EncoderFacts(81.4, ("imagenet",)),
    "mobileone_s0": EncoderFacts(4.3, ("imagenet",)),
    "mobileone_s1": EncoderFacts(3.5, ("imagenet",)),
    "mobileone_s2": EncoderFacts(5.8, ("imagenet",)),
    "mobileone_s3": EncoderFacts(8.1, ("imagenet",)),
    "mobileone_s4": EncoderFacts(12.9, ("imagenet",)),
}


def family_of(name: str) -> Family | None:
    """Return the family of a named encoder; None if there is none."""
    fitting = [prefix for prefix in FAMILIES if name.startswith(prefix)]
    return FAMILIES[max(fitting, key=len)] if name in ENCODERS and fitting else None
