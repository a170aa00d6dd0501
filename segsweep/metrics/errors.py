"""Sentences about what is counted and what is monitored."""

from segsweep.core.errors import ConfigError, LabelError, near_hint


def unknown_truth(values: list[int], num_classes: int, ignore_index: int) -> LabelError:
    """Answer truth that holds values which are neither a class nor unlabelled."""
    found = ", ".join(str(value) for value in values[:10])
    return LabelError(
        f"The truth holds {found}, but {num_classes} classes accept 0 to {num_classes - 1}, "
        f"and {ignore_index} for unlabelled pixels. Try data.num_classes={max(values) + 1}, "
        f"or data.ignore_index={values[0]} if {values[0]} means unlabelled."
    )


def monitor_unknown(monitor: str, known: list[str], near: list[str]) -> ConfigError:
    """The monitored metric is not one that validation gives."""
    shown = ", ".join(name for name in known if name.count("/") == 1 or name.startswith("val/image/"))
    return ConfigError(
        f"trainer.monitor={monitor} is not a metric of this run.{near_hint(near)} Choose one of: {shown}"
    )


def monitor_form(found: str) -> ConfigError:
    """The best epoch is chosen on the validation split only."""
    return ConfigError(
        f"trainer.monitor={found} is not a metric of the validation split. It may be val/miou, val/dice, val/loss or "
        f"another val/NAME of history.csv. Type trainer.monitor=val/miou"
    )


def monitor_mode(monitor: str, found: str, wanted: str) -> ConfigError:
    """The worst epoch would be taken for the best."""
    return ConfigError(
        f"trainer.monitor={monitor} with trainer.monitor_mode={found} would keep the worst epoch. "
        f"Type trainer.monitor_mode={wanted}"
    )
