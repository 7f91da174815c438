"""Projects of Poetry, PDM and Pipenv: their locks as PEP 751, what they ask for, what they say of themselves."""

from neve.foreign.convert import convert
from neve.foreign.indexes import indexes
from neve.foreign.metadata import Metadata, metadata, metadata_of, python_request
from neve.foreign.read import lock_files
from neve.foreign.requirements import requirements

__all__ = [
    "Metadata",
    "convert",
    "indexes",
    "lock_files",
    "metadata",
    "metadata_of",
    "python_request",
    "requirements",
]
