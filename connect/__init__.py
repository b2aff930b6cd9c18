"""How a database is reached: a private PostgreSQL, and the SQL Editor as a function."""
