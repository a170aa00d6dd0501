"""Sentences about a comparison that cannot be made."""

from collections.abc import Sequence
from pathlib import Path

from segsweep.core.errors import ReportError, and_more, near_hint


class NothingYetError(ReportError):
    """A comparison that can be made later, when runs have ended."""


def no_such_folder(folder: Path) -> ReportError:
    """The folder of runs is not there."""
    return ReportError(
        f"{folder} is not a folder. Name the folder that holds the runs, such as: python -m segsweep.report runs"
    )


def no_runs(folder: Path) -> NothingYetError:
    """The folder holds no run."""
    return NothingYetError(
        f"{folder} holds no runs. Name the folder that holds them (paths.runs), or train some: "
        "python -m segsweep.train -m model=unet,fpn seed=0,1,2"
    )


def nothing_complete(folder: Path, problems: Sequence[str]) -> NothingYetError:
    """There are runs, and not one has ended well."""
    return NothingYetError(
        f"No run in {folder} is complete, so nothing can be compared:\n{and_more(list(problems))}\n"
        "The command that began them goes on with them."
    )


def metric_unknown(metric: str, known: Sequence[str], near: Sequence[str]) -> ReportError:
    """No run has that metric."""
    few = [name for name in known if name.count("/") == 1]
    return ReportError(f"{metric} is not a metric of these runs.{near_hint(near)} Choose one of: {', '.join(few)}")


def metric_undefined(metric: str) -> ReportError:
    """Every run has the metric, and none a value of it."""
    return ReportError(
        f"{metric} is undefined in every run: its class occurs in no tested image, nor in any prediction. "
        "Choose another: --metric test/dice"
    )


def not_selectable(metric: str) -> ReportError:
    """Configurations are to be chosen by a metric of the validation images that runs lack."""
    return ReportError(f"--select val needs {metric}, which not every run has. Take --select test.")


def axis_unknown(name: str, known: Sequence[str], near: Sequence[str]) -> ReportError:
    """A table is to run along something that no run has, or in which all are equal."""
    if not known:
        return ReportError(f"These runs do not differ in {name}, nor in anything but seeds and folds.")
    return ReportError(f"These runs do not differ in {name}.{near_hint(near)} They differ in: {', '.join(known)}")


def axis_twice(name: str) -> ReportError:
    """The same axis along rows and columns."""
    return ReportError(f"{name} cannot stand along the rows and the columns of one table. Take it from --columns.")


def not_a_condition(text: str) -> ReportError:
    """A condition that cannot be read."""
    return ReportError(
        f"--where {text!r} is not KEY=VALUE. Type for instance --where data.name=camvid, "
        '--where model=unet,fpn (either), --where encoder!=resnet18, --where "optimizer.lr<=0.001"'
    )


def not_a_number(text: str, value: str) -> ReportError:
    """A setting that is no number is to be compared by size."""
    return ReportError(f"--where {text!r} compares by size, and {value!r} is not a number. Type KEY=VALUE instead.")


def key_unknown(text: str, key: str, near: Sequence[str]) -> ReportError:
    """A condition on a setting that no run has."""
    return ReportError(
        f"--where {text!r}: {key} is not a setting of these runs.{near_hint(near)} "
        "All settings: python -m segsweep.train --cfg job; also model, encoder, loss, status, name"
    )


def no_run_matches(text: str, key: str, found: Sequence[str]) -> ReportError:
    """A condition that leaves nothing."""
    return ReportError(f"--where {text!r} leaves no run. Values of {key} here: {', '.join(found)}")


def not_two_comparable(first: Path, second: Path, why: str) -> ReportError:
    """Two runs whose numbers do not mean the same."""
    return ReportError(f"{first.name} and {second.name} cannot be compared: {why}.")


def no_record(folder: Path) -> ReportError:
    """A run that has not ended, or whose record is damaged."""
    return ReportError(
        f"{folder} has no record that can be read: it has not ended, or was damaged. "
        f"What is known of it: python -m segsweep.inspect run {folder}"
    )


def page_of_nothing(best: int) -> ReportError:
    """A table without rows."""
    return ReportError(f"--best {best} shows nothing. Type a number from 1.")


def margin_out_of_range(margin: float) -> ReportError:
    """A margin that is none."""
    return ReportError(f"--margin {margin:g} is no difference. Type one that is too small to matter, such as 0.01.")


def not_a_pattern(text: str, reason: str) -> ReportError:
    """A group of images that is named by no regular expression."""
    return ReportError(
        f"--image-group {text!r} is no regular expression ({reason}). It is searched in the name of each image, "
        "such as '^(p[0-9]+)_'."
    )


def not_while_watching() -> ReportError:
    """A comparison is to be sent while it still changes."""
    return ReportError("--push sends what is final, and --watch goes on. Take one away; push when the runs are done.")


def watched_too_often(every_s: float) -> ReportError:
    """A pause that is none."""
    return ReportError(f"--watch {every_s:g} leaves no pause. Type the seconds between two looks, from 1.")
