"""The Debian base: what a suite offers, verified, and what a choice of packages needs."""
