"""Webhooks: each state of a warning posted as JSON to addresses of the configuration, and to no others.

Signed by the Standard Webhooks specification, version 1.0.0: `webhook-signature` holds `v1,` and the HMAC-SHA256, or
`v1a,` and the Ed25519 signature, base64, of `webhook-id.webhook-timestamp.body`. The id is the CAP identifier and stays
the same over retries, so a receiver can tell a repetition.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import time
from collections.abc import Callable

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nadhir.channels.port import ChannelError, Outgoing
from nadhir.channels.text import Language, WarningText
from nadhir.model import Mode, WarningProduct

AGAIN = frozenset({408, 425, 429})
"""Refusals that another attempt may turn, besides those of 500 and above."""
SHORTEST_SECRET = 24
"""Bytes, as the specification asks."""


class WebhookBody(msgspec.Struct, frozen=True):
    """What is posted. `mode` stands outside too, so that nobody takes a drill for real; `cap` is the signed alert."""

    identifier: str
    mode: Mode
    expires: float
    warning: WarningProduct
    texts: dict[Language, WarningText]
    cap: str


class Webhook:
    """One address, a channel of the port.

    `key` is a shared secret of at least 24 bytes or an Ed25519 private key. The address is taken as it is configured:
    redirects are not followed, proxies of the environment are not used, and plain HTTP is only for this machine.
    """

    def __init__(
        self,
        name: str,
        mode: Mode,
        url: str,
        key: bytes | Ed25519PrivateKey,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.mode = mode
        self._url = _checked(name, url)
        if isinstance(key, bytes) and len(key) < SHORTEST_SECRET:
            raise ValueError(f"webhook {name}: the secret is too short; give {SHORTEST_SECRET} random bytes or more")
        self._key = key
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=timeout_s, follow_redirects=False, trust_env=False)

    async def send(self, message: Outgoing) -> None:
        """Post `message`; any answer of 200 to 299 takes it over."""
        body = msgspec.json.encode(
            WebhookBody(
                message.identifier,
                message.warning.mode,
                message.expires,
                message.warning,
                message.texts,
                message.cap.decode(),
            )
        )
        identifier = message.identifier
        timestamp = str(int(self._clock()))
        headers = {
            "content-type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": timestamp,
            "webhook-signature": self._sign(f"{identifier}.{timestamp}.".encode() + body),
        }
        try:
            # Only the head of the answer is read: a receiver cannot hold us up with its body.
            async with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            raise ChannelError(f"{self._url.host}: {error or type(error).__name__}") from error
        if not 200 <= status < 300:
            raise ChannelError(f"{self._url.host} answered {status}", final=status < 500 and status not in AGAIN)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _sign(self, content: bytes) -> str:
        if isinstance(self._key, bytes):
            return "v1," + base64.b64encode(hmac.digest(self._key, content, hashlib.sha256)).decode()
        return "v1a," + base64.b64encode(self._key.sign(content)).decode()


def _checked(name: str, url: str) -> httpx.URL:
    """The configured address, if it is one that warnings may be sent to."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"webhook {name}: {url!r} is no URL: {error}") from error
    if address.userinfo:
        raise ValueError(f"webhook {name}: no user name or password in the URL; the signature says who sends")
    if address.scheme == "https" and address.host:
        return address
    if address.scheme == "http" and _is_this_machine(address.host):
        return address
    raise ValueError(f"webhook {name}: {url!r} must be an https address (http only for this machine)")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
