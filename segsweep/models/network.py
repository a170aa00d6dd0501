"""The network as a run sees it: uint8 images in, logits of the same size out."""

from jaxtyping import Float, UInt8
from torch import Tensor, nn

from segsweep.models.normalisation import Normalisation


class SegmentationModel(nn.Module):
    """An encoder-decoder of segmentation-models-pytorch behind its encoder's own normalisation.

    Mean and standard deviation are buffers, so that a checkpoint normalises as the run did.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, net: nn.Module, normalisation: Normalisation) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", normalisation.mean.view(1, -1, 1, 1))
        self.register_buffer("std", normalisation.std.view(1, -1, 1, 1))

    @property
    def encoder(self) -> nn.Module:
        """The backbone, whose learning rate may be scaled."""
        encoder = self.net.encoder
        assert isinstance(encoder, nn.Module)
        return encoder

    def forward(self, image: UInt8[Tensor, "n c h w"] | Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h w"]:
        """Return the logits.

        Args:
            image: Pixel values in [0, 255], channels in RGB order.
        """
        logits: Tensor = self.net((image.to(self.mean.dtype) - self.mean) / self.std)
        return logits
