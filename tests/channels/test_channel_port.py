"""Delivery: lanes that hold nobody up, retries, replacement, ends, and a ledger that survives a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_warnings import outgoing, the_end

from nadhir.channels.ledger import Delivery, Ledger
from nadhir.channels.port import Channel, ChannelError, Dispatcher, Outgoing, Retry
from nadhir.model import Mode

QUICK = Retry(first_pause_s=0.001, longest_pause_s=0.004, attempt_s=0.05)
NOW = 1_800_000_010.0


class Recorder:
    """A channel that keeps what it is told and fails as often as it is asked to."""

    def __init__(self, name: str = "a", mode: Mode = "exercise", failures: int = 0, final: bool = False) -> None:
        self.name = name
        self.mode: Mode = mode
        self.failures = failures
        self.final = final
        self.attempts: list[str] = []
        self.said: list[str] = []
        self.hold: asyncio.Event | None = None
        self.closed = False

    async def send(self, message: Outgoing) -> None:
        self.attempts.append(message.identifier)
        if self.hold:
            await self.hold.wait()
        if self.failures:
            self.failures -= 1
            raise ChannelError("the far side is down", final=self.final)
        self.said.append(message.identifier)

    async def close(self) -> None:
        self.closed = True


def carry(
    tmp_path: Path,
    channels: Sequence[Channel],
    messages: Sequence[Outgoing],
    retry: Retry = QUICK,
    clock: Callable[[], float] = lambda: NOW,
) -> Dispatcher:
    """Deliver `messages` and wait until all is settled."""

    async def run() -> Dispatcher:
        async with Dispatcher(channels, ledger, retry, clock) as dispatcher:
            for message in messages:
                dispatcher.deliver(message)
            async with asyncio.timeout(5.0):
                await dispatcher.idle()
        return dispatcher

    ledger = Ledger(tmp_path / "ledger.jsonl")
    try:
        return asyncio.run(run())
    finally:
        ledger.close()


def deliveries(tmp_path: Path) -> list[str]:
    return [line.split('"state":"')[1].split('"')[0] for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]


def test_a_message_reaches_every_channel_of_its_mode(tmp_path: Path) -> None:
    drill, other, real = Recorder("a"), Recorder("b"), Recorder("c", mode="live")
    dispatcher = carry(tmp_path, [drill, other, real], [outgoing()])
    assert drill.said == other.said == ["w1-0"]
    assert real.attempts == []
    assert [(d.channel, d.state, d.attempts) for d in dispatcher.deliveries] == [("a", "sent", 1), ("b", "sent", 1)]
    assert drill.closed


def test_a_replay_reaches_nothing(tmp_path: Path) -> None:
    channel = Recorder()
    with pytest.raises(ValueError, match="replay reaches nothing"):
        carry(tmp_path, [channel], [outgoing(mode="replay")])
    assert channel.attempts == []
    with pytest.raises(ValueError, match="replay reaches nothing"):
        Dispatcher([Recorder(mode="replay")], Ledger(tmp_path / "other.jsonl"))


def test_names_are_unique(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same name"):
        Dispatcher([Recorder(), Recorder()], Ledger(tmp_path / "ledger.jsonl"))


def test_failures_are_tried_again_and_counted(tmp_path: Path) -> None:
    channel = Recorder(failures=3)
    dispatcher = carry(tmp_path, [channel], [outgoing()])
    assert channel.said == ["w1-0"]
    assert [(d.state, d.attempts) for d in dispatcher.deliveries] == [("sent", 4)]
    status = dispatcher.statuses[0]
    assert (status.sent, status.failed, status.failures_in_row, status.waiting) == (1, 0, 0, 0)
    assert status.last_error == "the far side is down"
    assert status.last_sent == NOW


def test_a_refusal_for_good_is_not_tried_again(tmp_path: Path) -> None:
    channel = Recorder(failures=1, final=True)
    dispatcher = carry(tmp_path, [channel], [outgoing(), outgoing("w2")])
    assert channel.said == ["w2-0"]
    assert {(d.warning, d.state) for d in dispatcher.deliveries} == {("w1", "failed"), ("w2", "sent")}
    assert dispatcher.statuses[0].failed == 1


def test_a_channel_that_hangs_or_breaks_holds_up_no_other(tmp_path: Path) -> None:
    class Broken(Recorder):
        async def send(self, message: Outgoing) -> None:
            self.attempts.append(message.identifier)
            raise RuntimeError("a bug")

    async def run() -> None:
        hanging.hold = asyncio.Event()
        async with Dispatcher([hanging, broken, well], ledger, QUICK, lambda: NOW) as dispatcher:
            for number in range(20):
                dispatcher.deliver(outgoing(f"w{number}"))
            async with asyncio.timeout(3.0):
                while len(well.said) < 20 or len(hanging.attempts) < 2 or len(broken.attempts) < 2:
                    await asyncio.sleep(0.005)
            states = {status.channel: status for status in dispatcher.statuses}
            assert states["hanging"].last_error == "TimeoutError"
            assert states["broken"].last_error == "a bug"
            assert states["hanging"].waiting == states["broken"].waiting == 20

    hanging, broken, well = Recorder("hanging"), Broken("broken"), Recorder("well")
    ledger = Ledger(tmp_path / "ledger.jsonl")
    asyncio.run(run())


def test_a_warning_that_fails_gives_others_their_turn(tmp_path: Path) -> None:
    class Choosy(Recorder):
        async def send(self, message: Outgoing) -> None:
            if message.warning.warning == "w1" and len(self.said) < 3:
                raise ChannelError("not this one yet")
            await super().send(message)

    channel = Choosy()
    carry(tmp_path, [channel], [outgoing(f"w{number}") for number in (1, 2, 3, 4)])
    assert channel.said == ["w2-0", "w3-0", "w4-0", "w1-0"]


def test_a_newer_state_replaces_one_that_waits(tmp_path: Path) -> None:
    channel = Recorder()
    carry(tmp_path, [channel], [outgoing(), outgoing("w2"), outgoing(revision=1), the_end(revision=2)])
    assert channel.said == ["w1-2", "w2-0"]
    assert deliveries(tmp_path).count("superseded") == 2


def test_a_newer_state_is_not_lost_while_the_older_is_on_its_way(tmp_path: Path) -> None:
    async def run() -> None:
        channel.hold = asyncio.Event()
        async with Dispatcher([channel], ledger, Retry(), lambda: NOW) as dispatcher:
            dispatcher.deliver(outgoing())
            while not channel.attempts:
                await asyncio.sleep(0)
            dispatcher.deliver(the_end())
            channel.hold.set()
            await dispatcher.idle()

    channel = Recorder()
    ledger = Ledger(tmp_path / "ledger.jsonl")
    asyncio.run(run())
    assert channel.said == ["w1-0", "w1-1"]
    assert not ledger.open_warnings()


def test_what_has_expired_is_not_said_but_an_end_always_is(tmp_path: Path) -> None:
    channel = Recorder()
    dispatcher = carry(tmp_path, [channel], [outgoing(valid_s=5.0), the_end("w2", valid_s=5.0)])
    assert channel.said == ["w2-1"]
    assert {(d.warning, d.state) for d in dispatcher.deliveries} == {("w1", "expired"), ("w2", "sent")}


def test_a_full_lane_refuses_alerts_and_shows_it_but_takes_ends(tmp_path: Path) -> None:
    channel = Recorder()
    retry = Retry(first_pause_s=0.001, waiting=2)
    dispatcher = carry(tmp_path, [channel], [outgoing(f"w{n}") for n in (1, 2, 3)] + [the_end("w4")], retry)
    assert channel.said == ["w1-0", "w2-0", "w4-1"]
    refused = [d for d in dispatcher.deliveries if d.state == "failed"]
    assert [(d.warning, d.error) for d in refused] == [("w3", "no room: too many warnings wait for this channel")]


def test_an_end_is_owed_on_every_channel_that_carried_the_warning_even_after_a_restart(tmp_path: Path) -> None:
    carry(tmp_path, [Recorder("a"), Recorder("b"), Recorder("c", failures=1, final=True)], [outgoing()])
    ledger = Ledger(tmp_path / "ledger.jsonl")
    # The refused attempt may have got out too.
    assert ledger.open_warnings() == {"w1": {"a", "b", "c"}}
    ledger.close()

    again = Recorder("a")
    dispatcher = carry(tmp_path, [again, Recorder("c")], [the_end()])
    assert again.said == ["w1-1"]
    failed = [d for d in dispatcher.deliveries if d.state == "failed"]
    assert [d.channel for d in failed] == ["b"]
    assert "by hand" in failed[0].error
    assert Ledger(tmp_path / "ledger.jsonl").open_warnings() == {"w1": {"b"}}


def test_a_channel_that_changed_its_mode_owes_the_end_too(tmp_path: Path) -> None:
    carry(tmp_path, [Recorder("a")], [outgoing()])
    dispatcher = carry(tmp_path, [Recorder("a", mode="live")], [the_end()])
    assert [(d.channel, d.state) for d in dispatcher.deliveries] == [("a", "failed")]


def test_a_ledger_that_was_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    carry(tmp_path, [Recorder("a")], [outgoing(), outgoing("w2")])
    path.write_bytes(path.read_bytes() + b'{"channel":"a","warn')
    ledger = Ledger(path)
    assert ledger.unreadable == 1
    assert set(ledger.open_warnings()) == {"w1", "w2"}
    ledger.note(Delivery("a", "w1", 1, True, "sent", NOW))
    assert set(Ledger(path).open_warnings()) == {"w2"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans(), st.booleans()), max_size=30))
def test_a_ledger_says_the_same_when_read_again(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, bool, bool]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    ledger = Ledger(path)
    owed: set[tuple[str, str]] = set()
    for channel, warning, ends, works in steps:
        ledger.note(Delivery(channel, warning, 0, ends, "sending", NOW))
        owed.add((warning, channel))
        if works:
            ledger.note(Delivery(channel, warning, 0, ends, "sent", NOW))
            owed -= {(warning, channel)} if ends else set()
    expected = {warning: frozenset(c for w, c in owed if w == warning) for warning, _ in owed}
    assert ledger.open_warnings() == Ledger(path).open_warnings() == expected
