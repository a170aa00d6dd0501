"""Reads {train,val,test}/{images,masks}, paired by file name."""

from dataclasses import replace
from pathlib import Path

from segsweep.data.base import Data
from segsweep.data.errors import broken_data
from segsweep.data.listing import FileEntry, data_root, list_files
from segsweep.data.pairs.label_errors import class_folders_differ
from segsweep.data.pairs.label_spec import LabelSpec, read_label_spec
from segsweep.data.pairs.layouts import fitting
from segsweep.data.pairs.paired import describe_pairs
from segsweep.data.readers.pairing import class_folders, has_class_folders, layout_problems, pair_files
from segsweep.data.spec import FolderConfig


def open_folder(config: FolderConfig, cache_dir: Path) -> Data:
    """Find, check and describe a folder data set.

    Raises:
        DataError: With everything that is wrong with the files, and the reader that fits them where it is another.
        ConfigError: If settings and dataset.json contradict each other, or there are fewer images than folds.
    """
    root = data_root(config.root)
    files = list_files(root)
    if problems := layout_problems(root, files):
        raise broken_data(config.name, [*problems, *fitting(root, config.reader)])
    spec, classes = _label_spec(config, root, files)
    pairs, problems = pair_files(files, classes)
    return describe_pairs(config, root, spec, pairs, problems, files=files, cache_dir=cache_dir)


def _label_spec(config: FolderConfig, root: Path, files: list[FileEntry]) -> tuple[LabelSpec, list[str] | None]:
    """Return what is known of the labels, and for a multilabel set its class folders."""
    spec = read_label_spec(config, root)
    if spec.kind is None and has_class_folders(files):
        spec = replace(spec, kind="multilabel")
    if spec.kind != "multilabel":
        return spec, None
    folders = class_folders(root)
    names = spec.class_names or tuple(folders)
    if not folders or not set(folders) <= set(names) or len(names) != (spec.num_classes or len(names)):
        raise broken_data(config.name, [class_folders_differ(folders, names)])
    return replace(spec, class_names=names), list(names)
