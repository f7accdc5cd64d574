"""`python -m overproof.engines.merger NAME FD LIFELINE [LOGBOOK]`: a merger in a process of its own."""

from overproof.engines.merger.process import main

main()
