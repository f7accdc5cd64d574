"""The policies: pure functions of a view."""

from __future__ import annotations

import pytest

from overproof.query.packetizers import View, adaptive, by_file, fixed, local_only, packetizer_by_name, single
from overproof.words.errors import OptionError

VIEW = View(
    worker_rate_per_s=100.0,
    total_rate_per_s=400.0,
    in_hand_entries=0,
    left_entries=32_000.0,
    n_workers=4,
    block_entries=100.0,
    n_blocks=320,
    is_opening=False,
)


def test_packet_lasts_an_eighth_of_the_remaining_time() -> None:
    """Two packets make a quarter: 32,000 entries at 400 a second are 80 s, so 10 s, 1,000 entries, 10 blocks."""
    assert adaptive(VIEW) == 10
    assert adaptive(VIEW._replace(in_hand_entries=1_000)) == 10
    assert adaptive(VIEW._replace(in_hand_entries=2_000)) == 0


def test_packet_is_in_proportion_to_the_rate() -> None:
    """A worker that is twice as fast gets twice as much."""
    assert adaptive(VIEW._replace(worker_rate_per_s=200.0)) == 20


def test_packets_shrink_to_single_blocks() -> None:
    """As less is left packets get shorter, down to one block, and a second one is not given any more."""
    sizes = [
        adaptive(VIEW._replace(left_entries=left)) for left in (32_000.0, 16_000.0, 8_000.0, 3_200.0, 400.0, 100.0)
    ]
    assert sizes == [10, 5, 2, 1, 1, 1]
    assert adaptive(VIEW._replace(left_entries=400.0, in_hand_entries=100)) == 0


def test_first_packet_is_a_single_block() -> None:
    """A worker of unknown rate gets one block and, however much is left, no second one: it may be very slow."""
    unknown = VIEW._replace(worker_rate_per_s=0.0)
    assert adaptive(unknown) == 1
    assert adaptive(unknown._replace(in_hand_entries=100)) == 0


def test_packets_are_short_while_files_are_opened() -> None:
    """Sizes are not trusted before the files are known."""
    assert adaptive(VIEW._replace(is_opening=True)) == 1


def test_no_packet_is_longer_than_twenty_seconds() -> None:
    """However much is left, a worker at 100 entries a second gets 2,000."""
    assert adaptive(VIEW._replace(left_entries=1e9)) == 20


def test_slow_worker_does_not_hold_up_the_end() -> None:
    """With 200 entries left at 400 a second, who needs 10 s for a block gets none; with enough left it does."""
    slow = VIEW._replace(worker_rate_per_s=10.0)
    assert adaptive(slow._replace(left_entries=200.0)) == 0
    assert adaptive(slow._replace(left_entries=32_000.0)) == 1


def test_mean_worker_gets_the_last_block() -> None:
    """Whoever is as fast as the mean is never refused, so that the last block is not left over."""
    assert adaptive(VIEW._replace(left_entries=100.0)) == 1
    assert adaptive(VIEW._replace(left_entries=100.0, n_workers=1, worker_rate_per_s=400.0)) == 1


def test_fixed_packets_have_the_length_asked_for() -> None:
    """`packet_blocks` is the length, whatever is left."""
    assert fixed(3)(VIEW) == fixed(3)(VIEW._replace(left_entries=1.0)) == 3


def test_fixed_packets_are_a_twentieth_of_a_part_by_default() -> None:
    """320 blocks over 4 workers and 20 packets are 4 blocks; never less than one."""
    assert fixed()(VIEW) == 4
    assert fixed()(VIEW._replace(n_blocks=3)) == 1


def test_single_blocks_wait_for_nobody() -> None:
    """A worker with nothing in hand gets one block, whatever is left and however fast it is; no second one."""
    assert single(VIEW) == single(VIEW._replace(worker_rate_per_s=0.0)) == 1
    assert single(VIEW._replace(in_hand_entries=1, left_entries=1e9)) == 0


def test_whole_files_are_given_whole() -> None:
    """Who has nothing gets all that waits of a file; a second one in advance only while plenty is left."""
    assert by_file(VIEW) == VIEW.n_blocks
    assert by_file(VIEW._replace(in_hand_entries=1_000)) == VIEW.n_blocks
    assert by_file(VIEW._replace(in_hand_entries=1_000, left_entries=15_000.0)) == 0


def test_near_work_is_refused_to_nobody() -> None:
    """Who is slow gets what lies near: nobody else may have it."""
    slow = VIEW._replace(worker_rate_per_s=10.0, left_entries=200.0)
    assert (adaptive(slow), local_only(slow)) == (0, 1)
    assert local_only(VIEW) == adaptive(VIEW)
    assert local_only(slow._replace(in_hand_entries=100)) == 0


def test_packetizers_have_names() -> None:
    """A name finds its policy; a wrong one is told which there are."""
    assert packetizer_by_name("adaptive") is adaptive
    assert packetizer_by_name("single") is single
    assert packetizer_by_name("local-only") is local_only
    assert packetizer_by_name("by-file") is by_file
    assert packetizer_by_name("fixed", packet_blocks=7)(VIEW) == 7
    with pytest.raises(
        OptionError,
        match="no packetizer is called 'clever': choose one of adaptive, fixed, single, local-only, by-file",
    ):
        packetizer_by_name("clever")
    with pytest.raises(OptionError, match="0 blocks makes no sense"):
        packetizer_by_name("fixed", packet_blocks=0)
