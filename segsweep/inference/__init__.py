"""From a network's logits to predictions at the size of an image."""
