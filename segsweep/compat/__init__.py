"""Rules across config groups, as plain data: what cannot be trained is said before torch is imported."""

from segsweep.compat.mirrors import check_mirrors
from segsweep.compat.objective import check_objective
from segsweep.compat.pairs import check_encoder, check_pair_rules
from segsweep.compat.ranges import check_ranges
from segsweep.compat.sizes import check_batch, check_sizes, eval_size_px, size_multiple
from segsweep.config import Config
from segsweep.task import TaskKind

__all__ = ["check_config", "eval_size_px", "size_multiple"]


def check_config(config: Config, task_kind: TaskKind | None = None) -> None:
    """Check what can be known without torch, data or network.

    Args:
        config: The whole tree.
        task_kind: Kind of task, where it is known already; else `data.task` is taken, if it is set.
    Raises:
        ConfigError: On the first setting, or pair of settings, that cannot be trained.
        WeightsError: If the encoder has no pretrained set of that name.
    """
    check_ranges(config)
    check_encoder(config.encoder)
    check_pair_rules(config.model, config.encoder)
    check_sizes(config)
    check_batch(config)
    check_objective(config, task_kind or getattr(config.data, "task", None))
    check_mirrors(config.logger.wandb)
