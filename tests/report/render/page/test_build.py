import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from segsweep.report.read.comparison import Report
from segsweep.report.read.model import Excluded
from segsweep.report.render.page.build import build_page
from tests.report.render.page.making import make_report

NASTY = (
    "<script>window.hacked=1</script>",
    "</script><img src=x onerror=window.hacked=1>",
    "\"' onmouseover='window.hacked=1",
    "{{ 7*7 }} ${window.hacked=1} <!--",
    "Größe 大きさ \u2028 🩻",
    "x" * 400,
)


class Elements(HTMLParser):
    """The elements of a page, as a browser reads them, with the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page in which every text that a user or a library can choose is nasty."""
    runs = tmp_path_factory.mktemp("runs")
    excluded = [Excluded(runs / f"run {place}<b>", "failed", reason) for place, reason in enumerate(NASTY)]
    report = make_report(
        runs,
        axes={"model": NASTY[:3], "optimizer.lr": NASTY[3:]},
        class_names=NASTY,
        excluded=excluded[:3],
        unplaced=excluded[3:],
        answer=NASTY[1],
    )
    return build_page(report, runs / "report").read_text(encoding="utf-8")


def test_names_reasons_and_classes_are_text_and_never_markup(page: str) -> None:
    elements = Elements(page)
    assert [tag for tag, _ in elements.found].count("script") == 2  # the numbers, and the code
    assert "img" not in [tag for tag, _ in elements.found]
    assert not [name for _, names in elements.found for name in names if name.startswith("on")]
    assert html.escape(NASTY[0]) in page
    assert "{{ 7*7 }}" in page  # a name is no template
    assert NASTY[5] in page


def test_the_numbers_survive_their_place_in_the_page(page: str) -> None:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    data = json.loads(text)
    assert {row["values"]["model"] for row in data["rows"]} == set(NASTY[:3])
    assert "<" not in text


def test_only_its_own_code_and_styles_may_run(page: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = html.unescape(policy)
    for tag, directive in (("<script>", "script-src"), ("<style>", "style-src")):
        content = page.split(tag)[1].split(f"</{tag[1:]}")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_in_the_page_leads_elsewhere(page: str) -> None:
    targets = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert targets
    assert all(target.startswith(("#", "./", "../", "data:image/")) for target in targets)
    assert 'href="../run8-0/"' in page
    assert 'href="../run%200%3Cb%3E/"' in page
    assert re.findall(r"https?://[^\s\"'`]+", page) == ["http://www.w3.org/2000/svg"]


def test_a_page_of_200_runs_is_small(tmp_path: Path) -> None:
    axes = {"model": [f"m{n}" for n in range(10)], "encoder": [f"e{n}" for n in range(10)]}
    report = make_report(tmp_path, axes=axes, num_seeds=2, class_names=[f"bone {n}" for n in range(29)])
    path = build_page(report, tmp_path / "report")
    assert path.stat().st_size < 1.5e6


def test_comparisons_that_share_no_table_are_shown_in_brief(tmp_path: Path) -> None:
    (first,) = make_report(tmp_path, axes={"model": ["fpn", "unet"]}).comparisons
    other = replace(first, title="roads: test, 9 images", answer="fpn is the best on roads")
    page = build_page(Report((first, other)), tmp_path / "report").read_text(encoding="utf-8")
    assert "<h3>roads: test, 9 images</h3>" in page
    assert "fpn is the best on roads" in page


def test_what_a_sweep_drew_of_its_parameters_is_in_the_page(tmp_path: Path) -> None:
    report = make_report(tmp_path, axes={"model": ["fpn", "unet"]})
    without = build_page(report, tmp_path / "report").read_text(encoding="utf-8")
    plots = tmp_path / "sweeps" / "s" / "plots"  # the runs were made by the sweep s
    plots.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(plots / "importance_val_dice.png")
    page = build_page(report, tmp_path / "report").read_text(encoding="utf-8")
    assert 'id="importance"' in page
    assert "What decides val_dice in the sweep s" in page
    assert 'id="importance"' not in without


def test_a_picture_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    report = make_report(tmp_path, axes={"model": ["fpn", "unet"]}, num_seeds=1)
    for name in ("run0-0", "run1-0"):
        (tmp_path / name / "samples").mkdir()
        (tmp_path / name / "samples" / "val.png").write_bytes(b"no picture")
    page = build_page(report, tmp_path / "report").read_text(encoding="utf-8")
    assert 'id="gallery"' in page
    assert "<img" not in page
