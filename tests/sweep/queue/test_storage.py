import json
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy.exc

from segsweep.core.errors import SweepError
from segsweep.sweep.queue.patience import patiently
from segsweep.sweep.queue.storage import JOURNAL_FILE, load_study, open_storage, open_study
from segsweep.sweep.queue.trial_queue import TrialQueue

OBJECTIVES = {"val/miou": "max"}


def settings(folder: Path) -> list[str]:
    return ["journal", f"sqlite:///{folder}/studies.db"]


@pytest.mark.parametrize("kind", [0, 1], ids=["journal", "sqlite"])
def test_a_study_is_found_again(tmp_path: Path, kind: int) -> None:
    setting = settings(tmp_path)[kind]
    open_study(setting, tmp_path, "a", OBJECTIVES).set_user_attr("seen", 1)
    assert load_study(open_storage(setting, tmp_path), "a").user_attrs == {"seen": 1}


def test_a_torn_last_line_is_cut_off_on_opening_and_before_writing(tmp_path: Path) -> None:
    study = open_study("journal", tmp_path, "a", OBJECTIVES)
    journal = tmp_path / JOURNAL_FILE
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"op_code":5,"wor')
    study.set_user_attr("after", 1)  # as a process does that was open when another one was killed
    assert all(json.loads(line) for line in journal.read_text().splitlines())
    journal.write_bytes(journal.read_bytes() + b'{"op_code":5,"wor')
    assert open_study("journal", tmp_path, "a", OBJECTIVES).user_attrs == {"after": 1}


@pytest.mark.parametrize("text", [b"", b"abc", b"abc\n", b"abc\nde", b"x" * 5000 + b"\n" + b"y" * 5000])
def test_only_what_follows_the_last_newline_is_cut_off(tmp_path: Path, text: bytes) -> None:
    from segsweep.sweep.queue.storage import cut_torn_line

    file = tmp_path / "file"
    file.write_bytes(text)
    with file.open("ab+") as handle:
        cut_torn_line(handle)
    assert file.read_bytes() == text[: text.rfind(b"\n") + 1]


def _claim_all(setting: str, folder: Path, claimed: "multiprocessing.Queue[int]") -> None:
    queue = TrialQueue(open_study(setting, folder, "a", OBJECTIVES), folder / ".lock")
    while (trial := queue.claim(range(40))) is not None:
        claimed.put(trial.number)


@pytest.mark.parametrize("kind", [0, 1], ids=["journal", "sqlite"])
def test_four_processes_claim_every_trial_once(tmp_path: Path, kind: int) -> None:
    setting = settings(tmp_path)[kind]
    queue = TrialQueue(open_study(setting, tmp_path, "a", OBJECTIVES), tmp_path / ".lock")
    queue.fill({index: {} for index in range(40)})
    context = multiprocessing.get_context("fork")
    claimed: multiprocessing.Queue[int] = context.Queue()
    processes = [context.Process(target=_claim_all, args=(setting, tmp_path, claimed)) for _ in range(4)]
    for process in processes:
        process.start()
    numbers = [claimed.get(timeout=60) for _ in range(40)]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert sorted(numbers) == list(range(40))
    assert claimed.empty()


def test_a_storage_that_is_away_for_a_while_is_waited_for() -> None:
    trouble = (OSError(28, "No space left on device"), sqlalchemy.exc.OperationalError("", {}, OSError()))
    answers: Iterator[Exception | int] = iter([*trouble, 7])

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(ask, "the storage", pause_s=0.0) == 7


def test_waiting_ends_and_says_that_nothing_is_lost() -> None:
    def away() -> int:
        raise OSError("gone")

    with pytest.raises(SweepError, match=r"has not answered for 0 min .gone.* Finished runs are safe"):
        patiently(away, "the storage", patience_s=0.0, pause_s=0.0)


def test_a_mistake_is_not_waited_for() -> None:
    with pytest.raises(KeyError):
        patiently(lambda: os.environ["NO_SUCH_NAME"], "the storage")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("jurnal", "is no storage. Choose journal"),
        ("nosuchdb://me:secret@host/x", r"nosuchdb://me:\*\*\*@host/x cannot be opened"),
    ],
)
def test_what_is_no_storage_is_said_without_its_password(tmp_path: Path, setting: str, says: str) -> None:
    with pytest.raises(SweepError, match=says):
        open_storage(setting, tmp_path)


def test_optuna_itself_opens_the_journal(tmp_path: Path) -> None:
    open_study("journal", tmp_path, "a", OBJECTIVES)
    backend = optuna.storages.journal.JournalFileBackend(str(tmp_path / JOURNAL_FILE))
    assert optuna.get_all_study_names(optuna.storages.JournalStorage(backend)) == ["a"]
