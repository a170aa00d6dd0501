"""From what Hydra composed, or a record holds, to the typed tree, and what Hydra is given to compose it."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields
from functools import partial
from typing import Any, TypeVar, cast

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from segsweep.config.dotted import MISSING, put_at, value_at
from segsweep.config.identity import ADDED, NO_ENCODER
from segsweep.config.options import conf_dir
from segsweep.config.renamed import with_new_names
from segsweep.core.registry import Named, Table
from segsweep.data.spec import PLUGIN_DEFAULTS, READERS, Reader
from segsweep.losses.spec import loss_schema
from segsweep.models.encoders import ENCODERS
from segsweep.models.spec import ARCHITECTURES, EncoderConfig
from segsweep.optim.spec import OPTIMIZERS, SCHEDULES, OptimizerConfig
from segsweep.schema import Config

R = TypeVar("R", bound=Named)


def from_plain(content: Mapping[str, Any]) -> Config:
    """Return the typed config of a resolved config in plain containers, such as `RunRecord.config`.

    A setting that a later version added has the value that does what the version of the record did.

    Raises:
        omegaconf.errors.OmegaConfBaseException: If a key or a type does not fit the schema.
    """
    tree = OmegaConf.structured(Config)
    tree.loss = OmegaConf.structured(loss_schema())
    tree.model = OmegaConf.structured(ARCHITECTURES[content["model"]["arch"]].settings)
    tree.scheduler = OmegaConf.structured(SCHEDULES[content["scheduler"]["name"]].settings)
    tree.data = OmegaConf.structured(READERS[content["data"]["reader"]].settings)
    whole = _with_added(with_new_names(content))
    return cast(Config, OmegaConf.to_object(OmegaConf.merge(tree, whole)))


def _with_added(content: Mapping[str, Any]) -> dict[str, Any]:
    whole = deepcopy(dict(content))
    of_reader = {f"data.{field.name}" for field in fields(READERS[content["data"]["reader"]].settings)}
    for dotted, before in ADDED.items():
        if value_at(content, dotted) is MISSING and (dotted in of_reader or not dotted.startswith("data.")):
            put_at(whole, dotted, before)
    return whole


def register_schema() -> None:
    """Store the schema nodes, which files in conf/ name in their defaults as `/schema/GROUP/NAME@_here_`.

    A row that has no file in conf/, such as one of a plugin, becomes an option of its group by itself.
    """
    store = ConfigStore.instance()
    store.store(group="schema", name="config", node=Config, replace=True)
    store.store(group="schema/loss", name="terms", node=loss_schema(), replace=True)
    nodes: dict[str, dict[str, type]] = {
        "model": {name: row.settings for name, row in ARCHITECTURES.items()},
        "scheduler": {name: row.settings for name, row in SCHEDULES.items()},
        "data": {name: row.settings for name, row in READERS.items()},
    }
    for group, settings in nodes.items():
        for name, node in settings.items():
            store.store(group=f"schema/{group}", name=name, node=node, replace=True)
    for group, name, option in _options_without_file():
        store.store(group=group, name=name, node=option, replace=True)


def _options_without_file() -> Iterator[tuple[str, str, Any]]:
    """Yield group, name and content of each option that stands in a table alone."""
    for network in _without_file("model", ARCHITECTURES):
        yield "model", network.name, _named(network.settings, "arch", network.name)
    for encoder in _without_file("encoder", ENCODERS):
        yield "encoder", encoder.name, EncoderConfig(encoder.name, weights=None)
    for schedule in _without_file("scheduler", SCHEDULES):
        yield "scheduler", schedule.name, _named(schedule.settings, "name", schedule.name)
    for reader in _without_file("data", READERS):
        yield "data", reader.name, _data_option(reader)
    for row in _without_file("optimizer", OPTIMIZERS):
        yield "optimizer", row.name, OptimizerConfig(row.name, row.lr, row.weight_decay, encoder_lr_scale=1.0)


def _named(settings: type, key: str, name: str) -> DictConfig:
    node = OmegaConf.structured(settings)
    node[key] = name
    return cast(DictConfig, node)


def _data_option(reader: Reader) -> DictConfig:
    node = OmegaConf.structured(reader.settings)
    for key, value in {"name": reader.name, "reader": reader.name, **PLUGIN_DEFAULTS}.items():
        if OmegaConf.is_missing(node, key):
            node[key] = value
    return cast(DictConfig, node)


def _without_file(group: str, table: Table[R]) -> list[R]:
    return [row for row in table.values() if not (conf_dir() / group / f"{row.name}.yaml").is_file()]


def typed(cfg: DictConfig) -> Config:
    """Return the job's part of a composed config as its dataclasses, resolved.

    Raises:
        MissingMandatoryValue: If a value without a default was not given.
    """
    return Config(**_job_part(cfg, OmegaConf.to_object))


def plain(cfg: DictConfig) -> dict[str, Any]:
    """Return the job's part of a composed config as plain containers, resolved."""
    return _job_part(cfg, partial(OmegaConf.to_container, resolve=True, throw_on_missing=True))


def _job_part(cfg: DictConfig, convert: Callable[[Any], Any]) -> dict[str, Any]:
    """Convert what is not Hydra's own, node by node: a copy without Hydra's node would take 9 of 15 ms.

    A network without an encoder is one run, whatever encoder was chosen beside it.
    """
    values = {str(key): cfg[key] for key in cfg if key != "hydra"}
    network = ARCHITECTURES.get(values["model"].arch)
    if network is not None and not network.has_encoder:
        values["encoder"] = OmegaConf.structured(EncoderConfig(NO_ENCODER, weights=None))
    return {key: convert(value) if OmegaConf.is_config(value) else value for key, value in values.items()}
