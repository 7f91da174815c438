"""The OCI layout that a build ends in: reading, checking, pushing and running it."""
