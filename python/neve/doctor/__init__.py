"""What of this machine would keep an image from being built here, or from running."""
