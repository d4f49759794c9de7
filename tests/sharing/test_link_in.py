"""The receiving state machine: whatever the link does, what comes out is in order and exactly once."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from link_parts import check, envelope

from nadhir.sharing.link_in import Inbound, ReadLimits
from nadhir.sharing.link_messages import LinkHealth, Pulse, Read, Replayed, frame


class Receiver:
    def __init__(self, delivered: int = 0, limits: ReadLimits | None = None) -> None:
        self.health = LinkHealth()
        self.out: list[int] = []
        self.shown: list[int] = []
        self.failing = False
        self.untimely: set[int] = set()
        self.judged: list[int] = []
        self.machine = Inbound(
            "KOR",
            delivered,
            check,
            self._deliver,
            self.health,
            in_time=self._in_time,
            ahead=lambda owner, sequence, data: self.shown.append(sequence),
            limits=limits,
        )

    def _deliver(self, owner: str, sequence: int, data: bytes) -> None:
        if self.failing:
            raise OSError("disk full")
        self.out.append(sequence)

    def _in_time(self, data: bytes) -> bool:
        sequence = int(data.split(b":")[1])
        self.judged.append(sequence)
        return sequence not in self.untimely

    def live(self, sequence: int, kind: str = "track", now: float = 0.0) -> None:
        self.machine.envelope(kind, frame(sequence, envelope("KOR", sequence)), now, replayed=False)

    def replay(self, read: Read, stored: int, now: float, first_kept: int = 1) -> None:
        first = max(read.from_sequence, first_kept)
        sent = range(first, min(stored, first + read.messages - 1) + 1)
        for sequence in sent:
            self.machine.envelope("replay", frame(sequence, envelope("KOR", sequence)), now, replayed=True)
        self.machine.replayed(Replayed(read.from_sequence, len(sent), first), now)

    def ask(self, now: float) -> Read | None:
        return self.machine.next_read(now, 10_000, 1 << 30)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("send"), st.booleans()),
            st.tuples(st.just("held up"), st.booleans()),
            st.tuples(st.just("again"), st.integers(1, 60)),
            st.tuples(st.just("pulse"), st.booleans()),
            st.tuples(st.just("read"), st.booleans()),
        ),
        max_size=120,
    ),
    st.integers(1, 20),
)
def test_in_order_exactly_once(events: list[tuple[str, int]], held: int) -> None:
    receiver = Receiver(limits=ReadLimits(messages=7, held_messages=held))
    sent, now = 0, 0.0
    for what, value in events:
        now += 0.01
        if what == "send":
            sent += 1
            if value:
                receiver.live(sent, now=now)
        elif what == "held up":
            sent += 1
            receiver.untimely.add(sent)
            receiver.live(sent, now=now)
            assert sent not in receiver.out
        elif what == "again" and value <= sent:
            receiver.live(value, now=now)
        elif what == "pulse":
            receiver.machine.pulse(Pulse(sent, 0))
        elif what == "read" and (read := receiver.ask(now)) is not None and value:
            receiver.replay(read, sent, now)
        assert receiver.out == list(range(1, len(receiver.out) + 1))
        assert receiver.health.delivered == len(receiver.out)
    for _ in range(200):
        now += 10.0
        receiver.machine.pulse(Pulse(sent, 0))
        if (read := receiver.ask(now)) is not None:
            receiver.replay(read, sent, now)
    assert receiver.out == list(range(1, sent + 1))


def test_a_gap_is_refused_and_asked_for() -> None:
    receiver = Receiver(delivered=4)
    receiver.live(5)
    receiver.live(8)
    assert receiver.out == [5]
    assert receiver.health.gaps == 1
    assert receiver.ask(0.0) == Read(6, 2, 256 << 10)
    assert receiver.ask(0.5) is None
    receiver.replay(Read(6, 2, 1), 8, 0.5)
    assert receiver.out == [5, 6, 7, 8]
    assert receiver.health.refetched == 2


def test_a_read_without_answer_is_asked_again_less_and_less_often() -> None:
    receiver = Receiver()
    receiver.machine.pulse(Pulse(3, 0))
    asked = [now / 10 for now in range(600) if receiver.ask(now / 10) is not None]
    pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert pauses[0] < 1.5
    assert max(pauses) < 7
    assert pauses == sorted(pauses)


def test_a_read_that_the_link_lost_is_asked_again_as_soon_as_the_partner_is_heard() -> None:
    receiver = Receiver()
    receiver.machine.pulse(Pulse(10, 0))
    assert receiver.ask(0.0) == Read(1, 1000, 256 << 10)
    for _ in range(2):
        receiver.machine.pulse(Pulse(10, 0))
        assert receiver.ask(0.5) is None
    # An answer on its way puts it off.
    receiver.machine.envelope("replay", frame(1, envelope("KOR", 1)), 0.5, replayed=True)
    for _ in range(2):
        receiver.machine.pulse(Pulse(10, 0))
        assert receiver.ask(0.6) is None
    receiver.machine.pulse(Pulse(10, 0))
    assert receiver.ask(0.6) == Read(2, 1000, 256 << 10)


def test_a_warning_is_shown_ahead_and_delivered_in_its_turn() -> None:
    receiver = Receiver()
    receiver.live(40, "track")
    receiver.live(41, "warning")
    receiver.live(41, "warning")
    assert receiver.shown == [41]
    assert receiver.out == []
    receiver.replay(Read(1, 100, 1), 41, 1.0)
    assert receiver.out == list(range(1, 42))
    assert receiver.shown == [41]


def test_a_forged_live_envelope_holds_nobody_up() -> None:
    receiver = Receiver()
    receiver.machine.envelope("track", frame(1, envelope("USA", 1)), 0.0, replayed=False)
    receiver.machine.envelope("track", frame(2, envelope("KOR", 7)), 0.0, replayed=False)
    receiver.machine.envelope("track", b"\x00", 0.0, replayed=False)
    assert receiver.health.refused == 3
    receiver.machine.pulse(Pulse(2, 0))
    receiver.replay(Read(1, 100, 1), 1, 0.0)
    assert receiver.out == [1]
    receiver.replay(Read(2, 100, 1), 2, 10.0)
    assert receiver.out == [1, 2]
    assert receiver.health.blocked_at is None


def test_what_comes_live_outside_the_window_is_taken_from_the_store_only() -> None:
    receiver = Receiver()
    receiver.untimely = {2, 4}
    for sequence in range(1, 5):
        receiver.live(sequence, "warning")
    assert receiver.out == [1]
    # Not even a warning is shown before its turn.
    assert receiver.shown == [3]
    receiver.machine.pulse(Pulse(4, 0))
    read = receiver.ask(0.0)
    assert read == Read(2, 1, 256 << 10)
    receiver.replay(read, 4, 0.1)
    assert receiver.out == [1, 2, 3]
    read = receiver.ask(0.2)
    assert read is not None
    receiver.replay(read, 4, 0.3)
    assert receiver.out == [1, 2, 3, 4]
    assert receiver.judged == [1, 2, 3, 4]


def test_a_release_sent_again_is_not_judged_and_does_not_move_the_window() -> None:
    receiver = Receiver()
    receiver.live(1)
    receiver.live(3)
    for _ in range(5):
        receiver.live(1)
        receiver.live(3)
    assert receiver.judged == [1, 3]
    assert receiver.health.duplicates == 10


def test_what_is_not_signed_is_not_held() -> None:
    receiver = Receiver()
    receiver.machine.envelope("track", frame(2, b"altered"), 0.0, replayed=False)
    receiver.live(2)
    receiver.live(1)
    assert receiver.out == [1, 2]
    assert receiver.health.duplicates == 0


def test_a_stored_envelope_that_is_refused_blocks_until_a_person_skips_it() -> None:
    receiver = Receiver()
    receiver.machine.pulse(Pulse(3, 0))
    receiver.machine.envelope("replay", frame(1, b"altered"), 0.0, replayed=True)
    receiver.replay(Read(2, 2, 1), 3, 0.0)
    assert receiver.out == []
    assert receiver.health.blocked_at == 1
    receiver.machine.skip_to(2, 1.0)
    assert receiver.out == [2, 3]
    assert receiver.health.blocked_at is None


def test_what_the_partner_no_longer_stores_is_an_alarm() -> None:
    receiver = Receiver()
    receiver.machine.pulse(Pulse(9, 0))
    receiver.replay(Read(1, 5, 1), 9, 0.0, first_kept=4)
    assert receiver.out == []
    assert receiver.health.blocked_at == 1
    receiver.machine.skip_to(4, 1.0)
    assert receiver.out == [4, 5, 6, 7, 8]
    receiver.replay(Read(9, 10, 1), 9, 1.0)
    assert receiver.out == [4, 5, 6, 7, 8, 9]


def test_nothing_is_lost_while_our_own_store_is_full() -> None:
    receiver = Receiver()
    receiver.failing = True
    receiver.live(1)
    receiver.live(2)
    assert receiver.ask(0.0) is None
    assert receiver.health.undelivered == 1
    receiver.failing = False
    read = receiver.ask(5.0)
    assert read is not None
    receiver.replay(read, 2, 5.0)
    assert receiver.out == [1, 2]


def test_a_store_that_was_full_for_long_is_tried_again_soon() -> None:
    """The pause grows where the partner's answers bring nothing, not where it is our disk that does not take them."""
    receiver = Receiver()
    receiver.failing = True
    receiver.live(1)
    for tenth in range(100):
        if (read := receiver.ask(tenth / 10.0)) is not None:
            receiver.replay(read, 1, tenth / 10.0)
    assert receiver.health.undelivered > 10
    receiver.failing = False
    read = receiver.ask(10.0 + ReadLimits().undelivered_pause_s)
    assert read is not None
    receiver.replay(read, 1, 10.5)
    assert receiver.out == [1]


def test_what_is_held_is_bounded() -> None:
    receiver = Receiver(limits=ReadLimits(held_messages=10))
    for sequence in range(2, 100):
        receiver.live(sequence)
    assert receiver.health.dropped == 88
    receiver.replay(Read(1, 1, 1), 99, 0.0)
    assert receiver.out == list(range(1, 12))
