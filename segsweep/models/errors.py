"""Sentences about architectures, encoders and what goes together."""

from collections.abc import Iterable, Sequence
from typing import Any

from segsweep.config.identity import NO_ENCODER
from segsweep.core.errors import ConfigError, WeightsError, and_more, near_hint, nearest


def unknown_encoder(name: str, known: Iterable[str]) -> ConfigError:
    """No named encoder is called that."""
    known = list(known)
    near = nearest(name, known)
    text = f"encoder.name={name} does not exist."
    if near:
        text += f" Nearest: {', '.join(near)}."
    if name.startswith("timm-"):
        text += f" Perhaps encoder=tu-{name.removeprefix('timm-')}."
    return ConfigError(
        f"{text} Any feature model of timm goes as encoder=tu-NAME. All: python -m segsweep.inspect encoders"
    )


def unknown_timm(name: str, near: Sequence[str]) -> ConfigError:
    """Timm has no model of that name."""
    return ConfigError(
        f"encoder={name} does not exist: timm has no model {name.removeprefix('tu-')}."
        f"{near_hint(['tu-' + other for other in near])} "
        'All: python -c "import timm; print(*timm.list_models(pretrained=True), sep=chr(10))"'
    )


def options_of_named_encoder(name: str, options: dict[str, Any]) -> ConfigError:
    """Named encoders would swallow options in silence."""
    return ConfigError(
        f"encoder.options={options} is for timm encoders only, and encoder={name} takes none. "
        f"Leave it out, or choose a timm encoder: encoder=tu-NAME"
    )


def refused_pair(arch: str, encoder: str, fix: str) -> ConfigError:
    """A pair that cannot be built."""
    return ConfigError(
        f"model={arch} does not go with encoder={encoder}. Type {fix}. More: python -m segsweep.inspect models"
    )


def failed_pair(arch: str, encoder: str, problem: str, fix: str) -> ConfigError:
    """A pair whose building or forward pass failed."""
    if encoder == NO_ENCODER:
        return ConfigError(f"model={arch} cannot be trained: {problem}.")
    return ConfigError(f"model={arch} does not go with encoder={encoder}: {problem}. Type {fix}.")


def failed_size(arch: str, encoder: str, where: str, size: tuple[int, int], problem: str, fix: str) -> ConfigError:
    """A pair that runs, but not at this size."""
    pair = f"model={arch}" if encoder == NO_ENCODER else f"model={arch} with encoder={encoder}"
    return ConfigError(f"{pair} does not take {size[0]}x{size[1]} images ({where}): {problem}. Type {fix}.")


def native_needs_any_size(arch: str, encoder: str, height: int, width: int) -> ConfigError:
    """The encoder is built for one size, and stored images have sizes of their own."""
    return ConfigError(
        f"resolution.eval_size=native does not go with model={arch} and encoder={encoder}, which is built for images "
        f"of {height}x{width} and does not take every size. Type resolution.eval_size=same, or choose another encoder."
    )


def output_stride(arch: str, found: int, accepted: Sequence[int]) -> ConfigError:
    """A dilation the architecture does not have."""
    words = " or ".join(str(stride) for stride in accepted)
    return ConfigError(
        f"model.encoder_output_stride={found} does not go with model={arch}, which takes {words}. "
        f"Type model.encoder_output_stride={accepted[-1]}"
    )


def depth(what: str, found: int, low: int, high: int) -> ConfigError:
    """Too few or too many stages."""
    accepted = str(low) if low == high else f"{low} to {high}"
    return ConfigError(
        f"model.encoder_depth={found} does not go with {what}, which takes {accepted}. Type model.encoder_depth={high}"
    )


def list_length(option: str, found: Sequence[int], wanted: int) -> ConfigError:
    """One number per stage is wanted."""
    longer = list(found) + [found[-1] if found else 64] * wanted
    return ConfigError(
        f"model.{option}={list(found)} has {len(found)} numbers and needs as many as model.encoder_depth={wanted}. "
        f"Type 'model.{option}={str(longer[:wanted]).replace(' ', '')}', or model.encoder_depth={len(found)}"
    )


def atrous_rates(found: Sequence[int]) -> ConfigError:
    """Three branches have three rates."""
    return ConfigError(
        f"model.decoder_atrous_rates={list(found)} needs three numbers. Type 'model.decoder_atrous_rates=[12,24,36]'"
    )


def upsampling(arch: str, found: Any, wanted: int) -> ConfigError:
    """The logits would not have the image's size."""
    return ConfigError(
        f"model.upsampling={found} would give {arch} logits of another size than the image. "
        f"Type model.upsampling={wanted}"
    )


def decoder_norm(found: str) -> ConfigError:
    """A norm that the decoder cannot build from its name."""
    options = "'model.decoder_use_norm={type: instancenorm, affine: true}'"
    return ConfigError(
        f"model.decoder_use_norm={found} cannot be built. It may be batchnorm, false for none, inplace (with the "
        f"package inplace_abn), or a norm with options: {options}"
    )


Size = tuple[int, int]


