"""Catalogs as rows and as JSON: the query that reads a live one, and the readers of what it answers."""
