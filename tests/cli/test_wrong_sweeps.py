"""Wrong sweep commands: each is answered in words, before anything is started."""

from pathlib import Path

import pytest

from tests.command import TINY, run

pytestmark = pytest.mark.slow

REST = [word for word in TINY if not word.startswith("encoder=")]
NO_TYPO = ("-m", "seed=0,1", *TINY)

WRONG = [
    (["-m", *REST], "Nothing is swept"),
    (["-m", "model=unet,unett", *REST], "model=unett does not exist. Nearest: unet"),
    (["-m", "optimizer.lr=0.1,x", *REST], "optimizer.lr=x is not a number"),
    (["-m", "optimizer.lr=interval(0.1,1)", *REST], "hydra/sweeper/sampler=tpe"),
    (["-m", "model=deeplabv3plus", "encoder=vgg11,vgg13", *REST], "None of the combinations can be trained"),
    (["-m", "model=unet,deeplabv3plus", "encoder=vgg11", "sweep.on_incompatible=refuse", *REST], "1 of 2 combinations"),
    (["-m", "model=deeplabv3plus", "encoder=vgg11", "seed=0,1", *REST], "does not go with encoder=vgg11"),
    ([*NO_TYPO, "rerun=true"], "rerun=true trains one run again"),
    ([*NO_TYPO, "hydra.sweeper.n_jobs=0"], "hydra.sweeper.n_jobs=0 is not possible"),
    ([*NO_TYPO, "hydra/sweeper/sampler=random", "hydra.sweeper.n_trials=0"], "n_trials=0 is not possible"),
    ([*NO_TYPO, "hydra/launcher=basic", "hydra.sweeper.n_jobs=2"], "mix their configs"),
    ([*NO_TYPO, "hydra.sweeper.storage=jurnal"], "is no storage"),
    ([*NO_TYPO, "sweep.objectives=[miou:max]"], "sweep.objectives: miou is neither"),
    ([*NO_TYPO, "sweep.objectives=[val/miou:up]"], "neither max nor min"),
    (["sweep=encoder", *REST], "sweep=encoder does not exist. Nearest: encoders"),
    (["sweep=runs", "sweep.runs=[model]", *REST], "no list of settings"),
    ([*NO_TYPO, "sweep.runs=['seed=3']"], "seed is set by sweep.runs and swept as well"),
    ([*NO_TYPO, "hydra/sweeper/pruner=medan"], "hydra/sweeper/pruner=medan does not exist. Nearest: median"),
    (
        [*NO_TYPO, "hydra/sweeper/pruner=median", "sweep.objectives=[val/miou:max,cost/ms_per_image:min]"],
        "A pruner compares runs by one metric",
    ),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_sweep_is_answered_before_anything_runs(words: list[str], says: str, tmp_path: Path) -> None:
    ended = run(*words, f"paths.runs={tmp_path}/runs")
    assert ended.code == 2, ended
    assert says in ended.err.replace("\n", " ")
    assert "Traceback" not in ended.err
    assert not list((tmp_path / "runs").glob("*-*"))
