"""The shape of the code in numbers: sizes of files, folders and functions, import cycles, facts that are told twice.

python -m scripts.measure_structure                # a table of the package here
python -m scripts.measure_structure --json FILE
python -m scripts.measure_structure --root PATH    # of another checkout
"""

import argparse
import ast
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

PACKAGE = "segsweep"
SHORT, LONG = 40, 250
"""Lines of a file that is a paragraph of its neighbor, and of one that holds more than one idea."""
FULL = 15
"""Files of a folder from which on it is hard to look over."""
KEYED = re.compile(r"(^|\.)(user_attrs|facts)$|(^|[._])(record|one|other)\.(training|cost|data|environment|config)$")
"""What must not be asked by a string: the tables of a record, the facts of a sweep, the notes of a trial."""
ONCE = ("first_line", "plural", "text_table", "markdown_table", "pareto", "duration", "number", "nearest", "retry")
"""Names of helpers that several rooms need alike, and that lie in core/ therefore."""


@dataclass(frozen=True)
class Function:
    """A function or method."""

    place: str
    name: str
    num_lines: int
    """From its `def` to its end, docstring included."""


@dataclass(frozen=True)
class Module:
    """A file of the package, read once."""

    name: str
    path: Path
    num_lines: int
    tree: ast.Module


@dataclass(frozen=True)
class Structure:
    """What was measured, in the order of the table; `__init__.py` is no file that could be too short."""

    num_files: int
    num_lines: int
    test_lines_per_line: float
    short_files: int
    long_files: list[str]
    full_folders: dict[str, int]
    largest_folder: str
    num_functions: int
    function_lines_median: float
    function_lines_90_percent: float
    longest_function: str
    cycles_of_modules: list[str]
    cycles_of_rooms: list[str]
    string_keys: int
    told_twice: dict[str, int]


def read_modules(root: Path) -> list[Module]:
    """Read the package of a checkout."""
    found = []
    for path in sorted((root / PACKAGE).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path.relative_to(root), len(text.splitlines()), ast.parse(text)))
    return found


def functions_of(module: Module) -> Iterator[Function]:
    """Find the functions of a module, methods and inner ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            num_lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(f"{module.path}:{node.lineno} {node.name}", node.name, num_lines)


def imports_of(module: Module, names: set[str]) -> set[str]:
    """Return the modules of the package that are imported with this one; imports inside functions are none of these."""
    found: set[str] = set()
    for node in _at_import(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return (found & names) - {module.name}


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported: neither functions nor what only the type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _at_import(node)


def room_of(name: str) -> str:
    """Return the room of a module: the folder below the package, or the module itself where it lies in none."""
    return ".".join(name.split(".")[:2])


def cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the groups whose members import each other, each as its sorted names."""
    reached = {node: _reached_from(node, graph) for node in graph}
    rings = {frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return sorted(" <-> ".join(sorted(ring)) for ring in rings if ring)


def _reached_from(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(graph[start])
    while ahead:
        found |= ahead
        ahead = {other for node in ahead for other in graph.get(node, ())} - found
    return found


def string_keys(module: Module) -> int:
    """Count the accesses by a literal string to what `KEYED` names."""
    return sum(_is_keyed(node) for node in ast.walk(module.tree))


def _is_keyed(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr == "set_user_attr":
            return _is_text(node.args[0])
        owner, key = node.func.value, node.args[0]
    else:
        return False
    return _is_text(key) and KEYED.search(ast.unparse(owner)) is not None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def measure(root: Path) -> Structure:
    """Measure the package of a checkout."""
    modules = read_modules(root)
    functions = [function for module in modules for function in functions_of(module)]
    lengths = sorted(function.num_lines for function in functions)
    folders = Counter(str(module.path.parent) for module in modules)
    names = {module.name for module in modules}
    graph = {module.name: imports_of(module, names) for module in modules}
    rooms: dict[str, set[str]] = {}
    for name, imported in graph.items():
        rooms.setdefault(room_of(name), set()).update({room_of(other) for other in imported} - {room_of(name), PACKAGE})
    num_lines = sum(module.num_lines for module in modules)
    test_lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (root / "tests").rglob("*.py"))
    longest = max(functions, key=lambda function: function.num_lines)
    bare = Counter(function.name.lstrip("_") for function in functions)
    return Structure(
        num_files=len(modules),
        num_lines=num_lines,
        test_lines_per_line=round(test_lines / num_lines, 2),
        short_files=sum(module.num_lines < SHORT and module.path.name != "__init__.py" for module in modules),
        long_files=[f"{module.path} {module.num_lines}" for module in modules if module.num_lines > LONG],
        full_folders={folder: number for folder, number in sorted(folders.items()) if number > FULL},
        largest_folder="{} {}".format(*folders.most_common(1)[0]),
        num_functions=len(functions),
        function_lines_median=statistics.median(lengths),
        function_lines_90_percent=lengths[int(0.9 * (len(lengths) - 1))],
        longest_function=f"{longest.place} {longest.num_lines}",
        cycles_of_modules=cycles(graph),
        cycles_of_rooms=cycles(rooms),
        string_keys=sum(map(string_keys, modules)),
        told_twice={name: bare[name] for name in ONCE if bare[name] > 1},
    )


def main() -> None:
    """Measure, print a table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="a checkout")
    parser.add_argument("--json", type=Path, help="write the figures there")
    chosen = parser.parse_args()
    found = asdict(measure(chosen.root))
    for name, value in found.items():
        several = [f"{key} {number}" for key, number in value.items()] if isinstance(value, dict) else value
        print(f"{name:26} {', '.join(several) or 'none' if isinstance(several, list) else several}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
