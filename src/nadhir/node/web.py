"""A node's pages: its console, and its figures: /health, /ready, /status and /metrics."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, get
from litestar.exceptions import PermissionDeniedException
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from nadhir.channels.serving import inner_server, listening
from nadhir.console.app import console_app
from nadhir.console.console import Console
from nadhir.node.config import ConsoleSection
from nadhir.node.status import NodeStatus, metrics
from nadhir.node.toml import ConfigError


def status_handlers(status: Callable[[], NodeStatus]) -> list[ControllerRouterHandler]:
    """`/health` says 503 while a person should look, `/ready` until the node has started. What else they tell is for
    programs on this machine."""

    @get("/health", include_in_schema=False, sync_to_thread=False)
    def health(request: Request[Any, Any, Any]) -> Response[bytes]:
        now = status()
        problems = now.problems if _is_here(request) else []
        return _json({"state": now.state, "problems": problems}, 503 if now.ready and now.problems else 200)

    @get("/ready", include_in_schema=False, sync_to_thread=False)
    def ready() -> Response[bytes]:
        now = status()
        return _json({"state": now.state}, 200 if now.ready else 503)

    @get("/status", include_in_schema=False, sync_to_thread=False)
    def whole(request: Request[Any, Any, Any]) -> Response[bytes]:
        _refuse_others(request)
        return _json(status())

    @get("/metrics", include_in_schema=False, sync_to_thread=False)
    def prometheus(request: Request[Any, Any, Any]) -> Response[bytes]:
        _refuse_others(request)
        return Response(metrics(status()), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [health, ready, whole, prometheus]


def check(section: ConsoleSection) -> None:
    """Raises ConfigError where passwords would go over a network in the clear."""
    if bool(section.certificate) != bool(section.key):
        raise ConfigError("[console] certificate and key: both, or neither")
    if section.certificate is None and section.host != "localhost" and not _is_loopback(section.host):
        raise ConfigError(f"[console] host {section.host} is for other machines: give certificate and key (PEM)")


async def serve(status: Callable[[], NodeStatus], console: Console, section: ConsoleSection) -> None:
    """Serve until cancelled. Signals are the node's business, not the server's. Raises OSError."""
    secure = section.certificate is not None
    names = frozenset(name.lower() for name in section.names)
    app = console_app(console, names, secure, status_handlers(status))
    server = inner_server(app, section.host, section.port, section.certificate, section.key)
    await server.serve([listening(section.host, section.port)])


def _refuse_others(request: Request[Any, Any, Any]) -> None:
    if not _is_here(request):
        raise PermissionDeniedException("This is for programs on the node's own machine.")


def _is_here(request: Request[Any, Any, Any]) -> bool:
    return request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _json(content: Any, code: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=code, media_type="application/json")
