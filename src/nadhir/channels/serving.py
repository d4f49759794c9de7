"""An HTTP server inside another program: it leaves signals to that program, and ends when it is told to."""

from __future__ import annotations

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
