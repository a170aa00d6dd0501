"""Which parameters learn how fast, which optimizers there are, and which settings are refused."""

from typing import Any

import pytest
import segmentation_models_pytorch as smp
import timm.optim
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from segsweep.compose import register_schema
from segsweep.core.errors import ConfigError
from segsweep.optim.optimizers import (
    build_optimizer,
    check_optimizer,
    describe_optimizers,
    optimizer_names,
    parameter_groups,
)
from segsweep.optim.spec import OPTIMIZERS, OptimizerConfig, OptimizerRow
from tests.compose import compose


class Net(nn.Module):
    """An encoder and a head, with a norm of each usual kind."""

    def __init__(self) -> None:
        super().__init__()
        first, last = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 1)
        self.encoder = nn.Sequential(first, nn.BatchNorm2d(4), nn.GroupNorm(2, 4))
        self.head = nn.Sequential(nn.LayerNorm([4, 6, 6]), last)
        self.weights = (first.weight, last.weight)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.encoder(image))
        return logits


def config(name: str = "adamw", lr: float = 0.01, scale: float = 0.1, **options: Any) -> OptimizerConfig:
    return OptimizerConfig(name=name, lr=lr, weight_decay=0.02, encoder_lr_scale=scale, options=options)


def step(net: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    net(torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))).square().mean().backward()
    optimizer.step()
    optimizer.zero_grad()


def test_weights_decay_and_norms_and_biases_do_not() -> None:
    net = Net()
    groups = {group["name"]: group for group in parameter_groups(net, config())}
    assert groups["encoder_decay"]["params"] == [net.encoder[0].weight]
    assert groups["rest_decay"]["params"] == [net.head[1].weight]  # not the LayerNorm's weight of three dimensions
    assert {name: len(group["params"]) for name, group in groups.items()} == {
        "encoder_decay": 1,
        "encoder_no_decay": 5,
        "rest_decay": 1,
        "rest_no_decay": 3,
    }
    assert [group["weight_decay"] for group in groups.values()] == [0.02, 0, 0.02, 0]
    assert [group["lr"] for group in groups.values()] == pytest.approx([0.001, 0.001, 0.01, 0.01])


@pytest.mark.parametrize("encoder", ["resnet18", "mit_b0", "tu-regnety_002"])
def test_every_parameter_of_a_real_network_is_in_exactly_one_group(encoder: str) -> None:
    net = smp.FPN(encoder, encoder_weights=None)
    grouped = [parameter for group in parameter_groups(net, config()) for parameter in group["params"]]
    assert len(grouped) == len(set(map(id, grouped)))
    assert set(map(id, grouped)) == set(map(id, net.parameters()))
    decayed = {id(p) for group in parameter_groups(net, config()) if group["weight_decay"] for p in group["params"]}
    assert decayed == {id(p) for p in net.parameters() if p.ndim > 1}


def test_what_timm_names_as_undecayed_is_undecayed() -> None:
    net = Net()
    vit = VisionTransformer(img_size=16, patch_size=8, embed_dim=8, depth=1, num_heads=2, num_classes=0)
    net.encoder.append(vit)
    groups = {group["name"]: {id(p) for p in group["params"]} for group in parameter_groups(net, config())}
    assert id(vit.pos_embed) in groups["encoder_no_decay"]
    assert id(vit.patch_embed.proj.weight) in groups["encoder_decay"]


def test_frozen_parameters_and_empty_groups_are_left_out() -> None:
    net = Net()
    net.encoder.requires_grad_(False)
    assert [group["name"] for group in parameter_groups(net, config())] == ["rest_decay", "rest_no_decay"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_encoder_scale_of_0_keeps_the_encoders_weights(name: str) -> None:
    net = Net()
    before = [parameter.clone() for parameter in net.parameters()]
    step(net, build_optimizer(net, config(name, scale=0.0), device_type="cpu"))
    moved = [not torch.equal(old, new) for old, new in zip(before, net.parameters(), strict=True)]
    assert moved == [False] * 6 + [True] * 4


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_of_torch_are_fused_where_they_can_be(name: str) -> None:
    net = Net()
    on_cpu = build_optimizer(net, config(name), device_type="cpu")
    assert bool(on_cpu.defaults.get("fused")) == OPTIMIZERS[name].fused
    for device_type, fused in (("cpu", False), ("mps", True)):
        plain = build_optimizer(net, config(name), device_type=device_type, fused=fused)
        assert not plain.defaults.get("fused")


@pytest.mark.parametrize("name", [name for name, row in OPTIMIZERS.items() if row.fused])
def test_fused_and_plain_take_the_same_steps(name: str) -> None:
    nets = []
    for fused in (True, False):
        torch.manual_seed(0)
        net = Net()
        optimizer = build_optimizer(net, config(name), device_type="cpu", fused=fused)
        for _ in range(3):
            for parameter in net.parameters():
                parameter.grad = torch.randn_like(parameter)
            optimizer.step()
        nets.append(net)
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("option", ["fused", "foreach"])
def test_a_user_decides_over_the_implementation(option: str) -> None:
    options: dict[str, Any] = {option: False}
    optimizer = build_optimizer(Net(), config(**options), device_type="cpu")
    assert optimizer.defaults[option] is False
    assert not optimizer.defaults["fused"]


@pytest.mark.filterwarnings("ignore:It is highly recommended to have 'opt_einsum':UserWarning")  # kron
@pytest.mark.parametrize("name", optimizer_names())
def test_every_optimizer_on_the_list_builds_with_its_groups_learning_rates(name: str) -> None:
    optimizer = build_optimizer(Net(), config(name), device_type="cpu")
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.001, 0.001, 0.01, 0.01])
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.02, 0, 0.02, 0]


