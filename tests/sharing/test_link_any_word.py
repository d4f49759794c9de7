"""Whatever a partner says on a link, in any word of it: it is counted, and all else still arrives."""

from __future__ import annotations

import asyncio

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from link_parts import End, in_order_exactly_once
from nations import until

from nadhir.bus import MemoryBus
from nadhir.sharing.link import LinkSettings
from nadhir.sharing.link_messages import KINDS, PULSE, READ, RECALL, REPLAY, REPLAYED, RETURN, RETURNED, subject

WORDS = (*sorted(KINDS), PULSE, READ, RECALL, REPLAY, REPLAYED, RETURN, RETURNED, "nothing")
NUMBERS = st.sampled_from([0, 1, 2, 5, 2**31, 2**63, 2**64 - 1, -1, -(2**63)]) | st.integers(-(2**63), 2**64 - 1)
MESSAGES = st.one_of(
    st.binary(max_size=40),
    st.lists(NUMBERS | st.binary(max_size=8) | st.text(max_size=4) | st.none(), max_size=7).map(msgspec.msgpack.encode),
    st.tuples(NUMBERS.map(lambda number: (number % 2**64).to_bytes(8, "big")), st.binary(max_size=20)).map(b"".join),
)
DEEP = b"\x97" + b"\x01\x01\xc4\x00\x01\x01" + b"\x91" * 50_000
"""A pulse with a further element, as a later version may have: nested deeper than anything reads."""
NO_TEXT = b"\x92\x01\xa2\xff\xfe"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), MESSAGES), max_size=20))
@example([(word, data) for word in WORDS for data in (DEEP, NO_TEXT, b"")])
def test_it_is_counted_and_the_rest_arrives(said: list[tuple[str, bytes]]) -> None:
    async def test() -> None:
        settings = LinkSettings(pulse_s=0.02, silent_s=0.3)
        bus, korea, japan = MemoryBus(), End("KOR", "JPN", settings), End("JPN", "KOR", settings)
        async with korea.running(bus), japan.running(bus):
            korea.offer()
            for word, data in said:
                bus.publish(subject("JPN", "KOR", word), data)
                await asyncio.sleep(0)
            korea.offer(text="after")
            japan.offer(text="after")
            await until(lambda: len(japan.delivered) == 2 and len(korea.delivered) == 1)
            assert in_order_exactly_once(korea, japan)
            assert in_order_exactly_once(japan, korea)
            assert not bus.errors

    asyncio.run(test())
