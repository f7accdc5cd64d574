"""`python -m overproof` is the program `overproof`."""

from overproof.cli.main import run

run()
