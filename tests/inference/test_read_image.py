"""A trained run reads an image as it read its own."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from segsweep.inference.load import TrainedRun
from segsweep.runs.facts import DataFacts
from tests.data.making import folder_config


@pytest.mark.parametrize(("bit_depth", "expected"), [(12, [0, 128, 255]), (None, [0, 8, 16])])
def test_deep_images_are_read_with_the_bits_of_the_record(
    tmp_path: Path, bit_depth: int | None, expected: list[int]
) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(cv2.imencode(".png", np.array([[0, 2048, 4095]], dtype=np.uint16))[1].tobytes())
    run: Any = SimpleNamespace(
        config=SimpleNamespace(data=folder_config(tmp_path)),
        record=SimpleNamespace(data=DataFacts(bit_depth=bit_depth)),
        model=SimpleNamespace(mean=torch.zeros(1, 1, 1, 1)),
    )
    assert TrainedRun.read_image(run, file).ravel().tolist() == expected
