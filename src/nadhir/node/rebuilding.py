"""How a live node takes up its state of before: files are read in a thread beside the event loop, and inputs are taken
again a few at a time, so that health is answered meanwhile and the server's pings are."""

from __future__ import annotations

import asyncio
from itertools import chain

from nadhir.node.live import LiveNode

SLICE_S = 0.01
"""After so long others have their turn."""


async def rebuild(node: LiveNode) -> None:
    """Rebuild the state from the logs. The node must get nothing else before this returns."""
    lacking = await asyncio.to_thread(node.lacking_in_store, node.stored)
    before = await asyncio.to_thread(node.read_before)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in chain(node.bring_up_decisions(lacking), node.rebuild(before)):
        if loop.time() - begun > SLICE_S:
            await asyncio.sleep(0)
            begun = loop.time()
