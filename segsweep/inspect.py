"""What exists, what goes with what, what a run did."""

import argparse
import sys
from pathlib import Path

from segsweep.cli.run import run_command
from segsweep.cli.settings import describe_settings, settings_markdown
from segsweep.config.plugins import is_plugin_word
from segsweep.core.registry import load
from segsweep.runs.describe import describe_run, find_run

TABLES = {
    "encoders": (
        "segsweep.models.describe:describe_encoders",
        "encoders, their size, their pretrained weights, the architectures they do not go with",
    ),
    "models": (
        "segsweep.models.describe:describe_models",
        "architectures, their decoder options, the image sizes they take",
    ),
    "losses": ("segsweep.losses.describe:describe_losses", "terms of a loss, their options, the ready-made sums"),
    "optimizers": ("segsweep.optim.optimizers:describe_optimizers", "optimizers, of torch and of timm"),
    "metrics": (
        "segsweep.metrics.describe:describe_metrics",
        "metrics: formula, what is averaged, what an absent class gives, where it is counted",
    ),
}
"""What writes a table, which alone imports what it needs, and what it is about."""
EPILOG = "plugins=[my_lab] beside the words, as for segsweep.train: tables and settings then hold what these add, too."


def _sweep(chosen: argparse.Namespace) -> str:
    from segsweep.sweep.view.describe import describe_sweep, list_sweeps
    from segsweep.sweep.view.find import find_sweep

    if chosen.sweep is None:
        return list_sweeps(chosen.runs)
    return describe_sweep(find_sweep(chosen.sweep, chosen.runs), markdown=chosen.markdown)


def _add_speed(speed: argparse.ArgumentParser) -> None:
    speed.add_argument("run", metavar="RUN", nargs="+", help="folders of runs, or their names in the folder of runs")
    speed.add_argument("--runs", type=Path, default=Path("runs"), help="folder of runs (default: %(default)s)")
    speed.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where (default: %(default)s)")
    speed.add_argument("--repetitions", type=int, default=10, help="of each measurement (default: %(default)s)")
    speed.add_argument("--json", action="store_true", help="as JSON")


def _speed(chosen: argparse.Namespace) -> str:
    from segsweep.training.speed import measure_speed

    folders = [find_run(run, chosen.runs) for run in chosen.run]
    return measure_speed(folders, device=chosen.device, repetitions=max(chosen.repetitions, 1), as_json=chosen.json)


def inspect() -> None:
    """Print the table, the run or the sweep that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m segsweep.inspect", description=__doc__, epilog=EPILOG)
    topics = parser.add_subparsers(
        dest="topic", required=True, metavar="|".join([*TABLES, "settings", "run", "sweep", "speed"])
    )
    tables = {topic: topics.add_parser(topic, help=sentence) for topic, (_, sentence) in TABLES.items()}
    tables["metrics"].add_argument("--markdown", action="store_true", help="as the table of docs/reference/metrics.md")
    settings = topics.add_parser("settings", help="every setting: type, what it accepts, default and what it is")
    settings.add_argument("group", metavar="GROUP", nargs="?", help="only the settings of this group, such as trainer")
    settings.add_argument("--markdown", action="store_true", help="as docs/reference/settings.md has them")
    run = topics.add_parser("run", help="what a run did: its status, metrics, cost and choices")
    run.add_argument("run", metavar="RUN", help="folder of the run, or its name in the folder of runs")
    run.add_argument("--runs", type=Path, default=Path("runs"), help="folder of runs (default: %(default)s)")
    sweep = topics.add_parser("sweep", help="how far a sweep is: its runs, the best, failures; without NAME all sweeps")
    sweep.add_argument("sweep", metavar="NAME", nargs="?", help="name of the sweep, its beginning, or its folder")
    sweep.add_argument("--runs", type=Path, default=Path("runs"), help="folder of runs (default: %(default)s)")
    sweep.add_argument("--markdown", action="store_true", help="only the table of the runs, in Markdown")
    _add_speed(topics.add_parser("speed", help="ms per image of trained runs, measured now, one after the other"))
    chosen = parser.parse_args([word for word in sys.argv[1:] if not is_plugin_word(word)])  # which are imported by now
    if chosen.topic == "settings":
        print((settings_markdown if chosen.markdown else describe_settings)(chosen.group))
    elif chosen.topic == "sweep":
        print(_sweep(chosen))
    elif chosen.topic == "speed":
        print(_speed(chosen))
    elif chosen.topic == "run":
        print(describe_run(find_run(chosen.run, chosen.runs)))
    elif vars(chosen).get("markdown"):
        print(load("segsweep.metrics.describe:metrics_markdown")())
    else:
        print(load(TABLES[chosen.topic][0])())


def main() -> None:
    """Run the command line and exit."""
    run_command(inspect)


if __name__ == "__main__":
    main()
