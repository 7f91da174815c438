"""The flow: lock, render, build. Each stage is a function that another program could call."""
