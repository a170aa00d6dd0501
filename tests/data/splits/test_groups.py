from collections.abc import Mapping
from pathlib import Path

import pytest

from segsweep.core.errors import ConfigError
from segsweep.data.spec import check_data
from segsweep.data.splits.groups import group_of, image_groups
from tests.data.making import folder_config, open_folder, save_pair


def make(root: Path, *images: str) -> Path:
    for image in images:
        split, _, name = image.partition("/")
        save_pair(root, split, name, [[0, 1]])
    return root


@pytest.mark.parametrize(
    ("name", "pattern", "group"),
    [
        ("p1/left/a", None, "p1"),
        ("a", None, None),
        ("p1_a", "^(p[0-9]+)_", "p1"),
        ("video7", "video[0-9]", "video7"),
        ("b", "^(p[0-9]+)_", None),
        ("ab", "a(x)?b", None),
    ],
)
def test_an_image_belongs_to_its_folder_or_to_what_the_pattern_finds_in_its_name(
    name: str, pattern: str | None, group: str | None
) -> None:
    assert group_of(name, pattern) == group


def test_a_group_is_found_in_the_name_on_disk_in_folds_too(tmp_path: Path) -> None:
    root = make(tmp_path / "set", "train/p1/a", "train/p2/a", "val/p3/a", "val/p1/b", "test/p9/a")
    settings = folder_config(root, fold=0, num_folds=2)
    data = open_folder(root, fold=0, num_folds=2)
    found = set(image_groups(data, settings, "train")) | set(image_groups(data, settings, "val"))
    assert found == {"p1", "p2", "p3"}
    assert image_groups(data, settings, "test") == ["p9"]


def test_folds_keep_the_groups_of_the_pattern_whole(tmp_path: Path) -> None:
    names = [f"train/p{person}_{shot}" for person in range(4) for shot in range(3)]
    root = make(tmp_path / "set", *names, "val/p0_9")
    settings: Mapping[str, str | int] = {"num_folds": 4, "group": "p([0-9])"}
    validated = []
    for fold in range(4):
        data = open_folder(root, fold=fold, **settings)
        groups = set(image_groups(data, folder_config(root, fold=fold, **settings), "val"))
        assert len(groups) == 1
        validated.append(groups.pop())
    assert sorted(str(group) for group in validated) == ["0", "1", "2", "3"]
    assert data.fingerprint != open_folder(root, fold=3, num_folds=4).fingerprint


def test_a_pattern_that_does_not_compile_or_matches_nothing_is_refused_and_strays_are_told(tmp_path: Path) -> None:
    root = make(tmp_path / "set", "train/p1_a", "train/b", "val/p2_a")
    with pytest.raises(ConfigError, match=r"data.group=\(p is no regular expression \(missing \)"):
        check_data(folder_config(root, group="(p"))
    with pytest.raises(ConfigError, match=r"data.group=q matches no image; their names are such as b, p1_a, p2_a"):
        open_folder(root, group="q")
    (note,) = (note for note in open_folder(root, group="p([0-9])").notes if "data.group" in note)
    assert "does not match 1 of 3 images; each of them counts as a group of its own: b" in note
    assert not [note for note in open_folder(root).notes if "data.group" in note]
