"""An attempt to connect ends in time, whatever the client does with a cancellation."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from nadhir.bus.nats import _within


async def deaf(cancellations: int) -> None:
    """Goes on after so many cancellations, as `asyncio.wait_for` may (Python 3.11)."""
    for _ in range(cancellations):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
    await asyncio.sleep(60)


def test_a_call_that_loses_cancellations_ends_in_time() -> None:
    async def test() -> None:
        async with asyncio.timeout(5):
            with pytest.raises(TimeoutError):
                await _within(0.01, deaf(3))

    asyncio.run(test())


def test_whoever_gives_up_waiting_ends_the_call_too() -> None:
    async def test() -> None:
        waiting = asyncio.create_task(_within(60, deaf(1)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(test())


def test_what_a_call_raises_is_raised() -> None:
    async def refused() -> None:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        asyncio.run(_within(1, refused()))
