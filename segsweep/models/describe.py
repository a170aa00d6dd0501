"""Tables for `python -m segsweep.inspect encoders | models`, from the same data that the checks use; no torch."""

import inspect
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise

from omegaconf import OmegaConf

from segsweep.config.tree import conf_dir
from segsweep.models.encoders import ENCODERS, family_of
from segsweep.models.pairs import refused_encoders
from segsweep.models.sizes import POOLS_TO_ONE_PIXEL
from segsweep.models.spec import MODELS

SIZES = {
    "unet": "1: any size (32 with tu- encoders)",
    "pspnet": "2 ** encoder_depth",
    "deeplabv3": "encoder_output_stride",
    "deeplabv3plus": "encoder_output_stride",
    "pan": "encoder_output_stride, and 8 of them at least",
    "dpt": "32",
}
"""What height and width are multiples of, where it is not 2 ** encoder_depth = 32."""

TIMM_LINES = """\
tu-NAME takes any feature model of timm, and tu-NAME.TAG one of its pretrained sets:
  encoder=tu-convnext_tiny encoder=tu-resnet50.a1_in1k model=dpt encoder=tu-vit_base_patch16_224.augreg_in21k
Whether it goes with an architecture is found out by building it without memory, before any data is read.
An option that tells it the image size is set by itself; others: +encoder.options.drop_path_rate=0.1
Weights: null, a set of the table, or a local .safetensors or .pth file; for tu- encoders imagenet means timm's own."""


def describe_encoders() -> str:
    """Return a table of the named encoders: family, size, pretrained sets, architectures that refuse it."""
    refusals = {arch: refused_encoders(arch) for arch in MODELS if arch != "dpt"}
    rows = [("encoder", "million", "weights", "does not go with", "family")]
    for name, facts in ENCODERS.items():
        against = ", ".join(arch for arch, names in refusals.items() if name in names)
        family = family_of(name)
        title = f"{family.title}. {family.paper}" if family else ""
        rows.append((name, f"{facts.parameters_m:.1f}", ", ".join(facts.weights), against or "-", title))
    return f"{_table(rows)}\n\ndpt takes none of these, only tu- vision transformers.\n{TIMM_LINES}"


def describe_models() -> str:
    """Return what each architecture is, its options with their defaults, the sizes and encoders it takes."""
    return "\n\n".join(_describe_model(arch) for arch in MODELS)


def _describe_model(arch: str) -> str:
    path = conf_dir() / "model" / f"{arch}.yaml"
    values = OmegaConf.load(path)
    documentation = field_sentences(arch)
    lines = [f"model={arch}", f"  {path.read_text().splitlines()[0].removeprefix('# ')}"]
    lines.append(f"  {(inspect.getdoc(MODELS[arch]) or '').splitlines()[0]}")
    for field in fields(MODELS[arch]):
        if field.name != "arch":
            value = str(OmegaConf.select(values, field.name)).replace("None", "null")
            lines.append(f"    model.{field.name}={value}   {documentation[field.name]}")
    lines.append(f"  height and width: multiples of {SIZES.get(arch, '2 ** encoder_depth')}")
    if arch in POOLS_TO_ONE_PIXEL:
        lines.append("  needs two or more images in a training batch")
    lines.append(f"  encoders it refuses: {_grouped(refused_encoders(arch))}")
    return "\n".join(lines)


def field_sentences(arch: str) -> dict[str, str]:
    """Return the sentence under each field of an architecture's config, the inherited ones included."""
    sentences: dict[str, str] = {}
    for owner in reversed(MODELS[arch].__mro__[:-1]):
        lines = [line.strip() for line in inspect.getsource(owner).splitlines()]
        for line, below in pairwise(lines):
            if ": " in line and below.startswith('"""') and " = MISSING" in line:
                sentences[line.partition(":")[0]] = below.strip('"')
    return sentences


def _grouped(names: tuple[str, ...]) -> str:
    if len(names) == len(ENCODERS):
        return "all named ones; it takes tu- vision transformers"
    return ", ".join(names) or "none"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
