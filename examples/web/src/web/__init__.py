"""A small web service: a page, its style sheet, and a health endpoint."""
