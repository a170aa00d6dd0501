"""Tables for `python -m segsweep.inspect encoders | models`, from the same data that the checks use; no torch."""

import inspect
from dataclasses import fields
from typing import Any

from omegaconf import OmegaConf

from segsweep.config.declare import sentences
from segsweep.config.options import conf_dir
from segsweep.core.text import first_line, text_table
from segsweep.models.encoders import ENCODERS, family_of
from segsweep.models.pairs import refused_encoders
from segsweep.models.spec import ARCHITECTURES, Architecture

TIMM_LINES = """\
tu-NAME takes any feature model of timm, and tu-NAME.TAG one of its pretrained sets:
  encoder=tu-convnext_tiny encoder=tu-resnet50.a1_in1k model=dpt encoder=tu-vit_base_patch16_224.augreg_in21k
Whether it goes with an architecture is found out by building it without memory, before any data is read.
An option that tells it the image size is set by itself; others: +encoder.options.drop_path_rate=0.1
Weights: null, a set of the table, or a local .safetensors or .pth file; for tu- encoders imagenet means timm's own."""


def describe_encoders() -> str:
    """Return a table of the named encoders: family, size, pretrained sets, architectures that refuse it."""
    refusals = {arch: refused_encoders(arch) for arch, row in ARCHITECTURES.items() if row.takes_named_encoders}
    rows = [("encoder", "million", "weights", "does not go with", "family")]
    for name, row in ENCODERS.items():
        against = ", ".join(arch for arch, names in refusals.items() if name in names)
        family = family_of(name)
        title = f"{family.title}. {family.paper}" if family else ""
        million = "-" if row.parameters_m is None else f"{row.parameters_m:.1f}"
        rows.append((name, million, ", ".join(row.weights), against or "-", title))
    return f"{text_table(rows)}\n\ndpt takes none of these, only tu- vision transformers.\n{TIMM_LINES}"


def describe_models() -> str:
    """Return what each architecture is, its options with their defaults, the sizes and encoders it takes."""
    return "\n\n".join(_describe_model(row) for row in ARCHITECTURES.values())


def _describe_model(row: Architecture) -> str:
    path = conf_dir() / "model" / f"{row.name}.yaml"
    values: Any = OmegaConf.load(path) if path.is_file() else OmegaConf.structured(row.settings)
    lines = [f"model={row.name}"]
    if path.is_file():
        lines.append(f"  {path.read_text().splitlines()[0].removeprefix('# ')}")
    lines.append(f"  {first_line(inspect.getdoc(row.settings))}")
    settings: type = row.settings
    said = sentences(settings)
    for field in fields(row.settings):
        if field.name != "arch":
            value = str(OmegaConf.select(values, field.name)).replace("None", "null")
            lines.append(f"    model.{field.name}={value}   {said.get(field.name, '')}".rstrip())
    lines.append(f"  height and width: multiples of {row.multiple or (row.sizes if row.has_encoder else 1)}")
    if row.pools_to_one_pixel:
        lines.append("  needs two or more images in a training batch")
    lines.append(
        f"  encoders it refuses: {_grouped(refused_encoders(row.name))}" if row.has_encoder else "  no encoder"
    )
    return "\n".join(lines)


def _grouped(names: tuple[str, ...]) -> str:
    if len(names) == len(ENCODERS):
        return "all named ones; it takes tu- vision transformers"
    return ", ".join(names) or "none"
