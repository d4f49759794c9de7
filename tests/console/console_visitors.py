"""People at a console, over HTTP; used by the tests beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec

PASSWORD = "correct horse battery"


class Person:
    """One browser that is logged in, or tries to be."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf = ""

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    async def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        answer = await self.client.post(
            "/api/session", json={"name": name, "password": password}, headers={"Origin": self.origin}
        )
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer

    async def act(self, what: str, subject: str = "", **rest: Any) -> httpx.Response:
        headers = {"Origin": self.origin, "X-Nadhir-CSRF": self.csrf}
        return await self.client.post("/api/acts", json={"what": what, "subject": subject, **rest}, headers=headers)

    async def get(self, path: str, **asked: Any) -> Any:
        answer = await self.client.get(path, params=asked)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()


class Heard(msgspec.Struct):
    """One server-sent event."""

    event: str
    id: int | None
    data: Any


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Heard]:
    """Server-sent events of a stream's lines."""
    event, number, data = "message", None, ""
    async for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "id":
            number = int(value)
        elif name == "data":
            data += value
        elif not line:
            yield Heard(event, number, msgspec.json.decode(data.encode()) if data else None)
            event, number, data = "message", None, ""
