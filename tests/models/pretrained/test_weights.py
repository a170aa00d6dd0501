import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import segmentation_models_pytorch as smp
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import save_file

from segsweep.core.errors import ConfigError, WeightsError
from segsweep.models.build import build_model
from segsweep.models.pretrained import weights
from segsweep.models.pretrained.weights import check_weights, has_file, timm_cached_file
from segsweep.models.spec import EncoderConfig
from tests.compose import compose

UNET = compose("model=unet").model
UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the Hub, and a Hub that cannot be reached."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", UNREACHABLE)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", UNREACHABLE + "/{repo_id}/resolve/{revision}/{filename}"
    )
    return tmp_path


def snapshot(cache: Path, repo: str, revision: str, *, ref: str | None = None) -> Path:
    """Make the folder in which the Hub's client looks for a repository's files."""
    folder = cache / f"models--{repo.replace('/', '--')}"
    if ref:
        (folder / "refs").mkdir(parents=True)
        (folder / "refs" / ref).write_text(revision)
    (folder / "snapshots" / revision).mkdir(parents=True)
    return folder / "snapshots" / revision


@pytest.mark.parametrize("name", ["resnet18", "tu-resnet18", "tu-resnet18.a1_in1k"])
def test_weights_that_cannot_be_had_are_one_error_with_the_ways_out_within_seconds(name: str, hub_cache: Path) -> None:
    started = time.monotonic()
    with pytest.raises(WeightsError) as raised:
        check_weights(EncoderConfig(name, "imagenet"))
    assert time.monotonic() - started < 10
    for way_out in ("encoder.weights=null", "encoder.weights=/path/to/file", "HF_HOME", "HF_ENDPOINT", str(hub_cache)):
        assert way_out in str(raised.value)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PROBE_SECONDS", 0.3)
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        started = time.monotonic()
        assert not has_file(f"http://127.0.0.1:{server.server_port}/model.safetensors")
        assert time.monotonic() - started < 2
        server.shutdown()


@pytest.mark.parametrize(("status", "available"), [(200, True), (302, True), (401, False), (404, False)])
def test_a_server_that_answers_says_whether_it_has_the_file(status: int, available: bool) -> None:
    handler = type("Answering", (Silent,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert has_file(f"http://127.0.0.1:{server.server_port}/model.safetensors") is available
        server.shutdown()


class Silent(BaseHTTPRequestHandler):
    status = 0

    def do_HEAD(self) -> None:
        if not self.status:
            time.sleep(3)
            return
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_a_cached_set_of_a_named_encoder_is_loaded_with_its_own_mean_and_std(hub_cache: Path) -> None:
    settings = smp.encoders.encoders["resnet18"]["pretrained_settings"]["imagenet"]
    folder = snapshot(hub_cache, settings["repo_id"], settings["revision"])
    trained = smp.encoders.get_encoder("resnet18", weights=None).state_dict()
    save_file(trained, folder / "model.safetensors")
    numbers = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "input_range": [0, 1], "input_space": "RGB"}
    (folder / "config.json").write_text(json.dumps(numbers))
    model = build_model(UNET, EncoderConfig("resnet18", "imagenet"), in_channels=1, num_outputs=1)
    assert torch.equal(model.encoder.layer1[0].conv1.weight, trained["layer1.0.conv1.weight"])  # type: ignore[index, union-attr]
    assert torch.allclose(model.encoder.conv1.weight, trained["conv1.weight"].sum(1, keepdim=True))  # type: ignore[union-attr, arg-type]
    assert (model.mean.flatten().tolist(), model.std.flatten().tolist()) == ([127.5], [63.75])


def test_a_cached_set_of_a_timm_encoder_is_loaded_without_asking_the_network(hub_cache: Path) -> None:
    folder = snapshot(hub_cache, "timm/resnet18.a1_in1k", "0" * 40, ref="main")
    trained = timm.create_model("resnet18").state_dict()
    save_file(trained, folder / "model.safetensors")
    assert timm_cached_file("tu-resnet18.a1_in1k") == folder / "model.safetensors"
    started = time.monotonic()
    model = build_model(UNET, EncoderConfig("tu-resnet18.a1_in1k", "imagenet"), in_channels=3, num_outputs=1)
    assert time.monotonic() - started < 10
    assert torch.equal(model.encoder.model.layer1[0].conv1.weight, trained["layer1.0.conv1.weight"])  # type: ignore[index, union-attr]


def test_random_weights_need_no_network(hub_cache: Path) -> None:
    check_weights(EncoderConfig("resnet18", None))
    check_weights(EncoderConfig("tu-convnext_atto", None))


def test_a_timm_model_that_was_never_trained_is_answered_with_the_ways_out() -> None:
    untrained = next(name for name in timm.list_models() if not timm.models.is_model_pretrained(name))
    with pytest.raises(WeightsError, match=f"timm has no pretrained weights for tu-{untrained}"):
        check_weights(EncoderConfig(f"tu-{untrained}", "imagenet"))


def test_unknown_encoders_and_missing_files_are_answered_before_anything_is_asked() -> None:
    with pytest.raises(ConfigError, match=r"resnet43 does not exist\. Nearest: resnet34"):
        check_weights(EncoderConfig("resnet43", "imagenet"))
    with pytest.raises(WeightsError, match=r"encoder.weights=nowhere.pth is not a file"):
        check_weights(EncoderConfig("resnet18", "nowhere.pth"))
