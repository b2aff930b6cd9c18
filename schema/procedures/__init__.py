"""What DO blocks and functions do to the catalog: PL/pgSQL run as far as it is certain."""
