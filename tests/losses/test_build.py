"""The sum of terms, the losses that are refused, and a term of one's own."""

import pickle
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from segsweep.config.declare import FROM_ZERO, number
from segsweep.core.errors import ConfigError
from segsweep.core.task import Task, TaskKind
from segsweep.losses.build import build_loss
from segsweep.losses.describe import describe_losses
from segsweep.losses.spec import LOSSES, LossConfig, LossTerm, LossTermConfig, check_loss, loss_schema
from tests.losses.cases import BINARY, MULTICLASS, TASKS, TERMS, batch, build, build_as


def config(class_weights: Any = None, **weights: float) -> LossConfig:
    terms: dict[str, Any] = {
        name: type(term)(**{**vars(term), "weight": weights.get(name, 0.0)}) for name, term in TERMS.items()
    }
    return loss_schema()(**terms, class_weights=class_weights)


def terms_for(kind: TaskKind) -> dict[str, float]:
    return {name: 1.0 for name, row in LOSSES.items() if kind in row.tasks}


def test_every_term_has_settings_in_the_tests() -> None:
    assert list(TERMS) == list(LOSSES)


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_the_loss_is_the_weighted_sum_of_its_terms(task: Task) -> None:
    logits, truth = batch(task)
    loss = build_loss(config(cross_entropy=2.0, lovasz=0.5), task)
    terms = loss.terms(logits, truth)
    assert list(terms) == ["cross_entropy", "lovasz"]
    for name, term in terms.items():
        torch.testing.assert_close(term, build(name, task)(logits, truth))
    expected = 2 * terms["cross_entropy"] + 0.5 * terms["lovasz"]
    torch.testing.assert_close(loss(logits, truth), expected)
    torch.testing.assert_close(loss.total(terms), expected)


def test_a_term_of_weight_0_is_not_computed() -> None:
    assert list(build_loss(config(dice=1.0), BINARY).parts) == ["dice"]


@pytest.mark.parametrize("kind", TASKS)
def test_bf16_logits_are_summed_in_float32_and_have_finite_gradients(kind: TaskKind) -> None:
    logits, truth = batch(TASKS[kind])
    logits = (logits * 30).bfloat16().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = build_loss(config(**terms_for(kind)), TASKS[kind])(logits, truth)
    loss.backward()
    assert loss.dtype == torch.float32
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("kind", TASKS)
def test_the_memory_layout_of_the_logits_does_not_matter(kind: TaskKind) -> None:
    logits, truth = batch(TASKS[kind])
    loss = build_loss(config(**terms_for(kind)), TASKS[kind])
    torch.testing.assert_close(loss(logits.to(memory_format=torch.channels_last), truth), loss(logits, truth))


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, row in LOSSES.items() for k in row.tasks])
def test_class_weights_change_the_loss_exactly_where_the_table_says_they_are_read(name: str, kind: TaskKind) -> None:
    task = TASKS[kind]
    logits, truth = batch(task)
    weights = [1.0, 4.0, 9.0][: len(task.class_names)]
    loss = config(weights, **{name: 1.0})
    difference = abs(build_loss(loss, task, class_weights=weights)(logits, truth) - build(name, task)(logits, truth))
    if kind in LOSSES[name].weighted_tasks:
        check_loss(loss, kind)
        assert difference > 1e-4
    else:
        assert difference == 0
        with pytest.raises(ConfigError, match=f"a {kind} task {name} does not read it. Type loss.class_weights=null"):
            check_loss(loss, kind)


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, row in LOSSES.items() for k in TASKS if k not in row.tasks])
def test_a_term_is_refused_for_a_task_that_it_is_not_defined_for(name: str, kind: TaskKind) -> None:
    with pytest.raises(ConfigError, match=f"loss.{name} is for binary and multilabel tasks, and this one is {kind}"):
        check_loss(config(**{name: 1.0}), kind)


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, option) for name, term in TERMS.items() for option in vars(term) if option != "weight"],
)
def test_every_option_of_the_schema_is_read(name: str, option: str) -> None:
    logits, truth = batch(BINARY)
    other = type(TERMS[name])(**{**vars(TERMS[name]), option: 0.25 if option == "label_smoothing" else 1.5})
    assert abs(build_as(name, other, BINARY)(logits, truth) - build(name, BINARY)(logits, truth)) > 1e-3


@dataclass
class PowerConfig(LossTermConfig):
    """The mean of the logits to a power."""

    exponent: float = number(FROM_ZERO, default=2.0)
    """The power."""


class Power(nn.Module):
    def __init__(self, term: PowerConfig, task: Task, class_weights: list[float] | None) -> None:  # noqa: ARG002
        super().__init__()
        self.exponent = term.exponent

    def forward(self, logits: Tensor, truth: Tensor) -> Tensor:  # noqa: ARG002
        return (logits.abs() ** self.exponent).mean()


@pytest.fixture
def row_of_a_plugin(monkeypatch: pytest.MonkeyPatch) -> LossTerm:
    monkeypatch.setattr(LOSSES, "_rows", dict(LOSSES._rows))
    row = LossTerm("power", PowerConfig, f"{__name__}:Power", tasks=("multiclass",), absent="nothing special")
    return LOSSES.add(row)


def test_a_term_of_a_plugin_has_a_key_a_weight_of_0_and_is_built_and_described(row_of_a_plugin: LossTerm) -> None:
    loss = loss_schema()()
    assert (loss.power.weight, loss.power.exponent) == (0.0, 2.0)  # type: ignore[attr-defined]
    for name in TERMS:
        getattr(loss, name).weight = 0.0
    loss.class_weights, loss.power.weight = None, 3.0  # type: ignore[attr-defined]
    check_loss(loss, "multiclass")
    with pytest.raises(ConfigError, match=r"loss\.power is for multiclass tasks, and this one is binary"):
        check_loss(loss, "binary")
    logits, truth = batch(MULTICLASS)
    logits.requires_grad_()
    built = build_loss(loss, MULTICLASS)(logits, truth)
    built.backward()
    assert logits.grad is not None
    assert built.item() == pytest.approx(3 * logits.square().mean().item())
    assert "\npower          multiclass\n               options: exponent=2.0\n" in describe_losses()


def test_a_loss_reaches_another_process(row_of_a_plugin: LossTerm) -> None:
    loss = loss_schema()(class_weights=[1.0, 2.0])
    assert pickle.loads(pickle.dumps(loss)) == loss


def test_a_builder_of_the_wrong_signature_is_answered_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOSSES, "_rows", dict(LOSSES._rows))
    LOSSES.add(LossTerm("wrong", LossTermConfig, "segsweep.losses.build:auto_class_weights"))
    terms: Any = {**TERMS, "wrong": LossTermConfig(1.0)}
    loss = loss_schema()(class_weights=None, **terms)
    with pytest.raises(ConfigError, match=r"auto_class_weights\(.* is called as \(LossTermConfig, Task, NoneType"):
        build_loss(loss, MULTICLASS)
