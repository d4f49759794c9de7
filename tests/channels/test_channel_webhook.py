"""Webhooks against a local receiver: what is posted, signatures, retries with one id, refused addresses."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from made_up_warnings import outgoing

from nadhir.channels.ledger import Ledger
from nadhir.channels.port import ChannelError, Dispatcher, Outgoing, Retry
from nadhir.channels.webhook import Webhook, WebhookBody

SECRET = b"s" * 32


class Receiver(ThreadingHTTPServer):
    """Answers with the codes it is given, then with 204, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[int] = []
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.wait = threading.Event()
        self.wait.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.posts.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        self.server.wait.wait(5.0)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5.0)


def post(url: str, message: Outgoing, key: bytes | Ed25519PrivateKey = SECRET, timeout_s: float = 2.0) -> None:
    async def run() -> None:
        hook = Webhook("hook", "exercise", url, key, timeout_s, clock=lambda: 1_800_000_001.5)
        try:
            await hook.send(message)
        finally:
            await hook.close()

    asyncio.run(run())


def test_the_whole_message_is_posted_with_its_mode(receiver: Receiver) -> None:
    message = outgoing()
    post(receiver.url, message)
    path, headers, body = receiver.posts[0]
    assert path == "/hook"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "w1-0"
    assert headers["webhook-timestamp"] == "1800000001"
    posted = msgspec.json.decode(body, type=WebhookBody)
    assert posted.warning == message.warning
    assert posted.texts == message.texts
    assert posted.cap.encode() == message.cap
    assert posted.mode == "exercise"


def test_a_shared_secret_signs_id_time_and_body(receiver: Receiver) -> None:
    post(receiver.url, outgoing())
    _, headers, body = receiver.posts[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_an_ed25519_key_signs_id_time_and_body(receiver: Receiver) -> None:
    key = Ed25519PrivateKey.generate()
    post(receiver.url, outgoing(), key)
    _, headers, body = receiver.posts[0]
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key.public_key().verify(base64.b64decode(signature), signed)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(base64.b64decode(signature), signed + b" ")


def test_retries_keep_the_id(receiver: Receiver, tmp_path: Path) -> None:
    async def run() -> None:
        hook = Webhook("hook", "exercise", receiver.url, SECRET)
        async with Dispatcher([hook], ledger, Retry(first_pause_s=0.01), lambda: 1_800_000_001.0) as dispatcher:
            dispatcher.deliver(outgoing())
            async with asyncio.timeout(5.0):
                await dispatcher.idle()
        assert [(d.state, d.attempts) for d in dispatcher.deliveries] == [("sent", 3)]

    receiver.answers = [503, 429]
    ledger = Ledger(tmp_path / "ledger.jsonl")
    asyncio.run(run())
    assert [headers["webhook-id"] for _, headers, _ in receiver.posts] == ["w1-0"] * 3


@pytest.mark.parametrize(
    ("answer", "final"), [(500, False), (503, False), (429, False), (408, False), (400, True), (401, True), (302, True)]
)
def test_answers_that_another_attempt_may_turn(receiver: Receiver, answer: int, final: bool) -> None:
    receiver.answers = [answer]
    with pytest.raises(ChannelError, match=f"answered {answer}") as failure:
        post(receiver.url, outgoing())
    assert failure.value.final == final
    assert len(receiver.posts) == 1  # no redirect is followed


def test_a_slow_receiver_is_left(receiver: Receiver) -> None:
    receiver.wait.clear()
    with pytest.raises(ChannelError) as failure:
        post(receiver.url, outgoing(), timeout_s=0.2)
    assert not failure.value.final
    receiver.wait.set()


def test_nobody_there() -> None:
    with pytest.raises(ChannelError) as failure:
        post("http://127.0.0.1:9/hook", outgoing())
    assert not failure.value.final


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    post(receiver.url, outgoing())
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://warn.example/hook",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/hook",
        "https://user:secret@warn.example/hook",
        "file:///etc/passwd",
        "ftp://warn.example/hook",
        "/hook",
        "https://",
        "http://127.0.0.1.warn.example/",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="webhook hook:"):
        Webhook("hook", "exercise", url, SECRET)


@pytest.mark.parametrize(
    "url", ["https://warn.example/hook", "http://127.0.0.1:8/x", "http://[::1]:8/x", "http://localhost"]
)
def test_addresses_that_are_taken(url: str) -> None:
    Webhook("hook", "exercise", url, SECRET)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Webhook("hook", "exercise", "https://warn.example/hook", b"short")
