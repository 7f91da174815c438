"""neve.lock: every pin that uv.lock does not hold."""
