"""Two ends of a link on one bus in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from link_parts import End, Sealed, in_order_exactly_once
from nations import until

from nadhir.bus import BusDownError, MemoryBus
from nadhir.sharing.link import LinkSettings, Quota
from nadhir.sharing.link_messages import Pulse, Read, Replayed, decode_replayed, encode, frame, unframe
from nadhir.sharing.link_out import SendLimits


class LossyBus(MemoryBus):
    """Live messages vanish and the server goes away when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.loses: Callable[[str, bytes], bool] = lambda subject, data: False
        self.down = False

    def publish(self, subject: str, data: bytes) -> None:
        if self.down:
            raise BusDownError("away")
        if not self.loses(subject, data):
            super().publish(subject, data)


FAST = LinkSettings(pulse_s=0.02, silent_s=0.3)


def test_everything_arrives_both_ways() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus) as k, japan.running(bus) as j:
            k.note = b"signed head"
            for number in range(300):
                korea.offer(text=str(number))
                japan.offer("detection", text=str(number))
            await until(lambda: len(japan.delivered) == len(korea.delivered) == 300)
            await until(lambda: k.health.acknowledged == j.health.acknowledged == 300)
            assert in_order_exactly_once(korea, japan)
            assert in_order_exactly_once(japan, korea)
            assert korea.stored == list(range(1, 301))
            assert j.health.gaps == j.health.duplicates == 0
            assert k.health.connected
            assert japan.notes == [b"signed head"]

    asyncio.run(test())


def test_lost_live_messages_are_fetched() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        bus.loses = lambda subject, data: subject == "rel.KOR.JPN.track" and data[7] % 3 == 0
        async with korea.running(bus), japan.running(bus) as j:
            for _ in range(100):
                korea.offer()
            await until(lambda: len(japan.delivered) == 100)
            assert in_order_exactly_once(korea, japan)
            assert j.health.gaps > 0
            assert j.health.refetched >= 33

    asyncio.run(test())


def test_a_warning_passes_bulk_that_waits() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus):
            for kind in ("detection",) * 500 + ("track",) * 500 + ("impact", "warning"):
                korea.offer(kind)
            await until(lambda: len(japan.delivered) == 1002)
            kinds = [sealed.kind for sealed in korea.sealed]
            assert kinds == ["warning", "impact"] + ["track"] * 500 + ["detection"] * 500
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_what_is_urgent_is_sent_at_once_and_bulk_goes_together() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus):
            korea.offer()
            await until(lambda: len(korea.sealed) == 1)
            sent: list[str] = []
            bus.loses = lambda subject, data: bool(sent.append(subject))  # type: ignore[func-returns-value]
            korea.offer("track")
            assert sent == []
            korea.offer("impact")
            assert sent == ["rel.KOR.JPN.impact"]
            await until(lambda: len(japan.delivered) == 3)
            assert [sealed.kind for sealed in korea.sealed] == ["track", "impact", "track"]
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_what_is_urgent_while_the_server_is_away_goes_when_it_is_back() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus):
            korea.offer("impact")
            await until(lambda: len(japan.delivered) == 1)
            bus.down = True
            korea.offer("impact")
            korea.offer("warning")
            await asyncio.sleep(0.05)
            assert len(japan.delivered) == 1
            bus.down = False
            await until(lambda: len(japan.delivered) == 3)
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_a_warning_is_shown_before_a_backlog_is_fetched() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus):
            bus.loses = lambda subject, data: not subject.endswith("warning")
            for _ in range(50):
                korea.offer()
            await until(lambda: len(korea.stored) == 50)
            korea.offer("warning")
            await until(lambda: japan.shown == [51])
            assert japan.delivered == []
            bus.loses = lambda subject, data: False
            await until(lambda: len(japan.delivered) == 51)
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_a_link_ends_even_where_that_is_asked_together_with_a_nudge() -> None:
    async def test() -> None:
        korea = End("KOR", "JPN")
        async with korea.running(LossyBus()) as link:
            [running] = [task for task in asyncio.all_tasks() if "Link.run" in repr(task.get_coro())]
            await asyncio.sleep(0.05)
            link._nudge.set()
            running.cancel()
            await asyncio.wait({running}, timeout=2)
            assert running.cancelled()

    asyncio.run(test())


