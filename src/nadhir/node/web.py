"""A node's figures over HTTP, on this machine: /health, /ready, /status and /metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Litestar, get
from litestar.response import Response

from nadhir.channels.serving import inner_server
from nadhir.node.status import NodeStatus, metrics


def status_app(status: Callable[[], NodeStatus]) -> Litestar:
    """The ASGI application. `/health` says 503 while a person should look, `/ready` until the node has started."""

    @get("/health", sync_to_thread=False)
    def health() -> Response[bytes]:
        now = status()
        return _json({"state": now.state, "problems": now.problems}, 503 if now.ready and now.problems else 200)

    @get("/ready", sync_to_thread=False)
    def ready() -> Response[bytes]:
        now = status()
        return _json({"state": now.state}, 200 if now.ready else 503)

    @get("/status", sync_to_thread=False)
    def whole() -> Response[bytes]:
        return _json(status())

    @get("/metrics", sync_to_thread=False)
    def prometheus() -> Response[bytes]:
        return Response(metrics(status()), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Litestar([health, ready, whole, prometheus], openapi_config=None, logging_config=None)


async def serve(status: Callable[[], NodeStatus], port: int) -> None:
    """Serve until cancelled. Signals are the node's business, not the server's."""
    await inner_server(status_app(status), "127.0.0.1", port).serve()


def _json(content: Any, code: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=code, media_type="application/json")