def training_size(pair: str, found: Size, needs: str, fit: Size, option: str | None) -> ConfigError:
    """The training size does not fit the architecture."""
    fix = f"resolution.height={fit[0]} resolution.width={fit[1]}"
    return ConfigError(
        f"resolution.height={found[0]} resolution.width={found[1]} does not go with {pair}: height and width "
        f"must be {needs}. Nearest: {fix}" + (f", which is resolution={option}" if option else "")
    )


def eval_size(pair: str, found: Size, needs: str, fit: Size) -> ConfigError:
    """The evaluation size does not fit the architecture."""
    return ConfigError(
        f"resolution.eval_size={found[0]}x{found[1]} does not go with {pair}: height and width must be {needs}. "
        f"Nearest: resolution.eval_size={fit[0]}x{fit[1]}"
    )


def unshared_batch(batch: int, devices: int) -> ConfigError:
    """The devices cannot have the same number of images each."""
    fit = devices * max(1, round(batch / devices))
    return ConfigError(
        f"trainer.batch_size={batch} cannot be shared by hardware.devices={devices}: it counts the images of all "
        f"devices together and must be a multiple of {devices}. Nearest: trainer.batch_size={fit}"
    )


def batch_of_one(arch: str, batch: int, devices: int) -> ConfigError:
    """The architecture cannot train on one image at a time."""
    return ConfigError(
        f"model={arch} cannot train on one image at a time (trainer.batch_size={batch}, hardware.devices={devices}): "
        f"it normalizes over a feature map of one pixel. Type trainer.batch_size={2 * devices}, "
        f"with trainer.accumulate_batches for larger steps, or model=unet"
    )


RANDOM = "encoder.weights=null starts from random weights"
LOCAL = "encoder.weights=/path/to/file.safetensors takes a local file"


def unknown_set(encoder: str, found: str, known: Sequence[str]) -> WeightsError:
    """The encoder was never trained that way."""
    if not known:
        return WeightsError(f"encoder={encoder} has no pretrained weights. {RANDOM}; {LOCAL}.")
    return WeightsError(
        f"encoder.weights={found} does not exist for encoder={encoder}. It has: {', '.join(known)}. "
        f"Type encoder.weights={known[0]}; {RANDOM}; {LOCAL}."
    )


def timm_set(encoder: str, found: str) -> WeightsError:
    """A timm encoder carries the set in its name."""
    return WeightsError(
        f"encoder.weights={found} does not go with {encoder}: a timm encoder carries the set in its name. Type "
        f"encoder.weights=imagenet for what timm has by default, or encoder={encoder.split('.')[0]}.TAG; "
        f"{RANDOM}; {LOCAL}."
    )


def timm_untrained(encoder: str, tags: Sequence[str]) -> WeightsError:
    """Timm has no weights of that name."""
    bare = encoder.split(".")[0]
    known = ", ".join(f"encoder={bare}.{tag}" for tag in tags)
    return WeightsError(
        f"timm has no pretrained weights for {encoder}. "
        + (f"It has: {known}. " if known else "")
        + f"{RANDOM}; {LOCAL}."
    )


def unreachable(encoder: str, weights: str, source: str, cache: str) -> WeightsError:
    """Neither in the cache nor on the network."""
    return WeightsError(
        f"The weights {weights} of encoder={encoder} are not in the cache ({cache}), and {source} cannot be reached. "
        f"Ways out:\n"
        f"  encoder.weights=null                        random weights\n"
        f"  encoder.weights=/path/to/file.safetensors   a local file\n"
        f"  on a machine with network, once:            python -m segsweep.train encoder={encoder} "
        f"encoder.weights={weights} trainer.max_epochs=1\n"
        f"                                              then copy its cache here, or point HF_HOME at it\n"
        f"  HF_ENDPOINT=https://your.mirror             another server"
    )


def no_file(path: str) -> WeightsError:
    """There is no such file."""
    return WeightsError(
        f"encoder.weights={path} is not a file. Give the path of a .safetensors or .pth file, or {RANDOM}."
    )


def unreadable(path: str, problem: str) -> WeightsError:
    """The file holds no tensors that can be read safely."""
    return WeightsError(
        f"encoder.weights={path} cannot be read: {problem}. It must be a .safetensors file, or a .pth file saved "
        f"from a state dict (tensors only; pickled models are refused)."
    )


def nothing_matches(path: str, encoder: str, in_file: Sequence[str], wanted: Sequence[str]) -> WeightsError:
    """No tensor of the file belongs to the encoder."""
    return WeightsError(
        f"encoder.weights={path} has no tensor of encoder={encoder}. In the file:\n{and_more(list(in_file), 3)}\n"
        f"The encoder has:\n{and_more(list(wanted), 3)}\nGive weights of this encoder, or encoder.weights=null."
    )


def shapes_differ(path: str, encoder: str, differing: Sequence[str]) -> WeightsError:
    """The file belongs to another encoder."""
    return WeightsError(
        f"encoder.weights={path} does not fit encoder={encoder}; these shapes differ:\n{and_more(list(differing))}\n"
        f"Give weights of this encoder, or encoder.weights=null."
    )
