"""What is said about transforms that cannot be run."""

from collections.abc import Iterable, Sequence

from segsweep.core.errors import ConfigError, near_hint, nearest

_OTHERS = "Other choices: augmentation=none, flip, light, photometric, strong, xray."


def not_a_transform(entry: object) -> ConfigError:
    """An entry of augmentation.transforms has no `_target_`."""
    return ConfigError(
        f"augmentation.transforms holds {entry!r}, which names no transform.\n"
        "Accepted: entries such as {_target_: albumentations.HorizontalFlip, p: 0.5}."
    )


def foreign_target(target: str, known: Sequence[str]) -> ConfigError:
    """A target outside albumentations that no plugin has added."""
    own = f" and of plugins ({', '.join(known)})" if known else ""
    return ConfigError(
        f"augmentation.transforms names {target}, but only transforms of albumentations{own} are run.\n"
        "Write it as albumentations.NAME, such as albumentations.HorizontalFlip. One of your own is added by a plugin: "
        f'TRANSFORMS.add(Transform("{target}"))'
    )


def not_of_albumentations(target: str) -> ConfigError:
    """A plugin's transform is no class like those of albumentations."""
    return ConfigError(
        f"{target}, which a plugin adds, is no transform: make it a subclass of albumentations.ImageOnlyTransform "
        "or albumentations.DualTransform"
    )


def unknown_transform(target: str, known: Iterable[str]) -> ConfigError:
    """No transform of albumentations has that name."""
    near = near_hint([f"albumentations.{name}" for name in nearest(target.removeprefix("albumentations."), known)])
    return ConfigError(
        f"{target} does not exist.{near}\nAll of them: https://explore.albumentations.ai; mind that only those of "
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
