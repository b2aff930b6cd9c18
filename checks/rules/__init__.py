"""The rules: one module each, named as the fault; its docstring is its manual page."""
