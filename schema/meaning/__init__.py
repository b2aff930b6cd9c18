"""What the names, expressions and queries of a statement mean, in the catalog as it is."""
