"""Thousands of small random masks against scikit-learn and torchmetrics: all tasks, absent classes, no labels."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch import Tensor
from torchmetrics.functional.segmentation import dice_score, mean_iou

from segsweep.core.task import IGNORE, Task
from segsweep.metrics.evaluator import Evaluation, Evaluator

NUM_IMAGES = 2000
TASKS = (
    Task("binary", ("background", "cell")),
    Task("multiclass", ("a", "b", "c", "d", "nowhere")),
    Task("multilabel", ("a", "b", "nowhere")),
)
SKLEARN: dict[str, Callable[..., float]] = {
    "iou": sklearn_metrics.jaccard_score,
    "dice": sklearn_metrics.f1_score,
    "f1": sklearn_metrics.f1_score,
    "precision": sklearn_metrics.precision_score,
    "recall": sklearn_metrics.recall_score,
    "accuracy": sklearn_metrics.accuracy_score,
}
of_each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.kind)


@cache
def evaluated(task: Task) -> tuple[Evaluation, Tensor, Tensor, Tensor]:
    """Return an evaluation, and what it was made of as [n c h w]: predicted, true, labelled.

    Classes are rare enough that many images lack some, and some images have no label at all.
    """
    random = np.random.default_rng(7)
    logits = torch.tensor(random.normal(-1.0, 1.0, (NUM_IMAGES, task.num_outputs, 3, 4)), dtype=torch.float32)
    if task.kind != "binary":
        logits[:, -1] = -100
    unlabelled = random.random((NUM_IMAGES, 1, 3, 4)) < random.choice([0, 0.3, 1], (NUM_IMAGES, 1, 1, 1))
    if task.kind == "multiclass":
        classes = torch.tensor(random.choice(4, (NUM_IMAGES, 3, 4), p=[0.8, 0.1, 0.07, 0.03]))
        shape = logits.shape
        pred, true = (torch.nn.functional.one_hot(x, 5).movedim(-1, 1).bool() for x in (logits.argmax(1), classes))
        labelled = torch.tensor(~unlabelled).expand(shape)
        truth = classes.masked_fill(torch.tensor(unlabelled[:, 0]), IGNORE).to(torch.uint8)
    else:
        true = torch.tensor(random.random(logits.shape) < 0.1)
        true[:, 1:][:, -1:] = False
        pred, labelled = logits > 0, torch.tensor(~unlabelled).expand(true.shape)
        truth = true.to(torch.uint8).masked_fill(~labelled, IGNORE)
        truth = truth[:, 0] if task.kind == "binary" else truth
    evaluator = Evaluator(task)
    for part in torch.split(torch.arange(NUM_IMAGES), 300):
        evaluator.update(logits[part], truth[part], part)
    return evaluator.finish("test", image_classes=True), pred, true, labelled


@of_each_task
def test_pooled_scores_are_those_of_scikit_learn(task: Task) -> None:
    evaluation, pred, true, labelled = evaluated(task)
    for k, of in enumerate(task.scored_names):
        seen = labelled[:, k]
        for name, score in SKLEARN.items():
            expected = np.nan if of == "nowhere" else score(true[:, k][seen], pred[:, k][seen])
            assert evaluation.scores[f"test/{name}/{of}"] == pytest.approx(expected, nan_ok=True)


@of_each_task
def test_counts_are_those_of_scikit_learn(task: Task) -> None:
    evaluation, pred, true, labelled = evaluated(task)
    if task.kind == "multiclass":
        seen = labelled[:, 0]
        classes = (part.int().argmax(1)[seen] for part in (true, pred))
        expected = sklearn_metrics.confusion_matrix(*classes, labels=range(5))
    else:
        pairs = ((true[:, k][labelled[:, k]], pred[:, k][labelled[:, k]]) for k in range(task.num_outputs))
        expected = np.stack([sklearn_metrics.confusion_matrix(*pair, labels=[False, True]) for pair in pairs])
    assert evaluation.counts.tolist() == expected.tolist()


@of_each_task
def test_scores_per_image_are_those_of_torchmetrics(task: Task) -> None:
    evaluation, pred, true, labelled = evaluated(task)
    num, pred, true = len(task.scored_names), (pred & labelled).int(), (true & labelled).int()
    iou = mean_iou(pred, true, num_classes=num, per_class=True, input_format="one-hot").double()
    iou[iou == -1] = torch.nan  # how torchmetrics writes that a class is absent
    dice = dice_score(pred, true, num_classes=num, average="none", input_format="one-hot").double()
    for name, expected in (("iou", iou), ("dice", dice)):
        found = evaluation.images.per_class[name]
        assert found.isnan().any()
        torch.testing.assert_close(found, expected, equal_nan=True, rtol=1e-6, atol=0)
        mean = {"iou": "miou"}.get(name, name)
        torch.testing.assert_close(
            evaluation.images.means[mean], expected.nanmean(1), equal_nan=True, rtol=1e-6, atol=0
        )


@of_each_task
def test_the_competition_formula_is_that_of_a_plain_loop(task: Task) -> None:
    evaluation, pred, true, labelled = evaluated(task)
    of_classes = []
    for k in range(len(task.scored_names)):
        dice = []
        for image in range(NUM_IMAGES):
            seen = labelled[image, k].numpy()
            one, other = pred[image, k].numpy()[seen], true[image, k].numpy()[seen]
            dice.append((2 * (one * other).sum() + 1e-4) / (one.sum() + other.sum() + 1e-4))
        of_classes.append(np.mean(dice))
    assert evaluation.scores["test/competition_dice"] == pytest.approx(np.mean(of_classes))
