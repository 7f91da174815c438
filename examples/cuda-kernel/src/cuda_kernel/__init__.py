"""y = a x + y on a GPU."""
