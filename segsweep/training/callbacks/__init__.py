"""Callbacks: each does one thing and takes values, not config; `order` says when each is called."""
