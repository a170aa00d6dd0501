"""Whether an encoder's weights can be had, asked before anything is built or read."""

from pathlib import Path

import segmentation_models_pytorch as smp
import timm
from huggingface_hub import constants, get_session, hf_hub_url, try_to_load_from_cache

from segsweep.config.identity import NO_ENCODER
from segsweep.core.errors import WeightsError, nearest
from segsweep.core.network import true_in_time
from segsweep.models import errors
from segsweep.models.errors import LOCAL, RANDOM
from segsweep.models.pairs import TIMM_PREFIX, check_encoder, is_weight_file
from segsweep.models.spec import EncoderConfig

PROBE_SECONDS = 4.0
"""How long a server may take to answer; the client's own retries would take 23 s, and a name look-up for ever."""

HubFile = tuple[str, str, str | None]
"""Repository, file name, revision."""


def check_weights(encoder: EncoderConfig) -> None:
    """Check that the encoder and its weights exist and can be read or downloaded.

    Raises:
        ConfigError: If there is no such encoder.
        WeightsError: If it has no such weights, or they are neither cached nor reachable.
    """
    if encoder.name == NO_ENCODER:
        return
    check_encoder(encoder)
    is_timm = encoder.name.startswith(TIMM_PREFIX)
    if is_timm:
        check_timm_name(encoder.name)
    if encoder.weights is None:
        return
    if is_weight_file(encoder.weights):
        if not Path(encoder.weights).expanduser().is_file():
            raise WeightsError(
                f"encoder.weights={encoder.weights} is not a file. "
                f"Give the path of a .safetensors or .pth file, or {RANDOM}."
            )
        return
    if is_timm and not timm.models.is_model_pretrained(encoder.name.removeprefix(TIMM_PREFIX)):
        bare = encoder.name.split(".")[0]
        known = ", ".join(f"encoder={bare}.{tag}" for tag in timm_tags(encoder.name))
        has = f" It has: {known}." if known else ""
        raise WeightsError(f"timm has no pretrained weights for {encoder.name}.{has} {RANDOM}; {LOCAL}.")
    _check_reachable(encoder)


def check_timm_name(name: str) -> None:
    """Check that timm has the model and the tag of `tu-NAME.TAG`.

    Raises:
        ConfigError: With the nearest names.
    """
    model, _, tag = name.removeprefix(TIMM_PREFIX).partition(".")
    if not timm.is_model(model):
        raise errors.unknown_timm(name, nearest(model, timm.list_models()))
    if tag and tag not in (tags := timm_tags(name)):
        raise errors.unknown_timm(name, [f"{model}.{known}" for known in nearest(tag, tags) or tags[:3]])


def timm_tags(name: str) -> list[str]:
    """Return the pretrained tags that timm has for a model."""
    model = name.removeprefix(TIMM_PREFIX).partition(".")[0]
    return [known.partition(".")[2] for known in timm.list_models(f"{model}.*", pretrained=True)]


def timm_cached_file(name: str) -> Path | None:
    """Return the cached weight file of a timm encoder; None if it is not cached, or in a format of its own."""
    if timm.models.get_pretrained_cfg(name.removeprefix(TIMM_PREFIX)).custom_load:
        return None
    return next((path for file in _timm_files(name) if (path := _cached(file))), None)


def _check_reachable(encoder: EncoderConfig) -> None:
    if encoder.name.startswith(TIMM_PREFIX):
        if any(_cached(file) for file in _timm_files(encoder.name)):
            return
        files = _timm_files(encoder.name)
        urls = [hf_hub_url(repo, name, revision=revision) for repo, name, revision in files]
        urls = urls or [str(timm.models.get_pretrained_cfg(encoder.name.removeprefix(TIMM_PREFIX)).url)]
        if any(has_file(url) for url in urls):
            return
    else:
        files = _named_files(encoder)
        urls = [hf_hub_url(repo, name, revision=revision) for repo, name, revision in files]
        if all(_cached(file) or has_file(url) for file, url in zip(files, urls, strict=True)):
            return
    raise errors.unreachable(encoder.name, str(encoder.weights), urls[-1], constants.HF_HUB_CACHE)


def _named_files(encoder: EncoderConfig) -> list[HubFile]:
    """Return the numbers for normalization and the weights of a named encoder; the library asks for both."""
    settings = smp.encoders.encoders[encoder.name]["pretrained_settings"][encoder.weights]
    return [(settings["repo_id"], name, settings["revision"]) for name in ("config.json", "model.safetensors")]


def _timm_files(name: str) -> list[HubFile]:
    """Return the files that may hold the weights of a timm encoder, the one tried first in front."""
    trained = timm.models.get_pretrained_cfg(name.removeprefix(TIMM_PREFIX))
    if not trained.hf_hub_id:
        return []
    repo, _, revision = trained.hf_hub_id.partition("@")
    names = [trained.hf_hub_filename] if trained.hf_hub_filename else ["model.safetensors", "pytorch_model.bin"]
    return [(repo, file, revision or None) for file in names]


def _cached(file: HubFile) -> Path | None:
    repo, name, revision = file
    path = try_to_load_from_cache(repo, name, revision=revision)
    return Path(path) if isinstance(path, str) else None


def has_file(url: str) -> bool:
    """Say whether a server answers for a file within `PROBE_SECONDS`, without fetching it."""

    def head() -> bool:
        answer = get_session().head(url, timeout=PROBE_SECONDS, follow_redirects=False)
        return bool(answer.status_code < 400)

    return true_in_time(head, PROBE_SECONDS + 1)
