"""`python -m overproof` is the program `overproof`."""

from overproof.cli.program import program

program()
