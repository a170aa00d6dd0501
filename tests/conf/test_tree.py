"""The conf tree and its schema: every option composes, every setting is explained and read."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import segsweep
from segsweep import schema
from segsweep import schema as loggers
from segsweep import schema as sweeps
from segsweep.config.options import conf_dir
from segsweep.data import spec as data
from segsweep.losses import spec as losses
from segsweep.models import settings as networks
from segsweep.models import spec as models
from segsweep.optim import spec as schedulers
from tests.compose import compose

PACKAGE = Path(segsweep.__file__).parent
SCHEMA_MODULES = (schema, data, loggers, losses, models, networks, schedulers, sweeps)
FOLDERS = sorted(
    folder.relative_to(conf_dir()).as_posix()
    for folder in conf_dir().iterdir()
    if folder.is_dir() and folder.name not in ("hydra", "experiment")
)
OPTIONS = [(group, file.stem) for group in FOLDERS for file in sorted((conf_dir() / group).glob("*.yaml"))]
EXPERIMENTS = sorted(file.stem for file in (conf_dir() / "experiment").glob("*.yaml"))


@pytest.mark.parametrize(("group", "option"), [pair for pair in OPTIONS if pair[0] != "encoder"])
def test_every_option_composes(group: str, option: str) -> None:
    lines = (conf_dir() / group / f"{option}.yaml").read_text().splitlines()
    needed = [f"{group}.{line.removesuffix(': ???')}=x" for line in lines if line.endswith(": ???")]
    config = compose(f"{group}={option}", *needed)
    assert is_dataclass(getattr(config, group))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_composes_and_opens_with_its_command_and_its_question(experiment: str) -> None:
    config = compose(f"experiment={experiment}", "data.root=x")
    assert config.data.name != "folder"
    header = (conf_dir() / "experiment" / f"{experiment}.yaml").read_text().splitlines()
    assert header[1] == f"# python -m segsweep.train experiment={experiment} data.root=PATH"
    assert "?" in "".join(line for line in header[:6] if line.startswith("#"))


@pytest.mark.parametrize("file", sorted(conf_dir().rglob("*.yaml")), ids=lambda file: file.stem)
def test_every_file_opens_with_a_sentence(file: Path) -> None:
    assert file.read_text().startswith("# ")


def classes() -> Iterator[tuple[ast.ClassDef, type]]:
    for module in SCHEMA_MODULES:
        tree = ast.parse(Path(str(module.__file__)).read_text())
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield node, getattr(module, node.name)


def test_every_setting_has_a_sentence_under_it() -> None:
    without = []
    for node, _ in classes():
        for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
            is_setting = isinstance(statement, ast.AnnAssign) and not is_group(statement)
            explained = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            if is_setting and not explained:
                without.append(f"{node.name}.{ast.unparse(statement.target)}")  # type: ignore[attr-defined]
    assert without == []


def is_group(statement: ast.AnnAssign) -> bool:
    """Groups and terms are explained by the docstring of their class."""
    return ast.unparse(statement.annotation).endswith("Config")


def test_every_setting_is_read_by_the_code() -> None:
    nodes = [
        node
        for file in PACKAGE.rglob("*.py")
        if "config" not in file.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(file.read_text()))
    ]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
    read |= {ast.unparse(node.slice).strip("'") for node in nodes if isinstance(node, ast.Subscript)}
    read |= {name for file in conf_dir().rglob("*.yaml") for name in re.findall(r"\$\{\w+\.(\w+)\}", file.read_text())}
    # Decoder options are handed on by name (tests/models holds them to the library); the terms of a loss are one table.
    read |= {entry.name for model in models.ARCHITECTURES.values() for entry in fields(model.settings)} | set(
        losses.LOSSES
    )
    assert {entry.name for _, kind in classes() for entry in fields(kind)} - read == set()
