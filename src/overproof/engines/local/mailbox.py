"""The letters of many channels, with room for one large payload at a time.

Payloads can be as large as the whole result, and there can be many workers: whoever takes in what all of them send at
once needs memory for all. So there is one *lane* for large frames. While a frame is on it, those of other channels stay
in the buffers of the kernel and hold their senders up; small letters pass by. What came by the lane is in hand until
the next `poll`: then its reader is supposed to have dropped it.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from overproof.engines.local.channel import Channel, ChannelClosedError, Frame

LARGE_BYTES: Final = 256 * 1024
"""Frames above this size take the lane."""

_READS_A_TURN: Final = 64
"""Reads from one channel before the others have theirs."""

Owner = TypeVar("Owner")
Post: TypeAlias = list[tuple[Owner, list[Frame] | None]]
"""What came, by owner; None: the connection is closed, or of no use any more."""


@dataclass(slots=True, eq=False)
class _Slot(Generic[Owner]):
    channel: Channel
    owner: Owner


class Mailbox(Generic[Owner]):
    """Waits on channels, each with its owner.

    `poll` and `close` belong to one thread; all else may be called from any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[Channel, _Slot[Owner]] = {}
        self._lane: _Slot[Owner] | None = None
        self._is_in_hand = False
        self._queue: deque[_Slot[Owner]] = deque()
        self._selector = selectors.DefaultSelector()
        self._is_closed = False
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.settimeout(0.0)
        self._wake_sender.settimeout(0.0)
        self._selector.register(self._wake_receiver, selectors.EVENT_READ, None)

    def add(self, channel: Channel, owner: Owner) -> None:
        """Wait on a channel too.

        Args:
            channel: of a socket with a timeout, so that reading never waits.
            owner: told with everything that comes.
        """
        if channel.is_blocking:
            raise ValueError("a mailbox needs sockets that do not block: give this one a timeout")
        with self._lock:
            slot = self._slots[channel] = _Slot(channel, owner)
            self._selector.register(channel, selectors.EVENT_READ, slot)

    def remove(self, channel: Channel) -> None:
        """Wait on a channel no more; call it before closing the channel. What came of a frame is forgotten."""
        with self._lock:
            slot = self._slots.get(channel)
            if slot is not None:
                self._drop(slot)

    def poll(self, timeout_s: float) -> Post[Owner]:
        """Wait until something came, at most so long or until `wake`.

        The large payload of the time before must have been dropped. A channel that is closed is removed, and one by
        which something came that is no frame.
        """
        deadline_s = time.monotonic() + timeout_s
        post: Post[Owner] = []
        with self._lock:
            self._is_in_hand = False
            self._next_on_lane()
        while not self._is_closed:
            events = self._selector.select(max(0.0, deadline_s - time.monotonic()))
            is_woken = False
            for key, _ in events:
                if key.data is None:
                    is_woken = True
                    self._drain_wake()
                else:
                    self._empty(key.data, post)
            if post or is_woken or time.monotonic() >= deadline_s:
                break
        return post

    def wake(self) -> None:
        """Let `poll` return now."""
        try:
            self._wake_sender.send(b"w")
        except OSError:
            return  # a full pipe wakes as well; in a closed mailbox there is nobody to wake

    def close(self) -> None:
        """Wait on nothing any more; the channels are their owners' to close."""
        with self._lock:
            self._is_closed = True
            self._slots.clear()
            self._queue.clear()
            self._lane = None
            self._selector.close()
            self._wake_receiver.close()
            self._wake_sender.close()

    def _empty(self, slot: _Slot[Owner], post: Post[Owner]) -> None:
        """Read what one channel has, up to a large frame that must wait."""
        frames: list[Frame] = []
        is_gone = False
        with self._lock:
            if self._slots.get(slot.channel) is not slot:
                return  # removed since the selector spoke
            try:
                for _ in range(_READS_A_TURN):
                    if not self._may_read(slot):
                        break
                    if (frame := slot.channel.read_once()) is not None:
                        frames.append(frame)
                        self._leave_lane(slot)
            except BlockingIOError:
                pass
            except (ChannelClosedError, pickle.UnpicklingError):  # what comes after that is no frame either
                is_gone = True
                self._drop(slot)
        if frames:
            post.append((slot.owner, frames))
        if is_gone:
            post.append((slot.owner, None))

    def _may_read(self, slot: _Slot[Owner]) -> bool:
        """Tell whether a channel may go on; else let it queue for the lane."""
        if self._lane is slot or slot.channel.awaits_bytes <= LARGE_BYTES:
            return True
        if self._lane is None and not self._is_in_hand:
            self._lane = slot
            return True
        self._selector.unregister(slot.channel)
        self._queue.append(slot)
        return False

    def _leave_lane(self, slot: _Slot[Owner]) -> None:
        if self._lane is slot:
            self._lane, self._is_in_hand = None, True

    def _next_on_lane(self) -> None:
        """Give the free lane to whoever waits longest."""
        if self._queue and self._lane is None and not self._is_in_hand:
            self._lane = self._queue.popleft()
            self._selector.register(self._lane.channel, selectors.EVENT_READ, self._lane)

    def _drop(self, slot: _Slot[Owner]) -> None:
        del self._slots[slot.channel]
        if slot in self._queue:
            self._queue.remove(slot)
        else:
            self._selector.unregister(slot.channel)
        if self._lane is slot:
            self._lane = None
            self._next_on_lane()

    def _drain_wake(self) -> None:
        try:
            while self._wake_receiver.recv(1024):
                pass
        except OSError:
            return
