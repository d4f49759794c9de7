"""The bus over NATS (nats-server 2.11 or newer)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Coroutine
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as ClientSubscription

from nadhir.bus.port import BusDownError, BusError, Handler, Message

_ANSWER_WITHIN_S = 2.0
_CONNECTED_WITHIN_S = 3.0
_LOG = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Credentials(msgspec.Struct, frozen=True):
    """How to reach one account of a server: its address, and the seed of the nkey that the account knows."""

    url: str
    seed: str
    inbox_prefix: str = "_INBOX"


class NatsSubscription:
    """One subscription of the client; its queue lives in the client."""

    def __init__(self, inner: ClientSubscription) -> None:
        self.dropped = 0
        self._inner = inner

    async def close(self) -> None:
        """End it."""
        with contextlib.suppress(nats.errors.Error, OSError):
            await self._inner.unsubscribe()


class NatsBus:
    """A `Bus` on one account of a nats-server. Made by `connect`; reconnects for ever."""

    def __init__(self) -> None:
        self.errors = 0
        """Failures of handlers, and what the client reported outside any call; dropped messages not counted."""
        self._client = Client()
        self._subscriptions: dict[ClientSubscription, NatsSubscription] = {}

    @classmethod
    async def connect(cls, credentials: Credentials, *, name: str = "nadhir") -> NatsBus:
        """Connect once; raises `BusDownError` when the server does not answer or does not know the key."""
        bus = cls()
        try:
            # Left alone the client would try for ever, even with a key that is refused.
            await _within(
                _CONNECTED_WITHIN_S,
                bus._client.connect(
                    credentials.url,
                    name=name,
                    nkeys_seed_str=credentials.seed,
                    inbox_prefix=credentials.inbox_prefix.encode(),
                    connect_timeout=2,
                    allow_reconnect=True,
                    reconnect_time_wait=0.05,  # type: ignore[arg-type]
                    max_reconnect_attempts=-1,
                    ping_interval=2,
                    max_outstanding_pings=2,
                    # Nothing is kept for a server that is away: who publishes must know.
                    pending_size=-1,
                    error_cb=bus._on_error,
                ),
            )
        except (OSError, TimeoutError, nats.errors.Error) as error:
            with contextlib.suppress(Exception):
                await bus._client.close()
            raise BusDownError(f"no connection to {credentials.url}: {error or type(error).__name__}") from error
        return bus

    @property
    def connected(self) -> bool:
        """Whether the server is there now."""
        return self._client.is_connected

    def publish(self, subject: str, data: bytes) -> None:
        """See `Bus.publish`. The client would leave the writing to another task, which comes after everything else that
        is to be done, and takes ten times as long."""
        client = self._client
        if len(data) > client.max_payload:
            # The server would cut the connection.
            raise BusError(f"a message of {len(data)} bytes, more than the {client.max_payload} that go")
        if not client.is_connected or client._transport is None:
            raise BusDownError("the server is away")
        try:
            client._transport.write(b"PUB %b %d\r\n%b\r\n" % (_words(subject), len(data), data))
        except (OSError, RuntimeError) as error:
            # The client notices the lost connection itself, a moment later.
            raise BusDownError(str(error)) from error

    async def subscribe(self, pattern: str, handler: Handler, *, limit: int = 10_000) -> NatsSubscription:
        """See `Bus.subscribe`."""

        async def on_message(message: Msg) -> None:
            handler(Message(message.subject, message.data))

        inner = await _translated(self._client.subscribe(pattern, cb=on_message, pending_msgs_limit=limit))
        subscription = self._subscriptions[inner] = NatsSubscription(inner)
        try:
            await _translated(self._client.flush(timeout=2))
        except BusError:
            # Who tries again must not be heard twice once the server is back.
            await subscription.close()
            raise
        return subscription

    async def request(self, subject: str, data: bytes) -> bytes:
        """Ask the server itself (its system account) and wait for the first answer."""
        answer: Msg = await _translated(self._client.request(subject, data, timeout=_ANSWER_WITHIN_S))
        return answer.data

    async def close(self) -> None:
        """See `Bus.close`."""
        # What was still to be written to a server that is away fails here.
        with contextlib.suppress(OSError):
            await self._client.close()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, nats.errors.SlowConsumerError) and error.sub in self._subscriptions:
            self._subscriptions[error.sub].dropped += 1
        else:
            self.errors += 1
            # Each failed attempt to reconnect comes here too: those are no news.
            _LOG.log(logging.WARNING if self.connected else logging.DEBUG, "bus: %s", error or type(error).__name__)


@lru_cache(1024)
def _words(subject: str) -> bytes:
    """A subject as it is written. A blank in it would begin another word of the command, or another command."""
    if not subject or any(sign.isspace() for sign in subject):
        raise ValueError(f"no subject: {subject!r}")
    return subject.encode()


async def _within(seconds: float, call: Coroutine[Any, Any, object]) -> None:
    """Await a call of the client, at most so long. Raises TimeoutError.

    The client waits with `asyncio.wait_for`, which loses a cancellation that comes as what it waits for is done (Python
    3.11): one that goes on all the same is cancelled again.
    """
    task = asyncio.create_task(call)
    try:
        await asyncio.wait([task], timeout=seconds)
        is_late = not task.done()
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=0.05)
    if is_late:
        # What it raised last is no news.
        _ = task.cancelled() or task.exception()
        raise TimeoutError
    task.result()


async def _translated(call: Awaitable[_Result]) -> _Result:
    """Errors of the client as those of the port."""
    try:
        return await call
    except nats.errors.OutboundBufferLimitError as error:
        raise BusDownError("the server is away") from error
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise BusDownError(str(error) or type(error).__name__) from error
