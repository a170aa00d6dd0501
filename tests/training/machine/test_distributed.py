from pathlib import Path

import pytest

from segsweep.core.errors import TrainingError
from segsweep.runs.record import RunRecord
from segsweep.training.machine.distributed import train_on_several

pytestmark = pytest.mark.e2e


def test_processes_that_die_without_a_word_are_not_taken_for_the_failure_of_an_earlier_attempt(tmp_path: Path) -> None:
    RunRecord(name="a", status="failed", metrics={}, config={}, reason="of yesterday").write(tmp_path)
    with pytest.raises(TrainingError, match=r"died .exit code 1.*train\.log"):
        train_on_several(tmp_path, name="a", config={}, num_devices=2)
