from segsweep.models.describe import describe_encoders, describe_models
from segsweep.models.encoders import ENCODERS
from segsweep.models.spec import ARCHITECTURES


def test_the_table_of_encoders_tells_size_weights_and_what_refuses_them() -> None:
    lines = {line.split()[0]: line for line in describe_encoders().splitlines() if line}
    assert set(ENCODERS) <= set(lines)
    assert lines["vgg16"].split()[1:6] == ["14.7", "imagenet", "deeplabv3,", "deeplabv3plus,", "pan"]
    assert lines["resnet18"].split()[1:6] == ["11.2", "imagenet,", "ssl,", "swsl", "-"]


def test_the_list_of_models_shows_every_option_with_its_default_and_its_sentence() -> None:
    text = describe_models()
    assert [line for line in text.splitlines() if line.startswith("model=")] == [
        f"model={arch}" for arch in ARCHITECTURES
    ]
    assert "model.encoder_output_stride=16" in text
    assert "model.decoder_attention_type=null   scse: squeeze-and-excitation in the decoder; null: none." in text
