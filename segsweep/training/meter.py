"""The mean of a loss, kept on the device."""

import torch
from torch import Tensor, nn


class LossMeter(nn.Module):
    """Sums a loss with its weights, and remembers whether it ever was no number; nothing waits for the device."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(2, dtype=torch.float64), persistent=False)
        self.register_buffer("num_added", torch.tensor(0), persistent=False)
        self.register_buffer("first_bad", torch.tensor(-1), persistent=False)
        self.total: Tensor
        self.num_added: Tensor
        self.first_bad: Tensor

    @torch.no_grad()
    def add(self, loss: Tensor, weight: int) -> None:
        """Add a loss with its weight."""
        loss = loss.detach()
        self.total[0] += loss * weight
        self.total[1] += weight
        self.first_bad.copy_(torch.where(~torch.isfinite(loss) & (self.first_bad < 0), self.num_added, self.first_bad))
        self.num_added += 1

    def read(self) -> float:
        """Return the mean over all ranks since it was read last."""
        total = self.total.clone()
        self.total.zero_()
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(total)
        return float(total[0] / total[1])

    def steps_to_first_bad(self) -> int | None:
        """Return how many losses were added before the first that is not finite; None if all are. Awaits the device."""
        first_bad = int(self.first_bad)
        return None if first_bad < 0 else first_bad
