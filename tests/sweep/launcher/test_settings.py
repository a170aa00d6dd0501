"""The launcher's settings, and what it says of wrong ones and of lost runs."""

from pathlib import Path
from typing import Any

import pytest

from segsweep.core.errors import ConfigError
from segsweep.sweep.launcher.errors import job_lost, job_not_forked
from tests.sweep.launcher.app import launcher


@pytest.mark.parametrize(
    ("key", "value", "accepted"),
    [
        ("n_jobs", 0, "auto, or a number from 1"),
        ("n_jobs", "many", "auto, or a number from 1"),
        ("runs_per_gpu", 1.5, "a number from 1"),
        ("runs_per_gpu", True, "a number from 1"),
        ("timeout_min", 0, "null, or a number of minutes above 0"),
        ("timeout_min", "1h", "null, or a number of minutes above 0"),
    ],
)
def test_a_wrong_setting_is_answered_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: Any, accepted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as mistake:
        launcher(tmp_path, **{key: value})
    assert str(mistake.value) == f"hydra.launcher.{key}={value} is not possible; accepted: {accepted}"


def test_auto_takes_the_number_that_the_sweeper_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert launcher(tmp_path, "+hydra.sweeper.n_jobs=7", n_jobs="auto").num_slots() == 7
    assert launcher(tmp_path, "+hydra.sweeper.n_jobs=7", n_jobs=3).num_slots() == 3
    assert launcher(tmp_path, n_jobs="auto").num_slots() >= 1


@pytest.mark.parametrize(
    ("exit_code", "text"),
    [
        (None, "ended without a word; its exit code is unknown"),
        (3, "ended without a result (exit code 3)"),
        (-6, "crashed by signal 6 (SIGABRT)"),
        (-7, "crashed by signal 7 (SIGBUS; often shared memory that is full: see df -h /dev/shm)"),
        (-15, "killed by signal 15 (SIGTERM)"),
    ],
)
def test_the_cause_of_a_lost_run_is_said_in_words(exit_code: int | None, text: str) -> None:
    lost = job_lost(exit_code)
    assert (str(lost), lost.process_exit_code) == (text, exit_code)


def test_a_server_that_does_not_answer_is_named() -> None:
    lost = job_not_forked(EOFError("unexpected EOF"))
    assert str(lost) == "could not be started (EOFError: unexpected EOF); its server may have been killed"
    assert lost.process_exit_code is None
