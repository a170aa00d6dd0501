"""ADE20K for scene parsing: masks number the classes from 1, and 0 is not counted."""

from pathlib import Path

import numpy as np
import pytest

from segsweep.core.errors import ConfigError, DataError, LabelError
from segsweep.core.task import IGNORE
from tests.data.making import open_folder, open_pairs, save


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "ADEChallengeData2016"
    for folder in ("training", "validation"):
        save(root / "images" / folder / "a.jpg", np.full((2, 2, 3), 90))
        save(root / "annotations" / folder / "a.png", [[0, 1], [150, 3]])
    return root


def test_classes_are_numbered_from_1_and_0_is_ignored(root: Path) -> None:
    data = open_pairs("ade20k", root)
    assert (data.counts, data.labelled_pixels) == ({"train": 1, "val": 1}, 3)
    assert data.splits["val"].load_truth(0).tolist() == [[IGNORE, 0], [149, 2]]
    assert [data.task.class_names[index] for index in (0, 149, 2)] == ["wall", "flag", "sky"]


def test_a_value_beyond_150_and_another_number_of_classes_are_refused(root: Path) -> None:
    with pytest.raises(ConfigError, match="have 150 classes, but the settings say 2"):
        open_pairs("ade20k", root, class_names=["a", "b"])
    save(root / "annotations" / "training" / "a.png", [[0, 151], [150, 3]])
    with pytest.raises(LabelError, match=r"accepted are 0 to 150 \(file annotations/training/a.png: value 151\)"):
        open_pairs("ade20k", root)


def test_a_missing_mask_or_folder_is_named_and_so_is_the_reader_that_fits(root: Path) -> None:
    with pytest.raises(DataError, match=r"Try data=ade20k$"):
        open_folder(root)
    (root / "annotations" / "training" / "a.png").unlink()
    with pytest.raises(DataError, match=r"No mask of the same name lies in annotations/training"):
        open_pairs("ade20k", root)
    (root / "annotations").rename(root / "masks")
    with pytest.raises(DataError, match=r"data.root has no annotations/validation \(it holds images, masks\)"):
        open_pairs("ade20k", root)
