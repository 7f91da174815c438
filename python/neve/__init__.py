"""neve: from a Python project to a reproducible OCI image."""

__version__ = "0.1.0"
