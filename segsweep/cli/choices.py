"""The choices that --help lists: one line per group, from the files in conf/."""

from segsweep.config.tree import conf_dir

HIDDEN_GROUPS = ("hydra",)
FEW = 20


def config_choices() -> str:
    """Return a line for each group with its options; a long list is cut to its first ones."""
    lines = []
    for group in sorted(folder for folder in conf_dir().iterdir() if folder.is_dir()):
        options = sorted(file.stem for file in group.glob("*.yaml"))
        if group.name in HIDDEN_GROUPS or not options:
            continue
        shown = ", ".join(options if len(options) <= FEW else options[:5])
        more = "" if len(options) <= FEW else f", ... ({len(options)}; python -m segsweep.inspect {group.name}s)"
        lines.append(f"  {group.name:<13} {shown}{more}")
    return "\n".join(lines)
