"""CUDA: what the wheels of an environment bring, what it asks of the host's driver, and what compiles for it."""
