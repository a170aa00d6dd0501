"""A run on files of one's own, from the command line to a changed file."""

from pathlib import Path

import numpy as np

from segsweep.config.renamed import warn
from tests.command import run
from tests.data.making import save_pair


def test_a_run_on_a_folder_is_done_once_and_refuses_to_go_on_with_other_files(tmp_path: Path) -> None:
    masks = np.random.default_rng(0).integers(0, 3, (5, 32, 32))
    for split, number in (("train", 0), ("train", 1), ("train", 2), ("train", 3), ("val", 4)):
        save_pair(tmp_path / "set", split, f"{number}", masks[number])
    command = (
        "data=folder",
        f"data.root={tmp_path / 'set'}",
        "data.pretrained=null",
        "data.ignore_colour=[9,9,9]",
        "resolution=32x32",
        "trainer.batch_size=2",
        "trainer.max_epochs=1",
        "hardware.accelerator=cpu",
        "hardware.num_workers=0",
        "logger.pictures=false",
        "encoder=tu-test_resnet",
        f"paths.runs={tmp_path / 'runs'}",
        f"paths.cache={tmp_path / 'cache'}",
    )
    warn.cache_clear()  # it warns once per process
    first = run(*command)
    assert first.code == 0, first.err
    assert "data.ignore_colour is now named data.ignore_color." in first.err
    (folder,) = (tmp_path / "runs").glob("unet-*")
    record = (folder / "record.json").read_text()
    again = run(*(word.replace("colour", "color") for word in command))
    assert again.code == 0, again.err
    assert (folder / "record.json").read_text() == record
    save_pair(tmp_path / "set", "val", "new", masks[0])
    changed = run(*command)
    assert changed.code == 2
    assert "was trained on other files: names or sizes in data.root have changed since it began" in changed.err