def test_a_full_queue_gives_up_the_oldest_of_its_kind_and_leaves_no_gap() -> None:
    async def test() -> None:
        bus = LossyBus()
        settings = LinkSettings(pulse_s=0.02, send=SendLimits(queued=10))
        korea, japan = End("KOR", "JPN", settings), End("JPN", "KOR", FAST)
        async with korea.running(bus) as k, japan.running(bus):
            bus.down = True
            await asyncio.sleep(0.05)
            for number in range(30):
                korea.offer(text=str(number))
            korea.offer("warning")
            # The one that was sealed when the server went away keeps its number.
            assert k.health.shed == 20
            bus.down = False
            await until(lambda: len(japan.delivered) == 11)
            assert in_order_exactly_once(korea, japan)
            assert japan.delivered[0][1] == b"KOR:1:warning"
            assert japan.delivered[-1][1] == b"KOR:11:29"

    asyncio.run(test())


def test_a_node_that_is_killed_between_seal_and_store_goes_on_from_its_log() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with japan.running(bus):
            async with korea.running(bus):
                korea.offer()
                await until(lambda: len(japan.delivered) == len(korea.stored) == 1)
                bus.down = True
                korea.offer("warning")
                await until(lambda: len(korea.sealed) == 2)
            bus.down = False
            async with korea.running(bus):
                korea.offer()
                await until(lambda: len(japan.delivered) == 3)
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_nothing_is_stored_before_it_is_secure_and_live_does_not_wait() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        ahead_of_the_disk = 0

        def insecure(subject: str, data: bytes) -> bool:
            nonlocal ahead_of_the_disk
            if subject == "rel.KOR.JPN.track":
                ahead_of_the_disk += unframe(data)[0] > korea.secured
            return False

        replayed: list[int] = []

        def replay(subject: str, data: bytes) -> bool:
            if subject == "rel.KOR.JPN.replay":
                replayed.append(unframe(data)[0])
                assert replayed[-1] <= korea.secured
            return insecure(subject, data)

        bus.loses = replay
        async with korea.running(bus) as link, japan.running(bus):
            korea.fail_secures, korea.disk_takes_s = 2, 0.02
            for _ in range(50):
                korea.offer()
            await until(lambda: len(japan.delivered) == 50)
            bus.publish("rel.JPN.KOR.read", encode(Read(1, 1_000, 1 << 20)))
            await asyncio.sleep(0.02)
            assert (korea.secured, korea.stored, replayed) == (0, [], [])
            await until(lambda: link.health.reads_served == 1)
            assert korea.stored == replayed == list(range(1, 51))
            assert ahead_of_the_disk == 50
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_what_a_loss_of_power_took_from_the_log_comes_back_from_the_partner() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with japan.running(bus):
            async with korea.running(bus):
                korea.offer(text="first")
                await until(lambda: len(korea.stored) == 1)
                korea.disk_takes_s = 60.0
                for number in range(40):
                    korea.offer(text=f"ahead of the disk {number}")
                await until(lambda: len(japan.delivered) == 41)
            assert korea.secured == 1
            korea.lose_power()
            korea.disk_takes_s = 0.0
            async with korea.running(bus) as link:
                korea.offer(text="after")
                await until(lambda: len(japan.delivered) == 42)
                assert link.health.taken_back == 40
                assert japan.delivered[-1][1] == b"KOR:42:after"
                await until(lambda: len(korea.stored) == 42)
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_after_a_loss_of_power_nothing_is_numbered_before_the_partner_has_spoken() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        korea.is_whole = False
        async with korea.running(bus) as link:
            korea.offer("warning")
            await until(lambda: "must say" in link.health.error)
            await asyncio.sleep(0.1)
            assert korea.sealed == []
            async with japan.running(bus):
                await until(lambda: len(japan.delivered) == 1)
                assert link.health.error == ""
            assert korea.is_whole

    asyncio.run(test())


def test_what_a_partner_says_of_an_earlier_start_does_not_count() -> None:
    """An answer that was on its way when the power went does not know what was still to come in before it."""

    async def test() -> None:
        bus, korea = LossyBus(), End("KOR", "JPN", FAST)
        korea.is_whole = False
        async with korea.running(bus):
            korea.offer()
            for heard in (0, 7):
                bus.publish("rel.JPN.KOR.pulse", encode(Pulse(0, 0, b"", 1, heard)))
            await asyncio.sleep(0.1)
            assert korea.sealed == []

    asyncio.run(test())


def test_a_partner_cannot_give_back_what_was_never_ours() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        japan.delivered = [(1, b"KOR:1:one"), (2, b"USA:2:forged")]
        korea.is_whole = False
        async with korea.running(bus) as link, japan.running(bus):
            korea.offer()
            await until(lambda: link.health.refused > 0)
            assert [sealed.envelope for sealed in korea.sealed] == [b"KOR:1:one"]
            assert not korea.is_whole

    asyncio.run(test())


