"""The command ``schema``: paths in, exit code out."""

import click


@click.group()
def main() -> None:
    """Check what your migrations make, and paste it with proof."""
