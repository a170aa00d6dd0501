"""Every command that README.md and docs/ show is run, at a tiny size, or says why not; links lead somewhere."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.make_docs import outdated
from segsweep.config.options import conf_dir
from segsweep.config.renamed import RENAMED
from tests.command import ROOT, run
from tests.docs.blocks import DOCUMENTS, Block, all_blocks, blocks, without_code
from tests.docs.tiny import SHAPES, TINY, Stage, entry_point, words_of

SHOWN = [block for block in all_blocks() if block.commands]
PYTHON = [block for block in all_blocks() if block.language == "python" and block.mark == "run"]
RUN = [block for block in SHOWN if re.match(r"run(:|$)", block.mark or "") and block.mark != "run: tutorial"]


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_every_block_with_commands_is_run_or_says_why_not(block: Block) -> None:
    assert block.mark is not None, "put <!-- run --> or <!-- not run: WHY --> in the line before it"
    assert re.fullmatch(r"run|run: tutorial|run: exit \d+(, same output)?|not run: \S.+", block.mark), block.mark


def test_no_command_hides_in_a_block_of_another_form() -> None:
    for document in DOCUMENTS:
        prose = without_code(document.read_text(encoding="utf-8"))
        assert not re.findall(r"^(?: {4}|\t)(?:\$ )?(?:python|make|pip) .*$", prose, re.MULTILINE), document
    for block in all_blocks():
        is_marked = block.mark == "run" or (block.mark or "").startswith("file: ")
        assert block.language != "python" or is_marked, str(block)
        assert block.language in ("console", "bash") or "python -m segsweep" not in block.text, str(block)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A folder to train in, with a data set beside it, and one with four complete runs of a sweep to read."""
    root = tmp_path_factory.mktemp("documents")
    training, reading = root / "training", root / "reading"
    make_data(root / "data")
    for folder in (training, reading):
        folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(reading)
        axes = ("-m", "model=unet,fpn", "encoder=tu-test_resnet,tu-test_efficientnet")
        ended = run(*axes, *TINY, *SHAPES, "resolution=32x32", "hydra/launcher=basic")
        assert ended.code == 0, ended.err
    first, second, *_ = sorted(path.parent.name for path in reading.glob("runs/*/record.json"))
    (sweep,) = (path.name for path in (reading / "runs" / "sweeps").iterdir())
    return Stage(training, reading, root / "data", (first, second), sweep)


def make_data(root: Path) -> None:
    rng = np.random.default_rng(0)
    for split, number in (("train", 8), ("val", 3), ("test", 3)):
        for kind in ("images", "masks"):
            (root / split / kind).mkdir(parents=True)
        for index in range(number):
            cv2.imwrite(
                str(root / split / "images" / f"{index}.png"), rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            )
            mask = np.zeros((64, 64), dtype=np.uint8)
            mask[8:40, 8:40], mask[16:32, 16:32] = 1, 2
            cv2.imwrite(str(root / split / "masks" / f"{index}.png"), mask)


@pytest.mark.e2e
@pytest.mark.timeout(900)  # the first also trains the four runs that others read
@pytest.mark.parametrize("block", RUN, ids=str)
def test_the_commands_of_a_block_do_what_the_document_says(
    block: Block, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = re.search(r"exit (\d+)", block.mark or "")
    for command in block.commands:
        entry = entry_point(command)
        assert entry is not None, f"{command}: mark the block as not run, or show a command of segsweep"
        monkeypatch.chdir(stage.training if entry == "train" else stage.reading)
        ended = run(*words_of(command, stage, is_refused=wanted is not None), entry_point=entry)
        assert ended.code == int(wanted[1] if wanted else 0), ended.err or ended.out
        if "same output" in (block.mark or ""):
            assert (ended.out + ended.err).strip() == block.output.strip()


@pytest.mark.e2e
@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_that_a_document_shows_runs(block: Block, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    text = block.text.replace("runs/RUN", str(stage.reading / "runs" / stage.runs[0]))
    exec(compile(text.replace("IMAGE", str(stage.data / "test/images/0.png")), str(block), "exec"), {})
    assert "(64, 64)" in capsys.readouterr().out


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)\s]+)\)", without_code(document.read_text(encoding="utf-8"))):
            if target.startswith(("http://", "https://")):
                continue
            path, _, anchor = target.partition("#")
            file = (document.parent / path).resolve() if path else document
            if not file.exists() or (anchor and anchor not in anchors(file)):
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(document: Path) -> list[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", without_code(document.read_text(encoding="utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_every_target_of_make_that_is_shown_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    shown = {word for document in DOCUMENTS for word in re.findall(r"\bmake ([a-z]+-?[a-z]+)", _typed(document))}
    assert shown - set(targets) == set()


def _typed(document: Path) -> str:
    """Return what a document shows as typed: commands, and code in its sentences."""
    text = document.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"`([^`\n]+)`", text), *(c for block in blocks(document) for c in block.commands)])


def test_every_document_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in DOCUMENTS if (ROOT / "docs") in page.parents]
    assert [page for page in pages if page != "README.md" and f"]({page})" not in index] == []


def test_the_readme_is_short_and_its_picture_small() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 200_000, picture


def test_generated_pages_are_what_the_script_would_write() -> None:
    assert outdated() == [], "run python -m scripts.make_docs"


def test_the_changelog_names_every_key_that_was_renamed() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [old for old, new in RENAMED.items() if f"| `{old}` | `{new}` |" not in changelog] == []


@pytest.mark.parametrize("group", ["sweep", "experiment"])
def test_every_sweep_and_experiment_begins_with_its_command_and_its_question(group: str) -> None:
    for file in sorted((conf_dir() / group).glob("*.yaml")):
        comments = [line for line in file.read_text(encoding="utf-8").splitlines()[:5] if line.startswith("# ")]
        assert comments[0] == "# @package _global_"
        assert comments[1].startswith(f"# python -m segsweep.train {group}={file.stem}")
        assert "?" in "".join(comments[2:]), file
