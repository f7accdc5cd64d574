"""What was merged and excluded, compared with what the master believes and with what was planted."""

from __future__ import annotations

from itertools import pairwise

from overproof.engines.simulated.options import SimulationOptions
from overproof.engines.simulated.troubles.fates import Fates
from overproof.engines.simulated.world import World
from overproof.query.master import Master
from overproof.records.block import Block
from overproof.records.outcome.failure import FailureKind
from overproof.words.errors import InvariantError
from overproof.words.states import QueryState


def audit(world: World, options: SimulationOptions) -> None:
    """Verify the end of a simulation, block by block and entry by entry.

    Raises:
        InvariantError: something was lost, counted twice, or excluded by mistake.
    """
    master = world.master
    master.check()
    _audit_account(world, master)
    _audit_missing(world, master)
    _audit_parts(world, master)
    if options.query.on_error == "isolate":
        _audit_entries(world, master, is_finished=master.state is QueryState.FINISHED)
    elif master.state is QueryState.FINISHED:
        _audit_blocks(world.fates, master)


def _audit_account(world: World, master: Master) -> None:
    account, blocks = master.account, master.blocks
    for key, block in world.merged.items():
        if block != blocks[key]:
            raise InvariantError(f"{block} was merged, but it should be {blocks[key]}")
    n_entries = sum(block.n_entries for block in world.merged.values())
    if n_entries != account.processed:
        raise InvariantError(f"{n_entries} entries were merged, the account says {account.processed}")
    if account.processed + account.excluded + account.missing + account.unread != account.total:
        raise InvariantError(f"the account does not add up: {account}")
    if account.excluded != sum(item.stop - item.first for item in master.excluded):
        raise InvariantError(f"the account has {account.excluded} excluded entries, but excluded: {master.excluded}")
    known = [item.stop - item.first for item in master.missing if item.stop is not None]
    if account.missing != sum(known):
        raise InvariantError(f"the account has {account.missing} missing entries, but missing: {master.missing}")
    if master.state is QueryState.FINISHED and (account.unread or account.files_unopened):
        raise InvariantError(f"the query has finished with entries unread: {account}")


def _audit_parts(world: World, master: Master) -> None:
    """Verify that the parts of each merged block are what the selector can do, and cut no further than was found."""
    edges: dict[int, set[int]] = {}
    for item in master.excluded:
        edges.setdefault(item.file, set()).update((item.first, item.stop))
    for split in master.splits:
        edges.setdefault(split.file, set()).add(split.at)
    for block in world.merged.values():
        trial = world.fates.try_block(block)
        if trial.failure is not None or trial.is_unreadable:
            raise InvariantError(f"{block} was merged, but the selector fails on it: {trial}")
        inner = {entry for (_, stop), (first, _) in pairwise(block.parts) for entry in (stop, first)}
        if not inner <= edges.get(block.file, set()):
            raise InvariantError(f"the parts of {block} are not told by what is excluded and split")


def _audit_missing(world: World, master: Master) -> None:
    """Verify that nothing is missing of which a copy was there, all the time."""
    for item in master.missing:
        storage = world.storage
        if storage.placed and all(storage.lost_s[server] is not None for server in storage.placed[item.file]):
            continue
        first, stop = item.first, item.stop
        at = [
            index
            for (file, index), block in master.blocks.items()
            if file == item.file and stop is not None and any(first <= a and b <= stop for a, b in block.parts)
        ]
        is_right = all(world.fates.fate(item.file, index).is_unreadable for index in at) if at else stop is None
        if not is_right or (not at and world.crew.grid(item.file) is not None):
            raise InvariantError(f"{item} is missing, but nothing is wrong with it")


def _audit_entries(world: World, master: Master, *, is_finished: bool) -> None:
    """Verify that just the bad entries are excluded, each for what is wrong with it."""
    excluded = {(item.file, item.first): item for item in master.excluded}
    planted: dict[tuple[int, int], FailureKind] = {}
    for block in master.blocks.values():
        fate = world.fates.fate(block.file, block.index)
        if not fate.is_unreadable and not _is_missing(block, master):
            inside = [entry for entry in fate.bad if block.first <= entry < block.stop]
            planted.update({(block.file, entry): fate.bad[entry].kind for entry in inside})
    for key, item in excluded.items():
        if item.stop - item.first != 1 or planted.get(key) != item.failure.kind:
            raise InvariantError(f"{item} is excluded, but what is planted there is {planted.get(key)}")
        if item.event is None or item.event.event != item.first:
            raise InvariantError(f"{item} has not the name of its event")
    if len(excluded) != len(master.excluded):
        raise InvariantError("an entry is excluded twice")
    if is_finished and set(planted) != set(excluded):
        raise InvariantError(f"these bad entries are not excluded: {sorted(set(planted) - set(excluded))}")


def _is_missing(block: Block, master: Master) -> bool:
    return any(
        item.file == block.file and item.first <= block.first and block.stop <= (item.stop or 0)
        for item in master.missing
    )


def _audit_blocks(fates: Fates, master: Master) -> None:
    """Verify that whole blocks are excluded, if the selector fails on them, and no others."""
    excluded = {(item.file, item.first, item.stop): item.failure for item in master.excluded}
    for key, block in master.blocks.items():
        fate = fates.fate(*key)
        place = (block.file, block.first, block.stop)
        is_failing = _fails(fates, block)
        if is_failing and place not in excluded and not _is_missing(block, master):
            raise InvariantError(f"the selector fails on {block}, but it is not excluded")
        if place in excluded and not is_failing:
            kind = excluded[place].kind
            if fate.is_unreadable or fate.flaky is None or fate.flaky.kind != kind or kind != "exception":
                raise InvariantError(f"{block} is excluded for {excluded[place]}, but nothing is wrong with it")


def _fails(fates: Fates, block: Block) -> bool:
    """Tell whether the selector fails on a whole block, each time."""
    fate = fates.fate(block.file, block.index)
    is_too_large = fate.largest is not None and block.stop - block.first > fate.largest
    return not fate.is_unreadable and (is_too_large or any(block.first <= entry < block.stop for entry in fate.bad))
