"""The bases: where system packages come from, one package a base."""
