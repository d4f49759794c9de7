"""Logs of a node as JSON lines: time (UTC), level, where from, text."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TextIO

import msgspec


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "from": record.name, "text": text}
        return msgspec.json.encode(line).decode()


def log_to(stream: TextIO) -> None:
    """Write everything from `info` on to a stream, one JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("numba").setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
