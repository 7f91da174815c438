"""Reading a directory into a Project."""
