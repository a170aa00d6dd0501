"""The comparison as a run on W&B."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segsweep.report.compare import Question
from segsweep.report.render.push import ranking_columns
from segsweep.report.render.tables import pivot_table
from segsweep.wandb import push
from tests.command import run
from tests.report.making import compare_runs, grid, make_run
from tests.wandb.double import SentRun, WandbDouble
from tests.wandb.logged import PROJECT

pytestmark = pytest.mark.slow

IMAGES = np.random.default_rng(0).normal(0, 0.03, 20)


@pytest.fixture
def runs(wandb_server: WandbDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for config in grid(model=["unet", "fpn"], encoder=["resnet18", "mit_b0"]):
        level = {"unet": 0.9, "fpn": 0.6}[config["model"]["arch"]]
        make_run(tmp_path / "runs", config, level + IMAGES)
    return tmp_path / "runs"


def sent_table(sent: SentRun, name: str) -> dict[str, Any]:
    path = sent.history[-1][name]["path"]
    content: dict[str, Any] = json.loads(sent.files[path])
    return content


def test_tables_pictures_and_page_arrive_as_they_are_in_the_report(
    runs: Path, wandb_server: WandbDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "has_reports", lambda: False)
    ended = run("runs", "--push", PROJECT, entry_point="report")
    assert (ended.code, ended.err) == (0, "")
    (sent,) = wandb_server.runs.values()
    assert f"On W&B: {wandb_server.url}/somebody/cells/runs/" in ended.out
    assert "pip install wandb-workspaces" in ended.out
    comparison = compare_runs(runs, Question()).comparisons[0]
    ranking, table = sent_table(sent, "ranking"), ranking_columns(comparison)
    assert ranking["columns"] == table.names
    assert ranking["data"] == [list(row) for row in table.rows]
    best = dict(zip(ranking["columns"], ranking["data"][0], strict=True))
    assert (best["rank"], best["axis: model"], best["n"]) == (1, "unet", 1)
    assert best["Dice"] == comparison.rows[0].scores["test/dice"].mean
    pivot = sent_table(sent, "pivot 1")
    assert pivot["data"] == [list(row) for row in pivot_table(comparison.pivots[0]).body]
    for name in ("index.html", "report.md", "results.csv", "tables.tex"):
        assert sent.files[name] == (runs / "report" / name).read_bytes()
    page = sent.files[sent.history[-1]["index"]["path"]]
    assert page == (runs / "report" / "index.html").read_bytes()
    pictures = sorted((runs / "report").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert sent.files[sent.history[-1][picture.stem]["path"]] == picture.read_bytes()
    assert sent.attributes["jobType"] == "comparison"
    assert sent.summary["answer"] == comparison.answer
    assert sent.exit_code == 0
    assert not sent.attributes.keys() & {"host", "program", "repo", "commit"}


def test_a_wandb_report_is_written_where_that_is_installed(runs: Path, wandb_server: WandbDouble) -> None:
    pytest.importorskip("wandb_workspaces")
    ended = run("runs", "--push", PROJECT, entry_point="report")
    assert (ended.code, ended.err) == (0, "")
    address = re.search(r"Report: (\S+)", ended.out)
    assert address is not None
    assert address[1].startswith(f"{wandb_server.url}/somebody/cells/reports/")
    (view,) = wandb_server.views
    assert (view["entityName"], view["projectName"]) == ("somebody", "cells")
    spec = json.loads(view["spec"])
    (text,) = [block for block in spec["blocks"] if block["type"] == "markdown-block"]
    assert text["content"] == (runs / "report" / "report.md").read_text()


def test_what_is_pushed_stays_where_a_wandb_report_is_refused(
    runs: Path, wandb_server: WandbDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb_workspaces")
    listed = wandb_server.graphql
    monkeypatch.setattr(
        wandb_server, "graphql", lambda name, found: {} if name == "ProjectInternalId" else listed(name, found)
    )
    ended = run("runs", "--push", PROJECT, entry_point="report")
    assert (ended.code, ended.err) == (0, "")
    assert "No W&B Report was written: Run set" in ended.out
    assert [sent.exit_code for sent in wandb_server.runs.values()] == [0]


def test_a_server_that_takes_no_run_is_told_and_the_report_is_kept(runs: Path, wandb_server: WandbDouble) -> None:
    wandb_server.refuses = True
    ended = run("runs", "--push", PROJECT, entry_point="report")
    assert ended.code == 2
    assert "The report is written, but W&B did not take it for somebody/cells" in ended.err
    assert "Traceback" not in ended.err
    assert (runs / "report" / "index.html").exists()
