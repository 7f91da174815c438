"""The Python environment: what uv locked, chosen for the target, grouped into layers."""
