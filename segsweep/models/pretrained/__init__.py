"""Weights that an encoder begins with: whether they can be had, how they are read, what they were normalized with."""
