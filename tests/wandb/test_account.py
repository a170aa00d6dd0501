"""What stands between a report and W&B's server is said in words, within seconds."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from segsweep.core.errors import ReportError
from segsweep.report.read.sources import Sources, gather
from segsweep.wandb.account import Address, read_address
from segsweep.wandb.project import RunFilter
from tests.command import run
from tests.wandb.double import API_KEY, WandbDouble
from tests.wandb.logged import PROJECT, add_foreign


@pytest.fixture(autouse=True)
def quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything here is answered in less than 15 s on a busy machine."""
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 15


def refused(*words: str) -> str:
    ended = run(*words, entry_point="report")
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    return ended.err


def test_an_address_has_a_project_and_may_have_an_entity() -> None:
    assert read_address("wandb:somebody/cells") == Address("somebody", "cells")
    assert read_address("wandb:cells") == Address(None, "cells")
    for wrong in ("wandb:", "wandb:/cells", "wandb:a/b/c", "somebody/cells"):
        with pytest.raises(ReportError, match=r"names no project on W&B\. Type wandb:ENTITY/PROJECT"):
            read_address(wrong)


def test_without_a_login_it_says_how_to_log_in(signed_out: None) -> None:
    assert "Nobody is logged in to W&B. Type `wandb login`" in refused(PROJECT)


def test_a_server_that_cannot_be_reached(signed_out: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", API_KEY)
    for words in ((PROJECT,), ("--push", PROJECT)):
        assert "http://127.0.0.1:9 does not answer. Is this machine connected" in refused(*words)


def test_a_server_that_goes_away(wandb_server: WandbDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segsweep.wandb.account.TIMEOUT_S", 1)
    add_foreign(wandb_server, "a", {}, {"test_dice": 0.5})
    listed = wandb_server.graphql

    def graphql(operation: str, variables: dict[str, object]) -> dict[str, object]:
        answer = listed(operation, variables)
        if operation == "Runs":
            wandb_server.gone = True
        return answer

    monkeypatch.setattr(wandb_server, "graphql", graphql)
    with pytest.raises(ReportError, match=r"W&B failed at somebody/cells: .*Try again later; runs that were read"):
        gather(Sources((PROJECT,)))


def test_a_wrong_key(wandb_server: WandbDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("9" * 40, "short"):
        monkeypatch.setenv("WANDB_API_KEY", key)
        assert f"{wandb_server.url} does not accept the key: " in (said := refused(PROJECT))
        assert "Type `wandb login --relogin`" in said


def test_wandb_that_is_switched_off(wandb_server: WandbDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert "W&B's own settings say offline. Type `wandb online`" in refused(PROJECT)


def test_a_project_that_is_not_there(wandb_server: WandbDouble) -> None:
    assert "There is no project somebody/cells on W&B that your key may see" in refused(PROJECT)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((PROJECT, "--filter", "{"), "--filter '{' is not a JSON object"),
        ((PROJECT, "--filter", "[1]"), "is not a JSON object (it is a list)"),
        (("runs", "--group", "g"), "--group chooses among runs on W&B; name a project too: wandb:ENTITY/PROJECT"),
        (("wandb:a/b/c",), "names no project on W&B"),
        (("runs", "--push", "cells"), "'cells' names no project on W&B"),
        (("runs", "--push", PROJECT, "--watch"), "--push sends what is final, and --watch goes on"),
        (("runs", "--watch", "0"), "--watch 0 leaves no pause"),
    ],
)
def test_what_is_wrong_in_itself_needs_no_server(signed_out: None, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(*words)


def test_the_words_of_a_choice_are_those_that_were_typed() -> None:
    assert RunFilter("g", ("a", "b"), "{}").options() == ["--group g", "--tag a", "--tag b", "--filter '{}'"]
    assert RunFilter("g", ("a",), '{"state": "finished"}').filters() == {
        "$and": [{"group": "g"}, {"tags": {"$in": ["a"]}}, {"state": "finished"}]
    }
