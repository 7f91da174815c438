"""Interpreters that uv manages (python-build-standalone): what there is, which is pinned, and their archives."""
