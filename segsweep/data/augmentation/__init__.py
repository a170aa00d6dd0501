"""What happens to an image and its truth between the file and the batch: transforms, and the steps around them."""
