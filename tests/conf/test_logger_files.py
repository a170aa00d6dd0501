import pytest

from tests.compose import compose


@pytest.mark.parametrize(
    ("words", "progress", "tensorboard", "wandb"),
    [
        ((), "auto", False, False),
        (("logger=csv",), "auto", False, False),
        (("logger=none",), "none", False, False),
        (("logger=tensorboard",), "auto", True, False),
        (("logger=wandb",), "auto", False, True),
        (("logger=wandb", "logger.tensorboard=true"), "auto", True, True),
        (("logger=tensorboard", "logger.wandb.enabled=true"), "auto", True, True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_every_logger_can_be_chosen_and_several_at_once(
    words: tuple[str, ...], progress: str, tensorboard: bool, wandb: bool
) -> None:
    logger = compose(*words).logger
    assert (logger.progress, logger.tensorboard, logger.wandb.enabled) == (progress, tensorboard, wandb)


def test_the_runs_of_a_sweep_are_one_group_in_wandb() -> None:
    assert compose("logger=wandb").logger.wandb.group is None
    assert compose("logger=wandb", "sweep.study=grid-0a1b2c3d").logger.wandb.group == "grid-0a1b2c3d"
