"""The logger that shows a run on Weights & Biases."""

import logging
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from segsweep.core.files import finite, read_csv
from segsweep.core.task import IGNORE
from segsweep.core.text import first_line
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.logger import Mask, Rows, RunLogger, shown
from segsweep.runs.record import RunRecord
from segsweep.schema import WandbConfig
from segsweep.wandb.account import choose_mode, import_wandb, quiet_settings, release
from segsweep.wandb.files import SPARSE, without_home, write_for_wandb

log = logging.getLogger("segsweep")

INIT_TIMEOUT_S = 10.0
FLUSH_EVERY_S = 1.0
"""How much an offline run loses when it is killed."""


class WandbLogger(RunLogger):
    """Shows a run on W&B: one step per epoch, under the name of its folder, so that it goes on in place."""

    def __init__(self, folder: Path, config: Mapping[str, Any], settings: WandbConfig) -> None:
        super().__init__(folder)
        self.run: Any = None
        """W&B's run; None before the start, after the end, and when W&B has failed."""
        self._config = dict(config)
        self._settings = settings
        self._connection = choose_mode(settings.mode)
        self._begun_before = any((self.folder / "wandb").glob(f"*run-*-{self.name}"))
        self._next_step = 1
        self._pictures: dict[str, Any] = {}

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        """Let the training go on without the logger when W&B fails."""
        try:
            yield
        except Exception as error:
            log.warning("W&B failed, the run goes on without it: %s: %s", type(error).__name__, error)
            self.run = None
            release()

    def start(self, rows: Rows) -> None:
        """Begin the run on W&B or go on with it, and send the rows that it has not had."""
        with self._harmless():
            self._open()
            self._next_step = self._first_step_to_send(len(rows))
        for row in rows:
            self.log_metrics(row, int(row["epoch"]))

    def _first_step_to_send(self, num_done: int) -> int:
        if self._connection.mode == "online":
            first = int(self.run.starting_step) if self.run.resumed else 1
            if first > num_done + 1 and not self._begun_before:
                log.warning(
                    "W&B: %s has %d steps already and keeps them; only later epochs are added. For another W&B run: "
                    "logger.wandb.project=OTHER, or rerun=true",
                    self.run.url,
                    first - 1,
                )
            return first
        return _num_rows_written(self.folder) + 1 if self._begun_before else 1

    def _open(self) -> None:
        try:
            self.run = self._init()
        except import_wandb().errors.Error as error:
            if self._connection.mode == "offline":
                raise
            self._connection = self._connection._replace(mode="offline", reason=first_line(error))
            release()  # W&B's service holds on to the run that it could not begin
            self.run = self._init()
        if self._connection.mode == "online":
            log.info("W&B: %s", self.run.url)
        else:
            log.info("W&B: %s, %s", self._connection.mode, self._connection.reason)

    def _init(self) -> Any:
        wandb, wanted = import_wandb(), self._settings
        quiet_settings()
        return wandb.init(
            id=self.name,
            name=self.name,
            project=wanted.project,
            entity=wanted.entity,
            group=wanted.group,
            tags=wanted.tags,
            config=self._config if wanted.machine_info else without_home(self._config),
            dir=str(self.folder),
            mode=self._connection.mode,
            resume="allow",
            reinit="create_new",
            save_code=False,
            settings=wandb.Settings(
                console="off",
                disable_code=True,
                init_timeout=INIT_TIMEOUT_S,
                finish_timeout=wanted.finish_timeout_s,
                finish_timeout_raises=True,
                x_transaction_log_flush_interval=FLUSH_EVERY_S,
                **({} if wanted.machine_info else SPARSE),
            ),
        )

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Send a row, with the pictures of its epoch; a row that W&B has is not sent again."""
        if self.run is not None and (step is None or step >= self._next_step):
            with self._harmless():
                self.run.log({**shown(metrics), **self._pictures}, step=step, commit=True)
                self._pictures = {}

    def log_samples(self, paths: Sequence[Path], step: int) -> None:
        """Keep pictures for the next row, or for the end."""
        for path in paths:
            self._pictures[f"samples/{path.stem}"] = import_wandb().Image(str(path), caption=f"epoch {step}")

    def log_segmentation(
        self,
        name: str,
        image: UInt8[np.ndarray, "h w c"],
        *,
        pred: Mask,
        truth: Mask,
        class_names: Sequence[str],
        caption: str,
    ) -> None:
        """Keep an image whose masks can be switched on and off by class, for the next row or for the end."""
        masks = {"pred": _mask(pred, class_names), "truth": _mask(truth, class_names)}
        self._pictures[f"masks/{name}"] = import_wandb().Image(image, masks=masks, caption=caption)

    def close(self, record: RunRecord) -> None:
        """Send the result and how the run ended: finished on W&B if it is complete, failed otherwise."""
        if self.run is not None:
            with self._harmless():
                self._close(record)

    def _close(self, record: RunRecord) -> None:
        run, self.run = self.run, None
        if self._pictures:
            run.log(self._pictures, commit=True)
        run.summary.update({**finite(record.metrics), "status": record.status})
        files = Path(run.dir)
        for name in write_for_wandb(self.folder, record, files, machine_info=self._settings.machine_info):
            run.save(str(files / name), base_path=str(files), policy="end")
        try:
            run.finish(exit_code=0 if record.status in ("complete", "pruned") else 1)
        except TimeoutError:
            log.warning(
                "W&B: not everything was sent within %g s. The rest: wandb sync --no-skip-online %s",
                self._settings.finish_timeout_s,
                shlex.quote(str(run.settings.sync_dir)),
            )
        if self._connection.mode == "offline":
            log.info("W&B: to send this run: wandb sync %s", shlex.quote(str(self.folder / "wandb")))


def _num_rows_written(folder: Path) -> int:
    """Return how many epochs were shown before, also those that a resumed run trains again."""
    history = folder / HISTORY_FILE
    return len(read_csv(history)) if history.exists() else 0


def _mask(mask: Mask, class_names: Sequence[str]) -> dict[str, Any]:
    """Return a mask as W&B takes it; of classes that overlap the last one lies on top."""
    if mask.ndim == 2:
        return {"mask_data": mask, "class_labels": {**dict(enumerate(class_names)), IGNORE: "unlabelled"}}
    numbers = np.arange(1, len(mask) + 1, dtype=np.uint8)[:, None, None]
    flat = np.where(mask == 1, numbers, np.uint8(0)).max(axis=0)
    flat[(mask == IGNORE).all(axis=0)] = IGNORE
    labels = {0: "none", **dict(enumerate(class_names, start=1)), IGNORE: "unlabelled"}
    return {"mask_data": flat, "class_labels": labels}
