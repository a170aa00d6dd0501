"""Sentences about W&B: a run that is shown there, runs that are read from it, a comparison that is sent to it."""

from collections.abc import Sequence

from segsweep.core.errors import ConfigError, ReportError, near_hint


def not_an_address(text: str) -> ReportError:
    """A project on W&B that cannot be read as one."""
    return ReportError(
        f"{text!r} names no project on W&B. Type wandb:ENTITY/PROJECT, or wandb:PROJECT for your own, as in the "
        "address of its page"
    )


def nobody_logged_in() -> ReportError:
    """No key is known."""
    return ReportError("Nobody is logged in to W&B. Type `wandb login`, or set WANDB_API_KEY, and try again.")


def wandb_is_off(mode: str) -> ReportError:
    """W&B was switched off by its own settings."""
    return ReportError(f"W&B's own settings say {mode}. Type `wandb online`, and unset WANDB_MODE, to read from it.")


def wandb_silent(url: str) -> ReportError:
    """The server cannot be reached."""
    return ReportError(
        f"{url} does not answer. Is this machine connected, and WANDB_BASE_URL right? "
        "The runs that lie here need no network: python -m segsweep.report runs"
    )


def key_refused(url: str, said: str) -> ReportError:
    """The server knows no such key, or none can be one."""
    return ReportError(
        f"{url} does not accept the key: {said}. Type `wandb login --relogin`, or set WANDB_API_KEY to a key from "
        f"{url.replace('//api.', '//')}/authorize"
    )


def no_such_project(path: str) -> ReportError:
    """The project is not there, or may not be seen."""
    return ReportError(f"There is no project {path} on W&B that your key may see. Check both names at its page.")


def wandb_failed(path: str, said: str) -> ReportError:
    """The server answered with an error, or stopped answering."""
    return ReportError(f"W&B failed at {path}: {said}. Try again later; runs that were read before are kept.")


def no_run_chosen(path: str, conditions: Sequence[str]) -> ReportError:
    """The project holds no run like that."""
    chosen = f" with {', '.join(conditions)}" if conditions else ""
    return ReportError(f"{path} holds no runs{chosen}. Its page on W&B lists its runs with their groups and tags.")


def not_a_filter(text: str, why: str) -> ReportError:
    """A filter that is no JSON object."""
    return ReportError(
        f"--filter {text!r} is not a JSON object ({why}). Type for instance --filter "
        '\'{"state": "finished", "config.lr.value": 0.001}\''
    )


def only_for_wandb(option: str) -> ReportError:
    """An option that chooses among runs on W&B, without a project there."""
    return ReportError(f"{option} chooses among runs on W&B; name a project too: wandb:ENTITY/PROJECT")


def not_a_pair(text: str) -> ReportError:
    """A name given to nothing."""
    return ReportError(
        f"--map {text!r} is not OURS=THEIRS. Type for instance --map test/dice=test_dice,model=architecture, "
        "or --map none=run_dir for a setting that tells no runs apart"
    )


def name_not_found(pair: str, name: str, near: Sequence[str]) -> ReportError:
    """No run has a setting or a result of that name."""
    return ReportError(f"--map {pair}: no run has {name}.{near_hint(near)} The names are those of its page on W&B.")


def metric_is_no_number(pair: str, name: str) -> ReportError:
    """A result that is to be a metric is a word."""
    return ReportError(f"--map {pair}: {name} is not a number in these runs, so it can be no metric.")


def push_refused(path: str, said: str) -> ReportError:
    """The comparison could not be sent."""
    return ReportError(
        f"The report is written, but W&B did not take it for {path}: {said}. "
        "Check that your key may write there; the same command tries again."
    )


def nobody_to_name(pairs: str) -> ReportError:
    """Names for runs of another tool, where there are none."""
    return ReportError(
        f"--map {pairs} names settings of runs that another tool wrote; all runs here are segsweep's. Leave it out."
    )


def wandb_not_online(reason: str) -> ConfigError:
    """The setting is online, and W&B cannot be reached."""
    return ConfigError(
        f"logger.wandb.mode=online, but W&B is offline: {reason}. "
        "Try logger.wandb.mode=auto, which keeps the run on disk for `wandb sync`"
    )