@pytest.mark.parametrize("name", ["lion", "lamb", "nesterov", "muon"])
def test_an_optimizer_of_timm_trains(name: str) -> None:
    net = Net()
    before = [weight.clone() for weight in net.weights]
    step(net, build_optimizer(net, config(name), device_type="cpu"))
    assert all(not torch.equal(old, new) for old, new in zip(before, net.weights, strict=True))


def test_options_reach_the_optimizer() -> None:
    for name in ("adamw", "lion"):
        optimizer = build_optimizer(Net(), config(name, betas=[0.8, 0.9]), device_type="cpu")
        assert list(optimizer.defaults["betas"]) == [0.8, 0.9]


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (
            config("adamm"),
            r"optimizer.name=adamm does not exist. Nearest: .*adam.*python -m segsweep.inspect optimizers",
        ),
        (config("zzzz"), r"optimizer.name=zzzz does not exist. All: python -m segsweep.inspect optimizers"),
        (config("adahessian"), r"optimizer.name=adahessian cannot be used here: it needs second derivatives"),
        (config("sgd", momentumm=0.9), r"optimizer.options.momentumm is no option of sgd. Nearest: momentum"),
        (config("lion", zzzz=1), r"optimizer.options.zzzz is no option of lion. Options of lion: betas, "),
        (config("adamw", lr=-1.0), r"adamw refuses its settings \(no options\): Invalid learning rate"),
        (
            config("sgd", nesterov=True),
            r"sgd refuses its settings \(optimizer.options.nesterov=True\): Nesterov momentum",
        ),
        (config("adamw", betas=[0.9]), r"adamw refuses its settings \(optimizer.options.betas=\[0.9\]\)"),
    ],
)
def test_what_an_optimizer_does_not_take_is_refused_before_there_is_a_model(
    optimizer: OptimizerConfig, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        check_optimizer(optimizer)


def test_an_option_with_a_key_of_its_own_is_refused_with_the_key() -> None:
    optimizer = config()
    optimizer.options = {"weight_decay": 0.1}
    with pytest.raises(ConfigError, match=r"Write optimizer.weight_decay=VALUE instead"):
        check_optimizer(optimizer)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_an_optimizer_that_needs_what_is_not_here_is_not_listed_and_says_so() -> None:
    assert "bnbadam" in timm.optim.list_optimizers()
    assert "bnbadam" not in optimizer_names()
    with pytest.raises(ConfigError, match=r"bnbadam cannot be used here: .*Try optimizer.name=adamw"):
        check_optimizer(config("bnbadam"))


def test_the_table_lists_every_optimizer_with_options_or_a_sentence() -> None:
    lines = describe_optimizers().splitlines()
    assert {line.split()[0] for line in lines if "  " in line} == set(optimizer_names())
    assert any(line.startswith("sgd ") and "momentum=0 " in line for line in lines)


class HalfStep(torch.optim.SGD):
    """SGD that takes half the step."""

    def __init__(self, params: Any, lr: float, weight_decay: float = 0.0, share: float = 0.5) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay)
        for group in self.param_groups:
            group["lr"] *= share


def test_an_optimizer_of_a_plugin_is_an_option_is_checked_trains_and_is_described(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(OPTIMIZERS, "_rows", dict(OPTIMIZERS._rows))
    OPTIMIZERS.add(OptimizerRow("half_step", f"{__name__}:HalfStep", lr=0.1))
    register_schema()
    chosen = compose("optimizer=half_step").optimizer
    assert chosen == OptimizerConfig("half_step", lr=0.1, weight_decay=0.0, encoder_lr_scale=1.0)
    check_optimizer(chosen)
    net = Net()
    weight = net.head[1].weight
    assert isinstance(weight, torch.Tensor)
    before = weight.clone()
    optimizer = build_optimizer(net, chosen, device_type="cpu")
    assert {group["lr"] for group in optimizer.param_groups} == {0.05}
    step(net, optimizer)
    assert not torch.equal(before, weight)
    with pytest.raises(ConfigError, match=r"optimizer.options.shar is no option of half_step. Nearest: share"):
        check_optimizer(config("half_step", shar=1))
    assert (
        "Optimizers of plugins; optimizer=NAME takes one.\n\nhalf_step      options: share=0.5" in describe_optimizers()
    )


def test_a_network_without_an_encoder_learns_at_one_rate() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 1))
    groups = parameter_groups(net, config(scale=0.1))
    assert [(group["name"], group["lr"]) for group in groups] == [("rest_decay", 0.01), ("rest_no_decay", 0.01)]
