# The wheels that uv.lock chooses for CPython  on x86_64, by layer, one line a wheel.
[
]
