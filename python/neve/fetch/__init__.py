"""Fetching what is pinned by hash: parallel, resumable, verified, kept in neve's cache."""

from neve.fetch.address import redacted
from neve.fetch.artefact import Artefact
from neve.fetch.fetcher import Fetcher, Page
from neve.fetch.problem import MissingError

__all__ = ["Artefact", "Fetcher", "MissingError", "Page", "redacted"]
