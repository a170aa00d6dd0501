"""Confusion counts on the device, and everything derived from them; boundary scores."""
