import pytest

from segsweep.core.errors import ConfigError
from segsweep.core.task import Task, TaskKind
from segsweep.validate import check_config, check_task
from tests.compose import compose


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (("loss.bce.weight=1",), "Type loss=ce_dice, or loss.bce.weight=0 loss.cross_entropy.weight=1"),
        (("loss.mcc.weight=1",), "loss.mcc is for binary and multilabel tasks, and this one is multiclass"),
        (("loss.focal.weight=1", "loss.focal.alpha=0.25"), "Type loss.focal.alpha=null"),
        (("loss.cross_entropy.weight=0", "loss.dice.weight=0"), "The loss has no term"),
        (("loss.class_weights=many",), "loss.class_weights=many cannot be used. It may be null, auto"),
        (("loss.class_weights=[1,-1]",), "cannot be used"),
        (("loss.class_weights=[0,0]",), "cannot be used"),
        (("loss.class_weights=[]",), "cannot be used"),
        (("loss.class_weights=[true,1]",), "cannot be used"),
        (("loss.class_weights=[.nan,1]",), "cannot be used"),
        (("loss=lovasz", "loss.class_weights=[1,2,3]"), "for a multiclass task lovasz does not read it"),
        (("loss.focal.weight=1", "loss.focal.gamma=0.5"), "loss.focal.gamma=0.5 is below 1"),
        (
            ("data=folder", "data.root=x", "data.pretrained=null", "data.num_classes=3", "loss.class_weights=[1,2]"),
            "loss.class_weights has 2 numbers, and data has 3 classes",
        ),
        (("trainer.monitor=test/miou",), "of the validation split. The test images choose nothing"),
        (("trainer.monitor=miou",), "Type trainer.monitor=val/miou"),
        (("trainer.monitor=val/loss",), "would keep the worst epoch. Type trainer.monitor_mode=min"),
        (("trainer.monitor_mode=min",), "Type trainer.monitor_mode=max"),
        (("trainer.monitor=val/image/dice", "trainer.monitor_mode=min"), "would keep the worst epoch"),
    ],
)
def test_an_objective_that_makes_no_sense_is_answered_with_what_to_type(overrides: tuple[str, ...], text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_config(compose(*overrides))
    assert text in str(raised.value)


@pytest.mark.parametrize("task", ["binary", "multilabel"])
@pytest.mark.parametrize("term", ["bce", "mcc", "focal"])
def test_sigmoid_terms_go_with_classes_that_do_not_exclude_each_other(term: str, task: TaskKind) -> None:
    check_config(compose(f"loss.{term}.weight=1", "loss.focal.alpha=0.25", f"data.task={task}"))


def test_the_loss_is_checked_again_once_the_data_tells_the_task() -> None:
    config = compose("loss.bce.weight=1", "data.task=binary")
    check_config(config)
    with pytest.raises(ConfigError, match=r"loss\.bce is for binary"):
        check_task(config, Task("multiclass", ("a", "b")))


@pytest.mark.parametrize("weights", ["null", "auto", "[0.5,1,2]", "[0,1]"])
def test_class_weights_may_be_absent_counted_or_given(weights: str) -> None:
    check_config(compose(f"loss.class_weights={weights}"))
