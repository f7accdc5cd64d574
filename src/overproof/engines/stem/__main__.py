"""`python -m overproof.engines.stem FD LIFELINE`: a stem in a process of its own."""

from overproof.engines.stem.process import main

main()
