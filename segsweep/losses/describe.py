"""The table of losses for a person: the terms, their options, and the ready-made sums."""

from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from segsweep.config.options import conf_dir
from segsweep.losses.spec import LOSSES, loss_schema


def describe_losses() -> str:
    """Return what `python -m segsweep.inspect losses` prints."""
    folder = conf_dir() / "loss"
    defaults = vars(loss_schema()()) | _read(folder / "base" / "terms.yaml")
    lines = ["Terms of a loss; loss.TERM.weight=W adds one to the sum.", ""]
    for name, row in LOSSES.items():
        values = defaults[name] if isinstance(defaults[name], dict) else vars(defaults[name])
        options = " ".join(f"{key}={_plain(value)}" for key, value in values.items() if key != "weight")
        weighted = [kind for kind in row.tasks if kind in row.weighted_tasks]
        lines += [
            f"{name:14} {', '.join(row.tasks)}",
            f"{'':14} options: {options or 'none'}",
            f"{'':14} class weights: {', '.join(weighted) or 'not read'}",
            f"{'':14} absent class: {row.absent}",
            f"{'':14} source: {row.source}",
        ]
    lines += ["", "Ready-made; loss=NAME takes one.", ""]
    for path in sorted(folder.glob("*.yaml")):
        lines += [f"{path.stem:15} {_sum_of_terms(path)}", f"{'':15} {_comment(path)}"]
    return "\n".join(lines)


def _sum_of_terms(path: Path) -> str:
    """Return the terms of a file as a formula: 1 * bce + 1 * dice."""
    terms = {name: term for name, term in _read(path).items() if name in LOSSES}
    return " + ".join(f"{term['weight']:g} * {name}{_options(term)}" for name, term in terms.items())


def _options(term: dict[str, Any]) -> str:
    options = [f"{key}={_plain(value)}" for key, value in term.items() if key != "weight"]
    return f"({', '.join(options)})" if options else ""


def _plain(value: object) -> str:
    return "null" if value is None else str(value)


def _comment(path: Path) -> str:
    return path.read_text().splitlines()[0].removeprefix("# ")


def _read(path: Path) -> dict[str, Any]:
    content = OmegaConf.to_container(OmegaConf.load(path))
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}
