"""An HTTP server inside another program: it leaves signals to that program, and ends when it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from litestar.types import ASGIApp
from uvicorn import Config, Server

SHUTDOWN_S = 3


class InnerServer(Server):
    """A uvicorn server that leaves signals to the program that it is a part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured: `should_exit` ends it."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket for a server to listen on. Raises OSError where it cannot be had: where uvicorn binds an address that is
    taken, it ends the whole program, and says nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def inner_server(
    app: ASGIApp,
    host: str = "127.0.0.1",
    port: int = 8080,
    certificate: Path | None = None,
    key: Path | None = None,
) -> InnerServer:
    """A server for `app`; `await server.serve()`. It waits at most a few seconds for readers when it stops.

    With a certificate and its key (PEM) it speaks TLS. What a client says of its own address is not believed.
    """
    return InnerServer(
        Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            lifespan="off",
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
    )
