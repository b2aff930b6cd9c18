"""``python -m pasteproof`` is the command ``schema``."""

from .cli import main

main()
