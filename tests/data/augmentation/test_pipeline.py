import numpy as np
import pytest

from segsweep.data.augmentation.pipeline import TrainPipeline, pad_reflect, resize_image, resize_truth
from segsweep.data.augmentation.transforms import build_transforms
from tests.data.making import augmentation, resolution

FLIPS = [
    {"_target_": "albumentations.HorizontalFlip", "p": 0.5},
    {"_target_": "albumentations.VerticalFlip", "p": 0.5},
]


def test_truth_takes_the_nearest_pixel() -> None:
    truth = np.array([[0, 1, 2, 255]], dtype=np.uint8)
    assert resize_truth(truth, (1, 2)).tolist() == [[1, 255]]  # centers at 1 and 3
    assert resize_truth(truth, (2, 8)).tolist() == [[0, 0, 1, 1, 2, 2, 255, 255]] * 2


def test_truth_of_many_classes_is_resized_alike() -> None:
    truth = np.random.default_rng(0).integers(0, 2, (6, 8, 40), dtype=np.uint8)
    assert np.array_equal(resize_truth(truth, (3, 4))[..., 39], resize_truth(truth[..., 39], (3, 4)))


@pytest.mark.parametrize("interpolation", ["nearest", "linear", "cubic", "area", "lanczos"])
@pytest.mark.parametrize("channels", [1, 3, 4, 5, 13])
def test_images_of_any_channels_take_every_interpolation(interpolation: str, channels: int) -> None:
    image = np.full((10, 12, channels), np.arange(channels) * 10, dtype=np.uint8)
    resized = resize_image(image, (5, 7), interpolation)
    assert resized.shape == (5, 7, channels)
    assert resized[2, 3].tolist() == [channel * 10 for channel in range(channels)]


def test_area_averages() -> None:
    image = np.array([[[0], [100]], [[100], [200]]], dtype=np.uint8)
    assert resize_image(image, (1, 1), "area").tolist() == [[[100]]]


def test_padding_reflects_at_the_right_and_the_bottom() -> None:
    image = np.array([[[1], [2]]], dtype=np.uint8)
    assert pad_reflect(image, (2, 4))[..., 0].tolist() == [[1, 2, 2, 1]] * 2


def test_image_and_truth_move_together() -> None:
    truth = np.random.default_rng(0).integers(0, 200, (32, 32), dtype=np.uint8)
    pipeline = TrainPipeline(build_transforms(augmentation(*FLIPS)), resolution())
    for index in range(8):
        moved, moved_truth = pipeline(np.repeat(truth[..., None], 3, axis=2), truth, seed=(0, 0, index))
        assert np.array_equal(moved[..., 1], moved_truth)


def test_two_flips_are_drawn_apart() -> None:
    truth = np.arange(4, dtype=np.uint8).reshape(2, 2)
    pipeline = TrainPipeline(build_transforms(augmentation(*FLIPS)), resolution(2, 2))
    seen = {pipeline(truth[..., None], truth, seed=(0, 0, index))[1].tobytes() for index in range(40)}
    assert len(seen) == 4  # as it is, left-right, up-down, both


def test_the_seed_alone_decides() -> None:
    strong = [*FLIPS, {"_target_": "albumentations.GaussNoise", "p": 1.0}]
    pipeline = TrainPipeline(build_transforms(augmentation(*strong)), resolution())
    image, truth = np.full((32, 32, 1), 100, dtype=np.uint8), np.zeros((32, 32), dtype=np.uint8)
    first = pipeline(image, truth, seed=(0, 1, 2))[0]
    other = [pipeline(image, truth, seed=seed)[0] for seed in ((1, 1, 2), (0, 2, 2), (0, 1, 3))]
    assert np.array_equal(pipeline(image, truth, seed=(0, 1, 2))[0], first)
    assert not any(np.array_equal(first, image) for image in other)
