"""Tables of what can be chosen by name: a row each, which names its builder and imports nothing heavy.

The rows of the package and those of a plugin go the same way: `LOSSES.add(LossTerm("mine", ...))`.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from inspect import signature
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from segsweep.core.errors import ConfigError, and_more, near_hint, nearest
from segsweep.core.text import first_line


@runtime_checkable
class Named(Protocol):
    """A row of a table."""

    @property
    def name(self) -> str:
        """Return what the row is chosen by."""


R = TypeVar("R", bound=Named)


class Table(Mapping[str, R], Generic[R]):
    """Rows by their name, in the order in which they were added."""

    def __init__(self, kind: str, rows: Iterable[R]) -> None:
        """Begin with the rows of the package; `kind` is what a row is, for the words of errors: "a loss term"."""
        self.kind = kind
        self._rows: dict[str, R] = {}
        for row in rows:
            self.add(row)

    def add(self, row: R) -> R:
        """Add a row, and return it; the very same row again changes nothing.

        Raises:
            ConfigError: If another row has its name, or its settings are no dataclass.
        """
        settings = getattr(row, "settings", None)
        if isinstance(settings, type) and "__dataclass_fields__" not in vars(settings):
            raise ConfigError(
                f"{self.kind} named {row.name} has the settings {settings.__name__}, which is no dataclass: none of "
                f"its fields would be a setting. Write @dataclass above the class {settings.__name__}"
            )
        known = self._rows.get(row.name)
        if known is not None and known != row:
            raise ConfigError(
                f"{self.kind} named {row.name} exists already, and a plugin adds another. Choose another name in the "
                f"plugin; taken are:\n{and_more(list(self._rows))}"
            )
        self._rows[row.name] = row
        return row

    def __getitem__(self, name: str) -> R:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def load(path: str) -> Any:
    """Import what a row names, such as `segsweep.losses.pixelwise:build_focal`.

    Raises:
        ConfigError: If the module cannot be imported, or has no such name; what a plugin's row names is not the
            package's to mend.
    """
    module_name, _, name = path.partition(":")
    try:
        module = import_module(module_name)
    except Exception as error:
        raise ConfigError(
            f"{path}, which a table names, cannot be imported: {type(error).__name__}: {first_line(error)}"
        ) from error
    if not hasattr(module, name):
        raise ConfigError(f"{path} does not exist: {module_name} has no {name}.{near_hint(nearest(name, dir(module)))}")
    return getattr(module, name)


def build(path: str, *args: Any, **keywords: Any) -> Any:
    """Call what a row names.

    Raises:
        ConfigError: If it cannot be imported, or does not take these arguments.
    """
    builder = load(path)
    try:
        signature(builder).bind(*args, **keywords)
    except TypeError as mismatch:
        given = ", ".join([*(type(argument).__name__ for argument in args), *(f"{key}=..." for key in keywords)])
        raise ConfigError(f"{path}{signature(builder)} is called as ({given}), and {mismatch}.") from mismatch
    return builder(*args, **keywords)
