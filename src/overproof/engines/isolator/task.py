"""What one child is to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from overproof.engines.messages import Compute, Probe
from overproof.records.block import Block
from overproof.records.outcome.failure import EventName


@dataclass(slots=True, kw_only=True)
class Task:
    """A block, or a probe.

    Attributes:
        command: as the child gets it: a packet of one block, or a probe.
        block: the block.
        is_last: no other task of its packet comes after it.
        n_repeats: how often it was begun again because a child was lost.
        n_begins: how many children were lost of their own doing before the selector had begun.
        n_reads: how many children were lost while they read a file.
        event: what the file calls the event that is being probed.
        is_answered: the child has said what came of the block; only the end of its packet is left to be said.
        log_from: length of the log when it was given to a child.
    """

    command: Compute | Probe
    block: Block
    is_last: bool = True
    n_repeats: int = 0
    n_begins: int = 0
    n_reads: int = 0
    event: EventName | None = None
    is_answered: bool = False
    log_from: int = 0


def tasks_of(command: Compute) -> Iterator[Task]:
    """Make each block of a packet a task of its own, in a packet of its own."""
    packet = command.packet
    for block in packet.blocks:
        alone = replace(command, packet=replace(packet, blocks=(block,), is_apart=True))
        yield Task(command=alone, block=block, is_last=block is packet.blocks[-1])