def test_a_partner_forgets_what_it_held_of_an_owner_that_began_anew() -> None:
    """Behind a gap it held what the owner then lost with the power: the number belongs to another release now."""

    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with japan.running(bus) as link:
            async with korea.running(bus):
                korea.disk_takes_s = 60.0
                bus.loses = lambda subject, data: subject == "rel.KOR.JPN.track" and unframe(data)[0] == 1
                korea.offer(text="lost on the way")
                korea.offer(text="held")
                await until(lambda: link.health.gaps == 1)
            bus.loses = lambda subject, data: False
            korea.lose_power()
            korea.disk_takes_s = 0.0
            async with korea.running(bus):
                for text in ("one", "two", "three"):
                    korea.offer(text=text)
                await until(lambda: len(japan.delivered) == 3)
        assert in_order_exactly_once(korea, japan)
        assert japan.delivered[1][1] == b"KOR:2:two"

    asyncio.run(test())


def test_a_log_put_back_from_a_backup_gets_the_rest_from_the_partner() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus):
            for number in range(2500):
                korea.offer(text=str(number))
            await until(lambda: len(korea.stored) == len(japan.delivered) == 2500)
        del korea.sealed[5:]
        korea.is_whole = False
        async with korea.running(bus) as link, japan.running(bus):
            korea.offer(text="after")
            await until(lambda: len(japan.delivered) == 2501)
            assert link.health.taken_back == 2495
        assert in_order_exactly_once(korea, japan)
        assert japan.delivered[-1][1] == b"KOR:2501:after"

    asyncio.run(test())


def test_a_log_that_cannot_be_read_is_shown_and_passes_nothing_until_it_can() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus) as link, japan.running(bus):
            bus.loses = lambda subject, data: subject == "rel.KOR.JPN.track"
            korea.damage = "byte 200 is damaged"
            for _ in range(30):
                korea.offer()
            await until(lambda: link.health.unreadable == "byte 200 is damaged")
            assert japan.delivered == []
            korea.damage = ""
            await until(lambda: len(japan.delivered) == 30)
            await until(lambda: link.health.unreadable == "")
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_of_a_partner_that_keeps_asking_the_newest_question_is_answered_in_the_end() -> None:
    async def test() -> None:
        bus, korea = LossyBus(), End("KOR", "JPN", FAST)
        answers: list[Replayed] = []
        async with korea.running(bus) as link:
            for _ in range(100):
                korea.offer()
            await until(lambda: len(korea.stored) == 100)
            await bus.subscribe("rel.KOR.JPN.replayed", lambda message: answers.append(decode_replayed(message.data)))
            for first in range(1, 1001):
                bus.publish("rel.JPN.KOR.read", encode(Read(first % 100 + 1, 1_000, 1 << 20)))
            bus.publish("rel.JPN.KOR.read", encode(Read(90, 5, 1 << 20)))
            await until(lambda: Replayed(90, 5, 90) in answers)
            # Each is read while many others come in.
            assert link.health.reads_served < 500

    asyncio.run(test())


def test_a_record_that_has_become_needless_takes_no_number() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus) as link, japan.running(bus):
            link.offer("warning", lambda sequence: None)
            korea.offer()
            await until(lambda: len(japan.delivered) == 1)
            assert link.health.queued == 0
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_a_receiver_that_is_killed_goes_on_from_its_log() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus):
            for life in range(1, 4):
                async with japan.running(bus):
                    korea.offer()
                    await until(lambda life=life: len(japan.delivered) == 2 * life - 1)
                korea.offer()
            async with japan.running(bus):
                await until(lambda: len(japan.delivered) == 6)
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_a_record_that_cannot_be_logged_keeps_its_place() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus) as link, japan.running(bus):
            full = True

            def seal(sequence: int) -> bytes:
                if full:
                    raise OSError("no space left on device")
                korea.sealed.append(Sealed(sequence, "track", b"KOR:%d:late" % sequence))
                return korea.sealed[-1].envelope

            link.offer("track", seal)
            await until(lambda: "no space" in link.health.error)
            korea.offer("warning")
            await until(lambda: len(japan.delivered) == 1)
            full = False
            await until(lambda: len(japan.delivered) == 2)
            assert in_order_exactly_once(korea, japan)
            assert link.health.error == ""

    asyncio.run(test())


