"""What every answer of the console carries, and what no request gets past: an ASGI application around another.

Host names other than those that the operator named are refused, so that no page elsewhere can have this one's address
(DNS rebinding); addresses need no name. What changes something must come from a page of the console itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from nadhir.console.messages import Problem

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """`names` are host names, in small letters, besides addresses and localhost; `secure` where it is served over
    TLS."""

    def __init__(self, app: ASGIApp, names: frozenset[str], secure: bool) -> None:
        self.app, self._names, self._secure = app, names | {"localhost"}, secure
        headers = dict(HEADERS)
        if secure:
            headers["strict-transport-security"] = "max-age=31536000"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                missing = [header for header in self._headers if header[0] not in given]
                if b"cache-control" not in given:
                    missing.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        if refusal is None:
            await self.app(scope, receive, send_guarded)
            return
        status, detail = refusal
        body = msgspec.json.encode(Problem(detail))
        answer = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send_guarded({"type": "http.response.start", "status": int(status), "headers": answer})
        await send_guarded({"type": "http.response.body", "body": body, "more_body": False})

    def _refusal(self, method: str, headers: Mapping[str, str]) -> tuple[HTTPStatus, str] | None:
        host = headers.get("host", "")
        if not self._serves(host):
            return HTTPStatus.MISDIRECTED_REQUEST, "This console is not served under that name."
        origins = {f"https://{host}"} if self._secure else {f"https://{host}", f"http://{host}"}
        if method not in SAFE and headers.get("origin") not in origins:
            return HTTPStatus.FORBIDDEN, "Only a page of this console may change something."
        return None

    def _serves(self, host: str) -> bool:
        name, colon, port = host.rpartition(":")
        if not colon or not port.isdecimal():
            name = host
        if name.lower() in self._names:
            return True
        try:
            ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True
