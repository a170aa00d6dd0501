"""Write the generated parts of docs/: python -m scripts.make_docs [--check] [--pictures [--runs FOLDER]]."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from segsweep.cli.run import prepare
from segsweep.cli.settings import settings_markdown
from segsweep.metrics.describe import metrics_markdown

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path("docs/images/comparison.png")
WIDTH_PX, HEIGHT_PX = 1000, 700
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=8000",
]
TINY_SWEEP = [
    "-m",
    "model=unet,fpn",
    "seed=0,1",
    "data.size=32",
    "data.num_train=8",
    "data.num_val=4",
    "data.num_test=8",
    "resolution=32x32",
    "trainer.batch_size=4",
    "trainer.max_epochs=1",
    "hardware.accelerator=cpu",
    "logger.pictures=false",
]

SETTINGS = """\
# Settings

<!-- Written by `python -m scripts.make_docs` from the declarations in segsweep/ and the values in conf/. -->

Every setting of a run: its type, the values that it accepts, its default, and what it is. A setting is typed as
`key=value`, an option of a group as `group=option`:

<!-- run -->
```console
$ python -m segsweep.train model=fpn optimizer.lr=0.0003 trainer.max_epochs=50
```

The same on the terminal, for one group or for all:

<!-- run -->
```console
$ python -m segsweep.inspect settings trainer
$ python -m segsweep.inspect settings
```

Where a heading names an option (`loss=ce_dice`), the defaults are those of that option; the others listed below it have
the same settings with other values. `python -m segsweep.train --cfg job loss=focal` shows the values of a command.
A default such as `${data.pretrained}` takes the value of another setting. `required` has no default. Settings of the
sweeper and the launcher (`hydra.sweeper...`, `hydra.launcher...`) stand in [Sweeps](../how-to/sweeps.md),
[Search](../how-to/search.md) and [Clusters](../how-to/clusters.md).

"""

METRICS = """\
# Metrics

<!-- Written by `python -m scripts.make_docs` from the table in segsweep/metrics/spec.py. -->

Names are `split/name`: `val/miou`, `test/dice`. The same table on the terminal: `python -m segsweep.inspect metrics`.

"""


def pages() -> dict[Path, str]:
    """Return the generated pages and what they hold."""
    prepare()
    settings = settings_markdown()
    return {
        Path("docs/reference/settings.md"): f"{SETTINGS}{_contents(settings)}\n\n{settings}\n",
        Path("docs/reference/metrics.md"): f"{METRICS}{metrics_markdown()}\n",
    }


def _contents(text: str) -> str:
    """Return links to the headings of a page, a line for each group."""
    lines: dict[str, list[str]] = {}
    for title in re.findall(r"^## (.+)$", text, re.MULTILINE):
        anchor = re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        lines.setdefault(title.partition("=")[0], []).append(f"[{title}](#{anchor})")
    return "\n".join(f"- {', '.join(links)}" for links in lines.values())


def outdated(root: Path = ROOT) -> list[Path]:
    """Return the pages that do not hold what this script would write."""
    return [path for path, text in pages().items() if not _holds(root / path, text)]


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


def write_pages(root: Path = ROOT) -> list[Path]:
    """Write the generated pages; returns their paths below the root."""
    written = pages()
    for path, text in written.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(written)


def draw_comparison(runs: Path, target: Path) -> None:
    """Draw the top of a report's page by Chromium; without Chromium, the report's own picture of cost and quality.

    Args:
        runs: Folder of runs.
        target: The PNG file to write.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report"
        subprocess.run([sys.executable, "-m", "segsweep.report", str(runs), "--out", str(out)], check=True)
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser is None:
            shutil.copyfile(out / "cost.png", target)
            return
        size, profile = f"--window-size={WIDTH_PX},{HEIGHT_PX}", f"--user-data-dir={folder}/profile"
        page = (out / "index.html").as_uri()
        command = [browser, *BROWSER_FLAGS, size, profile, f"--screenshot={target.resolve()}", page]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def run_tiny_sweep(folder: Path) -> Path:
    """Train four small runs on generated shapes; returns their folder."""
    subprocess.run([sys.executable, "-m", "segsweep.train", *TINY_SWEEP, f"paths.runs={folder}"], check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.make_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is out of date")
    parser.add_argument("--pictures", action="store_true", help=f"draw {PICTURE} too")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder that holds docs/ (default: the repository)")
    parser.add_argument("--runs", type=Path, help="runs that the picture compares (default: a sweep of four tiny runs)")
    chosen = parser.parse_args()
    if chosen.check:
        late = outdated(chosen.root)
        sys.exit(f"Out of date: {', '.join(map(str, late))}. Run python -m scripts.make_docs" if late else 0)
    written = write_pages(chosen.root)
    if chosen.pictures:
        with tempfile.TemporaryDirectory() as folder:
            draw_comparison(chosen.runs or run_tiny_sweep(Path(folder)), chosen.root / PICTURE)
        written.append(PICTURE)
    print(f"Written: {', '.join(map(str, written))}")


if __name__ == "__main__":
    main()
