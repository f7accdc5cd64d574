"""`python -m overproof.engines.isolator NAME FD LIFELINE [LOGBOOK]`: an isolator in a process of its own."""

from overproof.engines.isolator.process import main

main()
