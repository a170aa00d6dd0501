"""The names of runs: a later version that names one anew would train again what is already in somebody's folder."""

from collections.abc import Mapping
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

from segsweep.compose import plain
from segsweep.config.identity import run_name
from segsweep.config.options import conf_dir
from tests.compose import register

FOLDER = "data=folder data.root=/no/such/folder/camvid"
"""A folder that is nowhere: the path of one that exists is resolved, which may differ between machines."""

NAMES: Mapping[str, str] = {
    "": "unet-resnet18-160bd7397a88",
    "model=unetplusplus encoder=efficientnet-b7 seed=3": "unetplusplus-efficientnet-b7-ff4f8ed6e2ec",
    (
        "model=fpn encoder=resnet50 encoder.weights=imagenet loss=focal_dice optimizer.lr=0.0002"
    ): "fpn-resnet50-57ae22151487",
    (
        "model=deeplabv3plus encoder=tu-convnext_tiny resolution.height=384 resolution.width=640"
    ): "deeplabv3plus-tu-convnext_tiny-5141fbad80a6",
    (
        "model=dpt encoder=tu-vit_base_patch16_224.augreg_in21k resolution=512x512 +encoder.options.img_size=512"
    ): "dpt-tu-vit_base_patch16_224.augreg_in21k-8edf5c17ab1e",
    "model=segformer encoder=mit_b2 loss=cross_entropy loss.class_weights=auto": "segformer-mit_b2-251ff44b26d6",
    (
        "model=pspnet encoder=se_resnext50_32x4d encoder.weights=/no/such/weights.safetensors"
    ): "pspnet-se_resnext50_32x4d-7a574a5ab213",
    (
        "model=manet loss=tversky scheduler=poly optimizer=sgd optimizer.options.momentum=0.95"
    ): "manet-resnet18-8a803eab198b",
    "model=linknet loss=lovasz optimizer=rmsprop scheduler=step": "linknet-resnet18-3ab2eefab918",
    "model=pan loss=label_smoothing augmentation=strong scheduler=cosine": "pan-resnet18-4cccf250a07e",
    (
        "model=upernet encoder=tu-swin_tiny_patch4_window7_224 loss=jaccard scheduler=plateau"
    ): "upernet-tu-swin_tiny_patch4_window7_224-d9ae60cbb0ac",
    (
        "model=deeplabv3 encoder=resnet101 loss=mcc data.task=binary data.channels=1 scheduler=constant"
    ): "deeplabv3-resnet101-272c3975e352",
    "optimizer=timm optimizer.name=lamb resolution=320x480 augmentation=photometric": "unet-resnet18-071bce2cbae5",
    "optimizer=timm optimizer=adam optimizer.encoder_lr_scale=0.1": "unet-resnet18-bdd9d0c8e1d6",
    (
        "trainer.max_epochs=40 trainer.batch_size=16 trainer.accumulate_batches=2 "
        "trainer.gradient_clip_norm=1 trainer.precision=bf16"
    ): "unet-resnet18-eb93122fcc72",
    (
        "trainer.ema_decay=0.999 trainer.ema_warmup=false trainer.monitor=val/dice trainer.early_stopping_patience=10 "
        "trainer.deterministic=true metrics=boundary"
    ): "unet-resnet18-d7aebcff8d9d",
    (
        "resolution=1024x1024 resolution.eval_size=native resolution.count_at=input "
        "resolution.interpolation=area augmentation=xray"
    ): "unet-resnet18-a3bc255abb19",
    (
        "data.task=multilabel loss=bce_focal data.size=64 data.num_train=32 data.shapes_seed=1"
    ): "unet-resnet18-fa619869eeca",
    FOLDER: "unet-resnet18-c300b6170b24",
    f"{FOLDER} data.fold=2 data.num_folds=5 augmentation=light": "unet-resnet18-ea5a9700df4a",
    (
        f"{FOLDER} data.name=hands data.task=multilabel data.class_names=[ulna,radius] "
        "data.num_classes=2 loss=bce_dice data.channels=1 augmentation=none"
    ): "unet-resnet18-e61f2846c42b",
    (
        f"{FOLDER} data.palette=[[0,0,0],[255,0,0]] data.ignore_color=[255,255,255] data.ignore_index=255"
    ): "unet-resnet18-bc7344472373",
    f"{FOLDER} data.value_range=[0,4095]": "unet-resnet18-5ce0c24f80be",
    "experiment=camvid_unet_resnet18 data.root=/no/such/folder/camvid": "unet-resnet18-783d2b1f13ef",
    "experiment=em_membrane_unet data.root=/no/such/folder/isbi seed=1": "unet-resnet18-fedafe342a6e",
    "experiment=wbc_quick data.root=/no/such/folder/camvid": "unet-resnet18-ffc7ed7471f7",
}
"""Commands and the names of their runs; version 0.1 gave the first 8 of the 12 digits, which two runs may share."""

SAME: Mapping[str, tuple[str, ...]] = {
    "": (
        "rerun=true",
        "hardware.accelerator=cpu hardware.num_workers=3 hardware.num_threads=1 hardware.eval_batch_size=2",
        "hardware.devices=2 hardware.channels_last=false hardware.compile=true",
        "logger=wandb logger.pictures=false logger.progress=none",
        "logger=tensorboard paths.runs=/elsewhere paths.cache=/elsewhere/cache",
        "sweep=seeds sweep.name=mine sweep.max_runs=3",
        "data.pretrained=imagenet encoder.weights=null",
        "trainer.ema_warmup=false",
        "encoder=resnet18 model=unet scheduler=onecycle resolution=256x256 seed=0",
    ),
    FOLDER: (f"{FOLDER} hardware.num_workers=0 rerun=true", f"{FOLDER} seed=0 model=unet"),
}
"""Commands, and others that give their runs the same name: they differ in speed and place, or in words only."""


def composed(command: str) -> dict[str, Any]:
    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir())):
        return plain(compose("config", command.split()))


@pytest.mark.parametrize("command", NAMES)
def test_a_command_names_its_run_as_it_always_did(command: str) -> None:
    assert run_name(composed(command)) == NAMES[command]


@pytest.mark.parametrize(("command", "other"), [(command, other) for command in SAME for other in SAME[command]])
def test_what_decides_only_speed_and_place_leaves_the_name(command: str, other: str) -> None:
    assert run_name(composed(other)) == NAMES[command]