def test_our_own_full_disk_delays_and_loses_nothing() -> None:
    async def test() -> None:
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", FAST)
        async with korea.running(bus), japan.running(bus) as link:
            japan.fail_deliveries = 2
            for _ in range(20):
                korea.offer()
            await until(lambda: len(japan.delivered) == 20)
            assert link.health.undelivered == 2
            assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_a_flooding_partner_is_not_heard_for_a_while_and_nobody_else_notices() -> None:
    async def test() -> None:
        bus = LossyBus()
        quota = LinkSettings(pulse_s=0.02, messages_per_s=500, mute_s=0.1, queue=100_000)
        korea_japan, japan_korea = End("KOR", "JPN", FAST), End("JPN", "KOR", quota)
        usa_japan, japan_usa = End("USA", "JPN", FAST), End("JPN", "USA", quota)
        async with (
            korea_japan.running(bus) as k,
            japan_korea.running(bus) as flooded,
            usa_japan.running(bus),
            japan_usa.running(bus) as calm,
        ):
            await until(lambda: k.health.connected)
            for _ in range(3000):
                bus.publish("rel.KOR.JPN.track", frame(1 << 40, b"noise"))
            korea_japan.offer("warning")
            usa_japan.offer("warning")
            await until(lambda: len(japan_usa.delivered) == 1)
            await until(lambda: flooded.health.throttled > 0)
            await until(lambda: len(japan_korea.delivered) == 1)
            assert calm.health.throttled == 0
            assert in_order_exactly_once(korea_japan, japan_korea)

    asyncio.run(test())


def test_who_catches_up_keeps_to_its_quota_and_is_heard_all_the_time() -> None:
    async def test() -> None:
        quota = LinkSettings(pulse_s=0.02, messages_per_s=2_000)
        bus, korea, japan = LossyBus(), End("KOR", "JPN", FAST), End("JPN", "KOR", quota)
        async with korea.running(bus):
            for _ in range(8_000):
                korea.offer()
            await until(lambda: len(korea.stored) == 8_000)
            async with japan.running(bus) as link:
                await until(lambda: len(japan.delivered) == 8_000, 15.0)
                assert link.health.throttled == 0
        assert in_order_exactly_once(korea, japan)

    asyncio.run(test())


def test_the_watchdog_has_a_silent_link_dialled_anew() -> None:
    async def test() -> None:
        bus, korea = LossyBus(), End("KOR", "JPN", LinkSettings(pulse_s=0.02, silent_s=0.1))
        resets: list[float] = []

        async def reset(heard: bool) -> str:
            resets.append(asyncio.get_running_loop().time())
            return "kicked"

        japan = End("JPN", "KOR", FAST)
        async with korea.running(bus, reset) as link:
            await until(lambda: len(resets) == 3)
            assert resets[2] - resets[1] > 1.5 * (resets[1] - resets[0])
            assert not link.health.connected
            async with japan.running(bus):
                await until(lambda: link.health.connected)
                counted = len(resets)
                await asyncio.sleep(0.3)
                assert len(resets) == counted
                assert link.health.resumed_s is not None

    asyncio.run(test())


def test_a_partner_that_is_away_is_looked_for_all_the_time() -> None:
    """However long the line is cut: what can be dialled again is dialled within a moment of its return."""

    async def test() -> None:
        settings = LinkSettings(pulse_s=0.02, silent_s=0.1, away_s=0.05)
        bus, korea, japan = LossyBus(), End("KOR", "JPN", settings), End("JPN", "KOR", FAST)
        asked: list[tuple[float, bool]] = []

        async def reset(heard: bool) -> str:
            asked.append((asyncio.get_running_loop().time(), heard))
            return "nothing"

        async with korea.running(bus, reset) as link:
            async with japan.running(bus):
                await until(lambda: link.health.connected)
            await until(lambda: len(asked) == 10)
            assert [heard for _, heard in asked] == [True] + [False] * 9
            assert asked[-1][0] - asked[0][0] < 20 * settings.away_s
            assert link.health.resets == 0

    asyncio.run(test())


def test_words_that_are_none_are_counted() -> None:
    async def test() -> None:
        bus, japan = LossyBus(), End("JPN", "KOR", FAST)
        async with japan.running(bus) as link:
            await asyncio.sleep(0.05)
            for word in ("pulse", "read", "replayed", "track"):
                bus.publish(f"rel.KOR.JPN.{word}", b"\xc1")
            await until(lambda: link.health.refused == 4)

    asyncio.run(test())


def test_quota() -> None:
    quota = Quota(100, 1e6)
    assert all(quota.take(100, 0.0) for _ in range(200))
    assert not quota.take(100, 0.0)
    assert quota.take(100, 0.5)
    assert not Quota(100, 1000).take(3000, 0.0)
    assert Quota(100, 1e7).to_ask_for(0.0) == (100, 10_000_000)
    half_empty = Quota(100, 1e6)
    assert half_empty.to_ask_for(0.0) == (100, 1_000_000)
    assert half_empty.take(1_100_000, 0.0)
    assert half_empty.to_ask_for(0.0) == (0, 0)
    assert half_empty.to_ask_for(0.2) == (100, 550_000)
