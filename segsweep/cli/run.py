"""Calls an entry point and turns how it ends into an exit code and, for a mistake, one paragraph.

Exit codes: 0 done, 1 a run failed, 2 the command cannot be run, 130 interrupted (143 when told to terminate).
"""

import os
import sys
import warnings
from collections.abc import Callable, Sequence

from segsweep.cli.answers import answer
from segsweep.cli.resolvers import register_resolvers
from segsweep.compose import register_schema
from segsweep.config.files import register_config_files
from segsweep.config.options import register_open_options
from segsweep.config.plugins import load_plugins, named_plugins
from segsweep.config.renamed import with_new_words
from segsweep.core.errors import Interrupted, SegsweepError


class Refused(BaseException):
    """Carries a mistake past Hydra, which reports every Exception of a job in its own words."""

    def __init__(self, mistake: SegsweepError) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def prepare(words: Sequence[str] = ()) -> None:
    """Tell Hydra our schema, resolvers and sources; cheap, and needed in every process that composes a config.

    Args:
        words: The command line, whose plugins are imported first: what they add takes part in composing.
    Raises:
        ConfigError: If a plugin cannot be imported.
    """
    load_plugins(named_plugins(words))
    register_schema()
    register_resolvers()
    register_open_options()
    register_config_files()


def run_command(entry_point: Callable[[], object]) -> None:
    """Run an entry point to its end and exit with the code that says how it ended."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors reach us whole; Hydra would print and exit with 1
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it asks PyPI at every start otherwise
    warnings.filterwarnings("ignore", category=UserWarning, module="hydra")
    try:
        sys.argv[1:] = with_new_words(sys.argv[1:])
        prepare(sys.argv[1:])
        entry_point()
    except Interrupted as stop:
        sys.exit(stop.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (Exception, Refused) as error:
        mistake = error.mistake if isinstance(error, Refused) else answer(error)
        if mistake is None:
            raise
        print(mistake, file=sys.stderr)
        sys.exit(mistake.exit_code)
