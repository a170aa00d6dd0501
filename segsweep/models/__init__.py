"""Networks: built from config, checked before they are built, counted without being run."""
