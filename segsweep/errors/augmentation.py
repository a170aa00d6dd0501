"""What is said about an augmentation that cannot be built or does not suit the data."""

from collections.abc import Iterable, Sequence

from segsweep.errors.base import ConfigError, nearest

_OTHERS = "Other choices: augmentation=none, flip, light, photometric, strong, xray."


def not_a_transform(entry: object) -> ConfigError:
    """An entry of augmentation.transforms has no `_target_`."""
    return ConfigError(
        f"augmentation.transforms holds {entry!r}, which names no transform.\n"
        "Accepted: entries such as {_target_: albumentations.HorizontalFlip, p: 0.5}."
    )


def foreign_target(target: str) -> ConfigError:
    """A target outside albumentations."""
    return ConfigError(
        f"augmentation.transforms names {target}, but only transforms of albumentations are run.\n"
        "Write it as albumentations.NAME, such as albumentations.HorizontalFlip."
    )


def unknown_transform(target: str, known: Iterable[str]) -> ConfigError:
    """No transform of albumentations has that name."""
    near = nearest(target.removeprefix("albumentations."), known)
    hint = f" Nearest: {', '.join('albumentations.' + name for name in near)}." if near else ""
    return ConfigError(
        f"{target} does not exist.{hint}\nAll of them: https://explore.albumentations.ai; mind that only those of "
        "albumentations 2.0 are there."
    )


def unknown_keyword(target: str, keyword: str, known: Sequence[str]) -> ConfigError:
    """A transform has no such keyword."""
    near = nearest(keyword, known, limit=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return ConfigError(f"{target} has no keyword {keyword}.{hint}\nIts keywords: {', '.join(known)}.")


def bad_keywords(target: str, reason: str) -> ConfigError:
    """A transform refuses the values of its keywords."""
    return ConfigError(f"{target} refuses its keywords: {reason}")


def does_not_suit(transform: str, channels: int, reason: str) -> ConfigError:
    """A transform fails on images of this data set."""
    return ConfigError(
        f"The augmentation {transform} does not work on images of {channels} channels: {reason}\n"
        f"Leave it out of augmentation.transforms. {_OTHERS}"
    )


def wrong_output(found: str, accepted: str) -> ConfigError:
    """The pipeline changes size, channels or type."""
    return ConfigError(
        f"augmentation.transforms turn an image into {found}; training needs {accepted}.\n"
        "Give transforms that crop or resize size=[${resolution.height},${resolution.width}] (RandomCrop: height and "
        "width), and leave out Normalize and ToTensorV2: that happens on the device."
    )
