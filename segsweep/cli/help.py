"""What `python -m segsweep.train --help` says: short, and every line can be typed.

Hydra would compose the config first and list all groups twice, which takes half of the time.
"""

from segsweep.config.options import conf_dir, options_of

HELP = """\
Train a segmentation model, or many.

  python -m segsweep.train                                   generated shapes, a small U-Net: works anywhere
  python -m segsweep.train data=folder data.root=PATH        your images: PATH/{{train,val,test}}/{{images,masks}}
  python -m segsweep.train -m model=unet,fpn seed=0,1,2      one run for each combination

A choice is group=name, a setting is key=value. Choices:

{choices}

Settings people change first:
  optimizer.lr=0.0003  trainer.max_epochs=50  trainer.batch_size=16  resolution.height=352 resolution.width=480
  encoder.weights=null  data.ignore_index=255  hardware.accelerator=cpu  paths.runs=FOLDER  rerun=true

All settings and their values:   python -m segsweep.train --cfg job
What settings mean and accept:   python -m segsweep.inspect settings trainer
What goes with what:             python -m segsweep.inspect encoders | models | losses | optimizers
Hydra's own flags:               python -m segsweep.train --hydra-help
"""
FEW = 20
"""Options of a group that are all listed; of more only the first ones, and those of plugins."""
FIRST = 5


def show_help() -> None:
    """Print the help; the choices include what the plugins add that the command line names."""
    groups = sorted(folder.name for folder in conf_dir().iterdir() if folder.is_dir() and folder.name != "hydra")
    print(HELP.format(choices="\n".join(_line(group) for group in groups)))


def _line(group: str) -> str:
    options, more = options_of(group), ""
    if len(options) > FEW:
        own = [option for option in options if not (conf_dir() / group / f"{option}.yaml").is_file()]
        more = f" ({len(options)}; python -m segsweep.inspect {group}s)"
        options = [*options[:FIRST], "...", *own]
    return f"  {group:<13} {', '.join(options)}{more}"
