"""Readers, checks, augmentation and batches: from files on disk to uint8 tensors."""
