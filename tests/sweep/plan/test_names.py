from optuna.distributions import CategoricalDistribution

from segsweep.sweep.plan.names import study_name
from segsweep.sweep.plan.space import Space

OBJECTIVES = {"val/miou": "max"}


def test_the_name_of_a_study_follows_from_what_is_swept_and_what_all_runs_share_and_from_nothing_else() -> None:
    space = Space({"seed": CategoricalDistribution(["0", "1"])}, (), is_grid=True)
    wider = Space({"seed": CategoricalDistribution(["0", "1", "2"])}, (), is_grid=True)
    base = {"optimizer": {"lr": 0.1}, "hardware": {"devices": 1}, "sweep": {"max_runs": 1}}
    name = study_name("grid", space, base, OBJECTIVES)
    assert name.startswith("grid-")
    same = {"optimizer": {"lr": 0.1}, "hardware": {"devices": 2}, "sweep": {"max_runs": 5}}
    assert study_name("grid", space, same, OBJECTIVES) == name
    others = {
        study_name("grid", wider, base, OBJECTIVES),
        study_name("grid", space, {"optimizer": {"lr": 0.2}}, OBJECTIVES),
        study_name("grid", space, base, {"val/miou": "min"}),
        study_name("other", space, base, OBJECTIVES),
    }
    assert len(others | {name}) == 5
