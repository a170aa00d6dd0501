"""The network as a run sees it: uint8 images in, logits of the same size out."""

from jaxtyping import Float, UInt8
from torch import Tensor, nn

from segsweep.models.pretrained.normalization import Normalization


class SegmentationModel(nn.Module):
    """A network behind the normalization of its encoder, or that of ImageNet if it has none.

    Mean and standard deviation are buffers, so that a checkpoint normalizes as the run did.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, net: nn.Module, normalization: Normalization) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", normalization.mean.view(1, -1, 1, 1))
        self.register_buffer("std", normalization.std.view(1, -1, 1, 1))

    @property
    def encoder(self) -> nn.Module | None:
        """The backbone, whose learning rate may be scaled; None if the network has none."""
        encoder = getattr(self.net, "encoder", None)
        return encoder if isinstance(encoder, nn.Module) else None

    def forward(self, image: UInt8[Tensor, "n c h w"] | Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h w"]:
        """Return the logits.

        Args:
            image: Pixel values in [0, 255], channels in RGB order.
        """
        logits: Tensor = self.net((image.to(self.mean.dtype) - self.mean) / self.std)
        return logits
