"""Data sets of images and masks in files of their own: what a reader finds, what the files hold, what they mean."""
