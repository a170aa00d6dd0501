"""The table of wrong commands: each is answered before training, in one paragraph, with exit code 2."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.command import TINY, run

pytestmark = pytest.mark.slow


def make_folder(root: Path, *, num: int = 2, max_value: int = 2) -> Path:
    """Write a data set of random images with `max_value` + 1 classes."""
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        for kind in ("images", "masks"):
            (root / split / kind).mkdir(parents=True)
        for index in range(num):
            cv2.imwrite(
                str(root / split / "images" / f"{index}.png"), rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            )
            mask = rng.integers(0, max_value + 1, (32, 32), dtype=np.uint8)
            mask[0, : max_value + 1] = range(max_value + 1)
            cv2.imwrite(str(root / split / "masks" / f"{index}.png"), mask)
    return root


WRONG: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "misspelt encoder": (("encoder=resnet43",), ("resnet34", "inspect encoders")),
    "misspelt model": (("model=unetplus",), ("unetplusplus",)),
    "misspelt loss": (("loss=dise",), ("dice",)),
    "misspelt key": (("optimizer.learning_rate=0.1",), ("optimizer.", "--cfg job")),
    "key without its group": (("lr=0.1",), ("optimizer.lr",)),
    "misspelt group": (("modle=unet",), ("model",)),
    "another architecture's option": (("model=unet", "model.psp_dropout=0.1"), ("model.psp_dropout",)),
    "a word for a number": (("optimizer.lr=abc",), ("optimizer.lr=abc", "abc")),
    "not key=value": (("optimizer.lr",), ("key=value",)),
    "several values without -m": (("model=unet,fpn",), ("-m",)),
    "resolution as a number": (("resolution=512",), ("resolution=512x512",)),
    "size that the stride does not divide": (
        ("model=unetplusplus", "resolution=500x500"),
        ("32", "512"),
    ),
    "size by keys that the stride does not divide": (
        ("model=unetplusplus", "resolution.height=500", "resolution.width=500"),
        ("32", "resolution.height=512 resolution.width=512"),
    ),
    "deeplabv3plus with vgg16": (("model=deeplabv3plus", "encoder=vgg16"), ("vgg16", "deeplabv3plus")),
    "pan with vgg16": (("model=pan", "encoder=vgg16"), ("model.encoder_output_stride=32",)),
    "dpt with resnet34": (("model=dpt", "encoder=resnet34"), ("tu-vit",)),
    "unetplusplus with mit_b0": (("model=unetplusplus", "encoder=mit_b0"), ("mit_b0",)),
    "unknown encoder by key": (("encoder.name=resnet43",), ("resnet34",)),
    "unknown encoder of timm": (("encoder=tu-resnet1888",), ("resnet18",)),
    "batch of none": (("trainer.batch_size=0",), ("trainer.batch_size", "1")),
    "batch of one for a network that cannot": (("model=deeplabv3", "trainer.batch_size=1"), ("trainer.batch_size=2",)),
    "negative learning rate": (("optimizer.lr=-1",), ("optimizer.lr",)),
    "unknown optimizer": (("optimizer.name=adamwx",), ("adamw", "inspect optimizers")),
    "unknown keyword of the optimizer": (("+optimizer.options.momentun=0.9",), ("momentun",)),
    "loss for another task": (("loss=mcc",), ("mcc", "multiclass")),
    "class weights of another number": (("loss.class_weights=[1,2]",), ("4",)),
    "unknown monitor": (("trainer.monitor=val/iuo",), ("val/iou",)),
    "weights of a set that does not exist": (("encoder.weights=imagenat",), ("imagenet",)),
    "weights in a file that does not exist": (("encoder.weights=none.safetensors",), ("none.safetensors",)),
    "no cuda": (("hardware.accelerator=cuda",), ("hardware.accelerator=cpu",)),
    "data without a root": (("data=folder",), ("data.root",)),
    "data root that does not exist": (("data=folder", "data.root=/no/such/folder"), ("/no/such/folder",)),
    "a place that cannot be written": (("paths.runs=/proc/runs",), ("paths.runs=FOLDER",)),
    "a transform that does not exist": (
        ("augmentation.transforms=[{_target_: albumentations.HorizontalFlipp}]",),
        ("HorizontalFlip",),
    ),
    "a transform of another package": (("augmentation.transforms=[{_target_: os.system}]",), ("albumentations",)),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_command_is_answered_in_one_paragraph(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words, expected = WRONG[case]
    left_out = ("encoder=", "data.") if "data=folder" in words else ("encoder=",)
    tiny = [word for word in TINY if not _set_by(word, words) and not word.startswith(left_out)]
    ended = run(*tiny, "paths.cache=cache", *words)
    assert_answered(ended.code, ended.err, expected)
    assert not list(tmp_path.glob("runs/*/history.csv"))


def _set_by(word: str, words: tuple[str, ...]) -> bool:
    key = word.partition("=")[0]
    return any(other.startswith(f"{key}=") or (key.startswith(f"{other.partition('=')[0]}.")) for other in words)


def assert_answered(code: int, err: str, expected: tuple[str, ...]) -> None:
    assert code == 2, err
    assert "Traceback" not in err
    assert "\n\n" not in err.strip()
    assert len(err.strip().splitlines()) <= 15
    for part in expected:
        assert part in err


def spoil_nothing(root: Path) -> None: ...


def remove_mask(root: Path) -> None:
    (root / "train/masks/1.png").unlink()


def truncate_image(root: Path) -> None:
    image = root / "train/images/1.png"
    image.write_bytes(image.read_bytes()[:60])


def shrink_mask(root: Path) -> None:
    cv2.imwrite(str(root / "train/masks/1.png"), np.zeros((16, 16), dtype=np.uint8))


def empty_val(root: Path) -> None:
    for file in (root / "val").rglob("*.png"):
        file.unlink()


@pytest.mark.parametrize(
    ("spoil", "words", "expected"),
    [
        (spoil_nothing, ("data.num_classes=2", "data.task=multiclass"), ("value 2", "data.num_classes=3")),
        (remove_mask, (), ("1", "mask")),
        (truncate_image, (), ("train/images/1.png",)),
        (shrink_mask, (), ("16", "32")),
        (empty_val, (), ("val",)),
        (spoil_nothing, ("data.task=binary",), ("binary",)),
    ],
)
def test_wrong_data_is_answered_in_one_paragraph(
    spoil: object, words: tuple[str, ...], expected: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = make_folder(tmp_path / "data")
    assert callable(spoil)
    spoil(root)
    ended = run(
        "data=folder",
        f"data.root={root}",
        "encoder.weights=null",
        "resolution.height=32",
        "resolution.width=32",
        "trainer.batch_size=2",
        "hardware.accelerator=cpu",
        "paths.cache=cache",
        *words,
    )
    assert_answered(ended.code, ended.err, expected)
    assert not list(tmp_path.glob("runs/*/history.csv"))
