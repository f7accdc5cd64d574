"""`python -m overproof.engines.worker NAME FD`: a worker in a process of its own."""

from overproof.engines.worker.process import main

main()
