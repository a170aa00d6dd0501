"""What a sweep will run, decided before the first run starts."""
