"""`python -m overproof.engines.worker NAME FD LIFELINE [LOGBOOK]`: a worker in a process of its own."""

from overproof.engines.worker.process import main

main()
