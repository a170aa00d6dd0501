"""Why a combination that nobody ran could not have been: the rules that a sweep asks before it starts a run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from omegaconf.errors import OmegaConfBaseException

from segsweep.compose import from_plain
from segsweep.core.errors import SegsweepError
from segsweep.report.read.model import Configuration, RunFacts
from segsweep.report.read.settings import NAMED_GROUPS
from segsweep.schema import Config
from segsweep.validate import check_config


class Rules:
    """Answers for combinations of what was run; each value of an axis is read once."""

    def __init__(self, everyone: Sequence[Configuration]) -> None:
        self._first: dict[tuple[str, str], Configuration] = {}
        for configuration in everyone:
            for axis, value in configuration.values.items():
                self._first.setdefault((axis, value), configuration)
        self._typed: dict[str, Config | None] = {}

    def problem(self, wanted: Mapping[str, str]) -> str:
        """Return why a combination cannot be trained; empty where it can, or where nobody knows.

        Args:
            wanted: Value of each axis.
        """
        if problem := self._encoder_problem(wanted):
            return problem
        config = self._put_together(wanted)
        if config is None:
            return ""
        try:
            check_config(config)
        except SegsweepError as mistake:
            return str(mistake)
        return ""

    def _encoder_problem(self, wanted: Mapping[str, str]) -> str:
        """Say so where an architecture without an encoder meets one, or another architecture none."""
        having = [self._first.get((group, wanted.get(group, ""))) for group in ("model", "encoder")]
        with_encoder = ["encoder.name" in _run_of(each).settings for each in having if each is not None]
        if len(set(with_encoder)) < 2:
            return ""
        return f"{wanted['model']} {'needs an' if with_encoder[0] else 'has no'} encoder"

    def _put_together(self, wanted: Mapping[str, str]) -> Config | None:
        """Take of each axis' value the whole group from a run that has it; the rest is that of the first."""
        whole: Config | None = None
        for axis, value in wanted.items():
            groups = axis.split(" & ")
            having = self._first.get((axis, value))
            part = self._config_of(having) if having is not None and set(groups) <= set(NAMED_GROUPS) else None
            if part is None:
                return None
            whole = replace(whole or part, **{group: getattr(part, group) for group in groups})
        return whole

    def _config_of(self, configuration: Configuration) -> Config | None:
        if configuration.key not in self._typed:
            try:
                self._typed[configuration.key] = from_plain(_run_of(configuration).record.config)
            except (OmegaConfBaseException, SegsweepError, KeyError, TypeError, AttributeError):
                self._typed[configuration.key] = (
                    None  # another version wrote it, or a plugin that is not here knows its settings
                )
        return self._typed[configuration.key]


def _run_of(configuration: Configuration) -> RunFacts:
    run = configuration.runs[0] if configuration.runs else configuration.excluded[0].run
    assert run is not None  # a configuration is known from the record of a run
    return run
