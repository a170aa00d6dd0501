import optuna
import pytest

from segsweep.sweep.queue.notes import (
    TrialNotes,
    attributes,
    given_params,
    heartbeats,
    notes_of,
    write_heartbeat,
    write_notes,
)


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


def test_notes_are_read_as_they_were_written_and_others_stay(study: optuna.Study) -> None:
    study.enqueue_trial({"seed": 1}, user_attrs=attributes(index=3))
    trial = study.get_trials()[0]
    assert (notes_of(trial), given_params(trial)) == (TrialNotes(index=3), {"seed": 1})
    write_notes(study, trial, run="unet-a", overrides=["seed=1"], worker="here:1:1.00")
    write_notes(study, study.get_trials()[0], attempts=2, reason="killed", incompatible=True, draws=1)
    expected = TrialNotes(3, "unet-a", ("seed=1",), "here:1:1.00", 2, "killed", incompatible=True, draws=1)
    assert notes_of(study.get_trials()[0]) == expected


def test_the_keys_in_the_storage_are_those_of_older_sweeps(study: optuna.Study) -> None:
    study.enqueue_trial({}, user_attrs=attributes(index=0, draws=1))
    write_notes(study, study.get_trials()[0], attempts=1)
    assert study.get_trials()[0].user_attrs == {"ticket": 0, "draws": 1, "attempts": 1}
    write_heartbeat(study, "here:1:1.00")
    assert set(study.user_attrs) == {"beat:here:1:1.00"}


def test_the_last_heartbeat_of_each_worker_is_read(study: optuna.Study) -> None:
    study.set_user_attr("seen", 1)
    study.set_user_attr("beat:elsewhere:7:1.00", 12.5)
    assert heartbeats(study) == {"elsewhere:7:1.00": 12.5}


def test_a_trial_of_somebody_else_has_no_notes(study: optuna.Study) -> None:
    study.ask()
    assert notes_of(study.get_trials()[0]) == TrialNotes()
