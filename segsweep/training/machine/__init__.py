"""What a run computes on: devices, processes and memory."""
