"""The front door: what happens before and around Hydra, without torch."""
