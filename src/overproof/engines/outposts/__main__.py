"""`python -m overproof.engines.outposts [--workers N] ...`: an outpost; the invitation comes by standard input."""

from overproof.engines.outposts.process import main

main()
