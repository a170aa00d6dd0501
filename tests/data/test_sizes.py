import pytest

from segsweep.core.errors import ConfigError
from segsweep.data.sizes import EvalSize, eval_size_px
from tests.data.making import resolution


@pytest.mark.parametrize(
    ("eval_size", "content", "padded"),
    [("same", (32, 48), (32, 48)), ("64x96", (64, 96), (64, 96)), ("native", (50, 64), (64, 64))],
)
def test_the_three_forms(eval_size: str, content: tuple[int, int], padded: tuple[int, int]) -> None:
    size = EvalSize(eval_size_px(resolution(32, 48, eval_size=eval_size)), 32)
    assert size.content_px((50, 64)) == content
    assert size.padded_px(content) == padded


@pytest.mark.parametrize(("wrong", "hint"), [("nativ", "Did you mean native"), ("512", "HEIGHTxWIDTH"), ("0x5", "")])
def test_another_form_is_refused(wrong: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=rf"resolution.eval_size={wrong} is not a size\..*{hint}"):
        eval_size_px(resolution(eval_size=wrong))
