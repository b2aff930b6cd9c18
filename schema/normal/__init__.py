"""The normal form of expressions, queries and definitions, and how alike two of them are."""
