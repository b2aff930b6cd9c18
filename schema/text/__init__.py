"""SQL as text: quotes and clauses without parsing, and what is made of a text that does not parse."""
