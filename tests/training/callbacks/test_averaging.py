import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from segsweep.training.callbacks.averaging import decay_at, warmed_up

DECAY = 0.4


def test_the_decay_rises_to_the_one_that_is_set_and_goes_on_in_place() -> None:
    weights = [float(number * number) for number in range(8)]
    wanted = weights[0]
    for number, weight in enumerate(weights[1:], start=1):
        decay = min(DECAY, (1 + number) / (10 + number))  # 2/11, 3/12, 4/13, 5/14, then 0.4
        wanted = decay * wanted + (1 - decay) * weight
    net = nn.Linear(1, 1, bias=False)
    average = AveragedModel(net, multi_avg_fn=warmed_up(DECAY))
    for number, weight in enumerate(weights):
        if number == 4:  # a run that goes on: all that it knows is in the state
            state = average.state_dict()
            average = AveragedModel(net, multi_avg_fn=warmed_up(DECAY))
            average.load_state_dict(state)
        net.weight.data.fill_(weight)
        average.update_parameters(net)
    assert next(average.module.parameters()).item() == pytest.approx(wanted)


def test_the_first_steps_are_soon_forgotten() -> None:
    share = torch.tensor([decay_at(step, 0.999) for step in range(1, 100)]).prod()
    assert share < 1e-9
    assert 0.999**99 > 0.9
