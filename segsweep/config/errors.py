"""Sentences about a command line that Hydra cannot compose."""

from segsweep.core.errors import ConfigError, SweepError, near_hint, nearest
from segsweep.core.text import first_line

INSPECTABLE = {"encoder": "encoders", "model": "models", "loss": "losses", "optimizer": "optimizers"}
"""Groups that `python -m segsweep.inspect` explains, and the word it wants."""


def unknown_option(group: str, option: str, options: list[str]) -> ConfigError:
    """A group has no file of that name."""
    near = nearest(option, options)
    text = f"{group}={option} does not exist."
    if near:
        text += f" Nearest: {', '.join(near)}."
    if len(options) <= 20:
        text += f" All: {', '.join(options)}."
    if group in INSPECTABLE:
        text += f" What exists: python -m segsweep.inspect {INSPECTABLE[group]}"
    if group == "encoder":
        text += "\nAny feature model of timm goes too, as encoder=tu-NAME."
    if group == "resolution":
        text += " Any size goes, as resolution=HEIGHTxWIDTH."
    if group == "optimizer":
        text += f"\nAny optimizer of timm goes too: optimizer=timm optimizer.name={option}"
    return ConfigError(text)


def number_as_option(group: str, number: str, options: list[str]) -> ConfigError:
    """A number was given where the name of a file is wanted."""
    same = [option for option in options if option.startswith(number)]
    meant = same[0] if same else (f"{number}x{number}" if group == "resolution" else next(iter(options), "NAME"))
    return ConfigError(f"{group}={number} is a number, and a choice needs a name. Type {group}={meant}")


def unknown_key(key: str, known: list[str], override: str) -> ConfigError:
    """No setting has that name."""
    near = nearest(key, known)
    leaf = key.rsplit(".", 1)[-1]
    near += [name for name in known if name.rsplit(".", 1)[-1] == leaf and name not in near]
    group = key.rpartition(".")[0]
    siblings = [name.rpartition(".")[2] for name in known if name.rpartition(".")[0] == group] if group else []
    inside = f" {group} has: {', '.join(siblings)}." if siblings else ""
    return ConfigError(
        f"{key} is not a setting (in {override!r}).{near_hint(near[:3])}{inside} "
        "All settings: python -m segsweep.train --cfg job"
    )


KINDS = {"Float": "a number", "Integer": "a whole number", "Boolean": "true or false"}
"""OmegaConf's names of types, in words."""


def wrong_value(key: str, value: str, problem: str) -> ConfigError:
    """A setting was given a value of another type."""
    for kind, words in KINDS.items():
        if problem.endswith(f"could not be converted to {kind}"):
            return ConfigError(f"{key}={value} is not {words}. Type {key}=VALUE with {words}.")
    return ConfigError(f"{key}={value} does not fit: {problem}.")


def several_values(override: str) -> ConfigError:
    """Values separated by commas without -m."""
    return ConfigError(
        f"{override} names several values. To train one run for each, add -m: python -m segsweep.train -m {override}"
    )


def not_an_override(override: str) -> ConfigError:
    """An argument that is not of the form key=value."""
    return ConfigError(
        f"{override!r} cannot be read: a setting is written key=value, a choice group=name.\n"
        f"Quote a value that holds spaces, commas, brackets or an equals sign: 'key=\"a, b\"'"
    )


def value_missing(key: str) -> ConfigError:
    """A setting without a default was not given."""
    return ConfigError(f"{key} is not set and has no default. Type {key}=VALUE")


def not_yaml(problem: str) -> ConfigError:
    """A file of the config tree is no YAML."""
    return ConfigError(f"A config file cannot be read as YAML:\n{problem}")


def out_of_range(key: str, found: int | float, accepted: str) -> ConfigError:
    """A number outside its range."""
    return ConfigError(f"{key}={found:g} is out of range: it must be {accepted}.")


def not_auto(key: str, found: str, accepted: str) -> ConfigError:
    """A word where a number or auto is wanted."""
    return ConfigError(f"{key}={found} is not a number. It may be auto, or a whole number, {accepted}. Type {key}=auto")


def not_a_choice(key: str, found: str, choices: tuple[str, ...]) -> ConfigError:
    """A word that is none of those accepted."""
    return ConfigError(f"{key}={found} does not exist. Choose one of: {', '.join(choices)}")


PLUGINS = {
    "submitit_slurm": "pip install 'segsweep[slurm]'",
    "submitit_local": "pip install 'segsweep[slurm]'",
    "ray": "pip install 'segsweep[ray]'",
    "ray_aws": "pip install 'segsweep[ray]'",
    "joblib": "pip install --pre hydra-joblib-launcher",
}
"""Launchers that come with a plugin, and how to install it."""


def plugin_missing(launcher: str) -> SweepError:
    """A launcher whose plugin is not installed."""
    return SweepError(f"hydra/launcher={launcher} comes with a plugin that is not installed. Try: {PLUGINS[launcher]}")


def wandb_name_refused(key: str, found: str, accepted: str) -> ConfigError:
    """W&B takes no such name."""
    return ConfigError(f"{key}={found!r} is not a name that W&B takes: {accepted}. Type {key}=NAME")


def plugin_not_a_module(found: object) -> ConfigError:
    """An entry of plugins that cannot name a module."""
    return ConfigError(f"plugins holds {found!r}, which is no name of a module. Type plugins=[my_lab.networks]")


def plugin_not_found(name: str, folder: str) -> ConfigError:
    """No module of that name can be imported."""
    return ConfigError(
        f"plugins names {name}, and Python finds no such module: neither installed nor in {folder}. "
        "Install its package (pip install -e PATH), or set PYTHONPATH to the folder that holds it"
    )


def plugin_fails(name: str, error: Exception) -> ConfigError:
    """A plugin whose import raises."""
    return ConfigError(
        f"plugins names {name}, which fails to import: {type(error).__name__}: {first_line(error)}. "
        f"Try it alone: python -c 'import {name}'"
    )


def plugin_refused(name: str, problem: str) -> ConfigError:
    """A plugin that adds what cannot be added."""
    return ConfigError(f"The plugin {name} cannot be used: {problem}")


def plugins_too_late(names: list[str]) -> ConfigError:
    """Plugins that were set where they cannot be seen in time."""
    return ConfigError(
        f"plugins={names} was set in a config file that is read after plugins are imported. Type "
        f"'plugins=[{','.join(names)}]' on the command line, or set it in the file of experiment= or sweep="
    )
