from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.wandb.double import WandbDouble, wandb_double

FOLDERS = {"engines": "engine", "e2e": "e2e", "walks": "e2e"}
"""Folders whose tests all have a mark; `make test-fast` leaves them out."""
SLOW = ("engine", "e2e", "browser", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder, and begin with the files that take long: at the end no process waits for another."""
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in FOLDERS:
            item.add_marker(FOLDERS[folder])
    long = {item.path for item in items if any(item.get_closest_marker(mark) for mark in SLOW)}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout."""
    folder = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data sets in {folder}")
    return folder


@pytest.fixture
def signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine where nobody is logged in to W&B and no server answers; W&B's service ends with the test."""
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_PROJECT", "WANDB_ENTITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "wandb_config"))
    yield
    import wandb  # half a second, only where it is needed

    wandb.teardown()
    assert not [child for child in psutil.Process().children() if "wandb" in child.name()]


@pytest.fixture
def wandb_server(signed_out: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WandbDouble]:
    """A W&B server of its own for a test, and a key for it."""
    with wandb_double() as double:
        for name, value in double.environment.items():
            monkeypatch.setenv(name, value)
        yield double
