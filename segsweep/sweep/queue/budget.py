"""When a sweep starts no further run, although some are left."""

import threading
import time

from segsweep.schema import SweepConfig


class Budget:
    """Counts what one command has started and what failed."""

    def __init__(self, settings: SweepConfig) -> None:
        self._settings = settings
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self.num_started = 0
        self.num_failed = 0

    def exhausted(self) -> str | None:
        """Return the limit that is reached, as it was typed; None while runs may start."""
        settings = self._settings
        hours = (time.monotonic() - self._began) / 3600
        if settings.max_hours is not None and hours >= settings.max_hours:
            return f"sweep.max_hours={settings.max_hours:g}"
        if settings.max_runs is not None and self.num_started >= settings.max_runs:
            return f"sweep.max_runs={settings.max_runs}"
        if settings.fail_fast and self.num_failed > 0:
            return "sweep.fail_fast=true"
        if settings.max_failures is not None and self.num_failed >= settings.max_failures:
            return f"sweep.max_failures={settings.max_failures}"
        return None

    def start(self) -> bool:
        """Count a run that is about to start; returns whether it may."""
        with self._lock:
            if self.exhausted() is not None:
                return False
            self.num_started += 1
            return True

    def failed(self) -> None:
        """Count a failed run."""
        with self._lock:
            self.num_failed += 1
