"""The bus over NATS: core subjects for publish and subscribe, JetStream for streams (nats-server 2.11 or newer)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as ClientSubscription
from nats.js.api import DiscardPolicy, StorageType, StreamConfig

from nadhir.bus.port import BusDownError, BusError, Handler, Message, StreamState, WrongSequenceError

_WRONG_LAST_SEQUENCE = 10071
_EXPECTED_LAST_SEQUENCE = b"Nats-Expected-Last-Sequence"
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
        self._jetstream = self._client.jetstream(timeout=_ANSWER_WITHIN_S)
        # The client's own `publish_async` never reports a refusal (nats-py 2.16), so answers are taken here.
        self._answers: str | None = None
        self._appends = 0
        self._unstored: dict[str, asyncio.Future[None]] = {}
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
                    disconnected_cb=bus._on_disconnect,
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
        """See `Bus.publish`."""
        self._write([b"PUB %b %d\r\n%b\r\n" % (_words(subject), self._payload(data), data)])

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

    async def open_stream(self, stream: str, subjects: Sequence[str], *, max_bytes: int) -> StreamState:
        """See `Bus.open_stream`."""
        config = StreamConfig(
            name=stream,
            subjects=list(subjects),
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_bytes=max_bytes,
            allow_direct=True,
            deny_delete=True,
        )
        try:
            info = await _translated(self._jetstream.stream_info(stream))
        except _NotFoundError:
            info = await _translated(self._jetstream.add_stream(config))
        return StreamState(first=max(info.state.first_seq, 1), last=info.state.last_seq)

    async def append(self, subject: str, batch: Sequence[bytes], *, sequence: int) -> asyncio.Future[None]:
        """See `Bus.append`. Each message names the one before it, so that the answer to the last speaks for all."""
        if self._answers is None:
            inbox = self._client.new_inbox()
            await _translated(self._client.subscribe(f"{inbox}.*", cb=self._on_stored))
            # The server must know it before the first answer.
            await _translated(self._client.flush(timeout=2))
            self._answers = inbox
        self._appends += 1
        token = str(self._appends)
        stored = self._unstored[token] = asyncio.get_running_loop().create_future()
        answer = f"{self._answers}.{token}".encode()
        last = sequence + len(batch) - 1
        commands = []
        try:
            for number, data in enumerate(batch, start=sequence):
                content = b"NATS/1.0\r\n%b: %d\r\n\r\n" % (_EXPECTED_LAST_SEQUENCE, number - 1)
                head, content = len(content), content + data
                places = (_words(subject), answer if number == last else b"", head, self._payload(content), content)
                commands.append(b"HPUB %b %b %d %d\r\n%b\r\n" % places)
            self._write(commands)
        except BusError:
            self._unstored.pop(token, None)
            raise
        return stored

    def _payload(self, data: bytes) -> int:
        """Octets of what one message carries; the server cuts the connection where they are too many."""
        if len(data) > self._client.max_payload:
            raise BusError(f"a message of {len(data)} bytes, more than the {self._client.max_payload} that go")
        return len(data)

    def _write(self, commands: list[bytes]) -> None:
        """Hand commands of the client protocol to the socket. The client would leave that to another task, which comes
        after everything else that is to be done, and takes ten times as long."""
        client = self._client
        if not client.is_connected or client._transport is None:
            raise BusDownError("the server is away")
        try:
            client._transport.writelines(commands)
        except (OSError, RuntimeError) as error:
            # The client notices the lost connection itself, a moment later.
            raise BusDownError(str(error)) from error

    async def _on_stored(self, answer: Msg) -> None:
        stored = self._unstored.pop(answer.subject.rpartition(".")[2], None)
        if stored is None or stored.done():
            return
        error = msgspec.json.decode(answer.data, type=_Stored).error if answer.data else _NO_STREAM
        if error is None:
            stored.set_result(None)
        elif error.err_code == _WRONG_LAST_SEQUENCE:
            stored.set_exception(WrongSequenceError(error.description))
        else:
            stored.set_exception(BusDownError(error.description) if error.code == 503 else BusError(error.description))

    async def read(self, stream: str, from_sequence: int, *, limit: int, max_bytes: int) -> AsyncIterator[Message]:
        """See `Bus.read`. One batched direct get: no consumer is made on the server."""
        inbox = self._client.new_inbox()
        answers = await _translated(self._client.subscribe(inbox))
        request = msgspec.json.encode({"seq": from_sequence, "batch": limit, "max_bytes": max_bytes})
        try:
            await _translated(self._client.publish(f"$JS.API.DIRECT.GET.{stream}", request, reply=inbox))
            while True:
                answer = await _translated(answers.next_msg(timeout=_ANSWER_WITHIN_S))
                headers = answer.headers or {}
                status = headers.get("Status")
                if status in ("204", "404"):
                    return
                if status is not None:
                    raise BusError(f"stream {stream} cannot be read: {headers.get('Description', status)}")
                yield Message(headers["Nats-Subject"], answer.data, int(headers["Nats-Sequence"]))
        finally:
            with contextlib.suppress(nats.errors.Error):
                await answers.unsubscribe()

    async def request(self, subject: str, data: bytes) -> bytes:
        """Ask the server itself (its system account) and wait for the first answer."""
        answer: Msg = await _translated(self._client.request(subject, data, timeout=_ANSWER_WITHIN_S))
        return answer.data

    async def close(self) -> None:
        """See `Bus.close`."""
        self._fail_unstored()
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

    async def _on_disconnect(self) -> None:
        self._fail_unstored()

    def _fail_unstored(self) -> None:
        """Answers to what was sent before a disconnection never come."""
        for stored in self._unstored.values():
            if not stored.done():
                stored.set_exception(BusDownError("the server went away before it had stored this"))
        self._unstored.clear()


@lru_cache(1024)
def _words(subject: str) -> bytes:
    """A subject as it is written. A blank in it would begin another word of the command, or another command."""
    if not subject or any(sign.isspace() for sign in subject):
        raise ValueError(f"no subject: {subject!r}")
    return subject.encode()


class _NotFoundError(BusError):
    pass


class _Refusal(msgspec.Struct):
    code: int
    description: str
    err_code: int = 0


class _Stored(msgspec.Struct):
    error: _Refusal | None = None


_NO_STREAM = _Refusal(503, "no stream stores this, or none yet")


def _named(error: BaseException) -> BusError:
    if isinstance(error, nats.js.errors.NotFoundError):
        return _NotFoundError(error.description or "not found")
    if isinstance(error, nats.errors.OutboundBufferLimitError):
        return BusDownError("the server is away")
    if isinstance(error, nats.js.errors.ServiceUnavailableError) or not isinstance(error, nats.js.errors.APIError):
        return BusDownError(str(error) or type(error).__name__)
    return BusError(error.description or type(error).__name__)


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
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise _named(error) from error
