"""Follows docs/how-to/plugins.md outside the repository: its files are written, its commands are typed."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.command import ROOT, start
from tests.docs.blocks import blocks
from tests.docs.tiny import Stage, entry_point, words_of

TUTORIAL = blocks(ROOT / "docs" / "how-to" / "plugins.md")


def write_package(folder: Path) -> None:
    """Write the tutorial's files; blocks of one file follow each other."""
    for block in TUTORIAL:
        if named := re.fullmatch(r"file: (\S+)", block.mark or ""):
            file = folder / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            before = file.read_text(encoding="utf-8") + "\n\n" if file.exists() else ""
            file.write_text(before + block.text, encoding="utf-8")


def write_images(root: Path) -> None:
    rng = np.random.default_rng(0)
    for split in ("train", "val", "test"):
        (root / split).mkdir(parents=True)
        for index in range(4):
            image = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            cv2.imwrite(str(root / split / f"{index}.png"), image)
            cv2.imwrite(str(root / split / f"{index}_mask.png"), (image[..., 0] // 100).clip(0, 2))


def typed(command: str, stage: Stage, folder: Path) -> str:
    """Type a command in the folder, in a process of its own, and return what it prints."""
    words = [word for word in words_of(command, stage) if word != "sweep.max_runs=1"]
    with start(*words, cwd=folder, module=f"segsweep.{entry_point(command)}") as process:
        out = process.stdout.read()
    assert process.returncode == 0, f"{command}\n{out}"
    return out


@pytest.mark.e2e
@pytest.mark.timeout(1200)
def test_the_tutorial_builds_one_of_each_and_its_commands_run(tmp_path: Path) -> None:
    write_package(tmp_path)
    write_images(tmp_path / "images")
    stage = Stage(tmp_path, tmp_path, tmp_path / "images", ("", ""), "")
    printed = [
        typed(command, stage, tmp_path)
        for block in TUTORIAL
        if block.mark == "run: tutorial"
        for command in block.commands
    ]
    assert re.search(r"^complete +plain-[0-9a-f]{12} ", printed[0], re.MULTILINE)
    assert re.search(r"^complete +fpn-strided-[0-9a-f]{12} ", printed[1], re.MULTILINE)
    assert "2 runs: 2 complete" in printed[-2]
    assert "volume_similarity" in printed[-1]
    assert "specificity" in printed[-1]
