"""Requirements files of pip: reading them, and holding uv's answer to what they say."""
