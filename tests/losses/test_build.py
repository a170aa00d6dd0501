"""The sum of terms, and the losses that are refused."""

from typing import Any

import pytest
import torch

from segsweep.core.errors import ConfigError
from segsweep.core.task import Task, TaskKind
from segsweep.losses.build import LOSSES, build_loss
from segsweep.losses.spec import TERMS as TERM_NAMES
from segsweep.losses.spec import LossConfig
from tests.losses.cases import BINARY, MULTICLASS, MULTILABEL, TASKS, TERMS, batch, build


def config(class_weights: Any = None, **weights: float) -> LossConfig:
    terms: dict[str, Any] = {
        name: type(term)(**{**vars(term), "weight": weights.get(name, 0.0)}) for name, term in TERMS.items()
    }
    return LossConfig(**terms, class_weights=class_weights)


def test_the_table_and_the_schema_have_the_same_terms() -> None:
    assert tuple(LOSSES) == TERM_NAMES


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
    names = [name for name, row in LOSSES.items() if kind in row.kinds]
    logits, truth = batch(TASKS[kind])
    logits = (logits * 30).bfloat16().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = build_loss(config(**dict.fromkeys(names, 1.0)), TASKS[kind])(logits, truth)
    loss.backward()
    assert loss.dtype == torch.float32
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("kind", TASKS)
def test_the_memory_layout_of_the_logits_does_not_matter(kind: TaskKind) -> None:
    names = [name for name, row in LOSSES.items() if kind in row.kinds]
    logits, truth = batch(TASKS[kind])
    loss = build_loss(config(**dict.fromkeys(names, 1.0)), TASKS[kind])
    torch.testing.assert_close(loss(logits.to(memory_format=torch.channels_last), truth), loss(logits, truth))


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, row in LOSSES.items() for k in row.kinds])
def test_class_weights_change_the_loss_exactly_where_the_table_says_they_are_read(name: str, kind: TaskKind) -> None:
    task = TASKS[kind]
    logits, truth = batch(task)
    weights = [1.0, 4.0, 9.0][: len(task.class_names)]
    if kind in LOSSES[name].weighted_kinds:
        weighted = build_loss(config(weights, **{name: 1.0}), task)(logits, truth)
        assert abs(weighted - build(name, task)(logits, truth)) > 1e-4
    else:
        with pytest.raises(ConfigError, match=f"a {kind} task {name} does not read it. Type loss.class_weights=null"):
            build_loss(config(weights, **{name: 1.0}), task)


def test_auto_takes_the_counted_class_weights() -> None:
    logits, truth = batch(MULTICLASS)
    counted = build_loss(config("auto", cross_entropy=1.0), MULTICLASS, class_weights=[1.0, 2.0, 3.0])
    given = build_loss(config([1.0, 2.0, 3.0], cross_entropy=1.0), MULTICLASS)
    torch.testing.assert_close(counted(logits, truth), given(logits, truth))
    with pytest.raises(ValueError, match="auto_class_weights"):
        build_loss(config("auto", cross_entropy=1.0), MULTICLASS)


@pytest.mark.parametrize("name", ["bce", "mcc"])
def test_a_sigmoid_term_is_refused_for_a_multiclass_task(name: str) -> None:
    with pytest.raises(ConfigError, match=f"loss.{name} is for binary and multilabel tasks"):
        build_loss(config(**{name: 1.0}), MULTICLASS)


def test_a_loss_without_terms_is_refused() -> None:
    with pytest.raises(ConfigError, match="The loss has no term"):
        build_loss(config(), BINARY)


def test_a_focal_exponent_without_a_finite_gradient_is_refused() -> None:
    loss = config(focal=1.0)
    loss.focal.gamma = 0.5
    with pytest.raises(ConfigError, match=r"loss.focal.gamma=0.5 is below 1.*Type loss.focal.gamma=2"):
        build_loss(loss, BINARY)


@pytest.mark.parametrize("found", ["equal", 2.0, [1.0, -1.0], [0, 0], [1.0, "x"], [1.0, float("nan")], [True, 1]])
def test_class_weights_of_another_form_are_refused(found: Any) -> None:
    with pytest.raises(ConfigError, match="It may be null, auto"):
        build_loss(config(found, cross_entropy=1.0), BINARY)


def test_class_weights_of_another_length_are_refused() -> None:
    with pytest.raises(ConfigError, match="has 2 numbers, and data has 3 classes"):
        build_loss(config([1.0, 2.0], cross_entropy=1.0), MULTILABEL)


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, option) for name, term in TERMS.items() for option in vars(term) if option != "weight"],
)
def test_every_option_of_the_schema_is_read(name: str, option: str) -> None:
    logits, truth = batch(BINARY)
    other = type(TERMS[name])(**{**vars(TERMS[name]), option: 0.25 if option == "label_smoothing" else 1.5})
    assert abs(LOSSES[name].build(other, BINARY, None)(logits, truth) - build(name, BINARY)(logits, truth)) > 1e-3
