"""The console's ASGI application. Handlers are thin: the level that they pass on decides what a visitor sees."""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Litestar, MediaType, Request, Router, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.enums import OpenAPIMediaType
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.openapi import ResponseSpec
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import Body, Parameter
from litestar.response import Response
from litestar.types import ASGIApp, ControllerRouterHandler

from nadhir.console.accounts import Account, AccountError
from nadhir.console.board import ITEMS, level_of
from nadhir.console.console import Console
from nadhir.console.guard import SAFE, Guard
from nadhir.console.messages import (
    Act,
    ActResult,
    Credentials,
    EventDetail,
    History,
    Item,
    Mark,
    Operation,
    Picture,
    Problem,
    RealEvent,
    SensorView,
    Session,
    Span,
    Tick,
    WarningView,
)
from nadhir.console.page import Page
from nadhir.console.port import ActRefused, Export
from nadhir.console.sessions import Login
from nadhir.console.streams import StreamResponse
from nadhir.model import Explanation

_LOG = logging.getLogger(__name__)

LARGEST_REQUEST_BYTES = 64 << 10
CSRF_HEADER = "x-nadhir-csrf"
WRONG = "Unknown name or wrong password."
AT_ONCE = 2
"""Passwords that are checked at the same time: each check takes a core and 64 MiB."""

StreamEvent = Item | WarningView | Mark | RealEvent | Tick
Query = Annotated[str, Parameter(max_length=200)]
At = Annotated[float | None, Parameter(ge=0.0, le=1e11, description="Node time, Unix seconds.")]
Number = Annotated[int, Parameter(ge=0, le=2**53)]
_encoder = msgspec.json.Encoder()


class Visitor(NamedTuple):
    """Who is logged in, as their account is now."""

    login: Login
    account: Account

    @property
    def level(self) -> int:
        """What they may see."""
        return level_of(self.account.clearance)


Known = NamedDependency[Visitor]


def console_app(
    console: Console,
    names: frozenset[str] = frozenset(),
    secure: bool = False,
    others: Sequence[ControllerRouterHandler] = (),
    page: Page | None = None,
) -> ASGIApp:
    """The application. `names` are host names that it is served under, `others` further handlers of the node."""
    api = _Api(console, secure)
    built = page or Page()

    @get("/", include_in_schema=False, sync_to_thread=False)
    def root(request: Request[Any, Any, Any]) -> Response[bytes]:
        return _found(built.answer("", request.headers))

    @get("/{name:path}", include_in_schema=False, sync_to_thread=False)
    def file(request: Request[Any, Any, Any], name: Annotated[str, Parameter()]) -> Response[bytes]:
        return _found(built.answer(name.lstrip("/"), request.headers))

    app = Litestar(
        [api.router(), root, file, *others],
        openapi_config=OpenAPIConfig(
            title="Nadhir console",
            version="1",
            description="The operators' page of a node. Times are Unix seconds. Not an official warning.",
            path="/api",
            render_plugins=[JsonRenderPlugin(media_type=OpenAPIMediaType.OPENAPI_JSON)],
        ),
        exception_handlers={
            HTTPException: _refused,
            ActRefused: _act_refused,
            AccountError: _broken,
            OSError: _broken,
            sqlite3.Error: _broken,
            UnicodeDecodeError: _unreadable,
            RecursionError: _unreadable,
        },
        request_max_body_size=LARGEST_REQUEST_BYTES,
        logging_config=None,
    )
    return Guard(app, names, secure)


class _Api:
    """Handlers under /api."""

    def __init__(self, console: Console, secure: bool) -> None:
        self._console, self._secure = console, secure
        self._checking = asyncio.Semaphore(AT_ONCE)
        # Cookies know no ports: consoles of several nodes on one machine have one each.
        prefix = "__Host-" if secure else ""
        self._cookie = f"{prefix}nadhir-{console.nation}-{console.mode}"
        self._areas = b""

    def router(self) -> Router:
        """All of them."""
        console = self._console

        @post("/session", status_code=200, responses=_refusals(400, 401, 403, 429), dependencies={})
        async def log_in(request: Request[Any, Any, Any], data: Annotated[Credentials, Body()]) -> Response[Session]:
            """Log in. Sets a cookie that scripts cannot read."""
            return await self._log_in(request, data)

        @get("/session", sync_to_thread=False, responses=_refusals(401))
        def session(visitor: Known) -> Session:
            """Who is logged in."""
            return self._session(visitor)

        @delete("/session", status_code=204, sync_to_thread=False, responses=_refusals(401, 403))
        def log_out(visitor: Known) -> Response[None]:
            """Log out."""
            console.sessions.end(visitor.login)
            console.note(visitor.account.name, "logout")
            return Response(None, cookies=[Cookie(key=self._cookie, max_age=0)], status_code=204)

        @get("/picture", responses=_refusals(400, 401))
        async def picture(visitor: Known, at: At = None) -> Response[Picture]:
            """All that is needed to draw the picture now, or as it was known at a time."""
            if at is None:
                return _json(console.board.picture(visitor.level))
            when = _finite(at)
            return _json(
                await asyncio.to_thread(console.history.picture, console.nation, console.mode, when, visitor.level)
            )

        @get(
            "/stream",
            sync_to_thread=False,
            responses={
                200: ResponseSpec(
                    StreamEvent,  # type: ignore[arg-type]
                    description="Server-sent events",
                    media_type="text/event-stream",
                    generate_examples=False,
                ),
                **_refusals(400, 401, 429),
            },
        )
        def stream(
            request: Request[Any, Any, Any],
            visitor: Known,
            after: Annotated[int | None, Parameter(ge=0, le=2**53)] = None,
        ) -> ASGIApp:
            """Changes as server-sent events: item, warning, mark, real, time each second, and reset where what is
            wanted after a number (or Last-Event-ID) is not known any more."""
            return self._stream(request, visitor, after)

        @get("/history", responses=_refusals(400, 401))
        async def history(
            visitor: Known,
            since: At = None,
            until: At = None,
            after: Number = 0,
            limit: Annotated[int, Parameter(ge=1, le=5000)] = 1000,
        ) -> Response[History]:
            """What was known in a time, in order, part by part."""
            begin, end = _finite(since or 0.0), _finite(1e11 if until is None else until)
            found = await asyncio.to_thread(console.history.between, begin, end, after, limit, visitor.level)
            return _json(
                _encoder.encode(
                    {
                        "items": [msgspec.Raw(entry.body) for entry in found.entries if entry.kind in ITEMS],
                        "warnings": [msgspec.Raw(entry.body) for entry in found.entries if entry.kind == "warning"],
                        "marks": [msgspec.Raw(entry.body) for entry in found.entries if entry.kind == "mark"],
                        "next": found.next,
                    }
                )
            )

        @get("/span", responses=_refusals(401))
        async def span(visitor: Known) -> Span:
            """From when to when there is history."""
            return await asyncio.to_thread(console.history.span, visitor.level)

        @get("/event", responses=_refusals(400, 401, 404))
        async def event(visitor: Known, event: Query) -> EventDetail:
            """An event's page."""
            detail = await console.event(event, visitor.level)
            if detail is None:
                raise HTTPException("There is no such event.", status_code=404)
            return detail

        @get("/event.geojson", responses=_refusals(400, 401, 404), media_type="application/geo+json")
        async def geojson(visitor: Known, event: Query) -> Response[bytes]:
            """An event for maps (RFC 7946)."""
            return await self._export(visitor, event, "geojson", "application/geo+json")

        @get("/event.czml", responses=_refusals(400, 401, 404), media_type="application/json")
        async def czml(visitor: Known, event: Query) -> Response[bytes]:
            """An event for globes that play it (CZML)."""
            return await self._export(visitor, event, "czml", "application/json")

        @get("/explanation", responses=_refusals(400, 401))
        async def explanation(visitor: Known, warning: Query) -> list[Explanation]:
            """The numbers behind each revision of a warning, oldest first."""
            return await asyncio.to_thread(console.history.explanations, warning, visitor.level)

        @get("/areas", responses=_refusals(401))
        async def areas(visitor: Known) -> Response[dict[str, Any]]:
            """Warning areas as a GeoJSON FeatureCollection with code, level, name, and names by language."""
            self._areas = self._areas or await asyncio.to_thread(console.behind.areas)
            return _json(self._areas, {"cache-control": "private, max-age=3600"})

        @get("/sensors", sync_to_thread=False, responses=_refusals(401))
        def sensors(visitor: Known) -> list[SensorView]:
            """Sensors, own ones and what partners told of theirs."""
            return list(console.behind.sensors(visitor.level))

        @get("/operation", sync_to_thread=False, responses=_refusals(401))
        def operation(visitor: Known) -> Operation:
            """How the node is."""
            return console.behind.operation()

        @get("/log", sync_to_thread=False, responses=_refusals(400, 401))
        def log(
            visitor: Known,
            since: Annotated[float, Parameter(ge=0.0, le=1e11, description="Wall-clock time, Unix seconds.")] = 0.0,
            limit: Annotated[int, Parameter(ge=1, le=5000)] = 500,
        ) -> list[Mark]:
            """The newest lines of the operator log, oldest first."""
            return console.operators.since(_finite(since), limit, visitor.level)

        @post("/acts", status_code=200, responses=_refusals(400, 401, 403, 404, 409, 429))
        async def act(visitor: Known, data: Annotated[Act, Body()]) -> ActResult:
            """Do something: only operators do."""
            return await console.act(visitor.account, data)

        handlers = [
            log_in, session, log_out, picture, stream, history, span, event, geojson, czml, explanation, areas,
            sensors, operation, log, act,
        ]  # fmt: skip

        def visitor(request: Request[Any, Any, Any]) -> Visitor:
            return self._visitor(request)

        found = Provide(visitor, sync_to_thread=False)
        return Router("/api", route_handlers=handlers, dependencies={"visitor": found})

    def _visitor(self, request: Request[Any, Any, Any]) -> Visitor:
        """Who asks. An account that was changed or removed is logged out."""
        login = self._console.sessions.find(request.cookies.get(self._cookie, ""))
        if login is None or not self._stands(login):
            raise NotAuthorizedException("Log in first.")
        if request.method not in SAFE and not login.holds(request.headers.get(CSRF_HEADER, "")):
            raise HTTPException("The header X-Nadhir-CSRF must hold the session's csrf.", status_code=403)
        return Visitor(login, login.account)

    def _stands(self, login: Login) -> bool:
        return self._console.accounts.find(login.account.name) == login.account

    async def _log_in(self, request: Request[Any, Any, Any], given: Credentials) -> Response[Session]:
        console = self._console
        address = request.client.host if request.client else ""
        if not (console.tries_by_address.take(address) and console.tries_by_name.take(given.name)):
            raise HTTPException("Too many tries; wait a minute.", status_code=429)
        account = console.accounts.find(given.name)
        async with self._checking:
            opens = await asyncio.to_thread(console.accounts.opens, account, given.password)
        if account is None or not opens:
            # What is typed as a name by mistake may be a password: an unknown one is not written down.
            console.note(account.name if account else "", "login", refused=WRONG)
            raise NotAuthorizedException(WRONG)
        console.note(account.name, "login")
        secret, login = console.sessions.begin(account)
        cookie = Cookie(key=self._cookie, value=secret, httponly=True, samesite="strict", secure=self._secure)
        return Response(self._session(Visitor(login, account)), cookies=[cookie])

    def _session(self, visitor: Visitor) -> Session:
        console, account = self._console, visitor.account
        return Session(
            account.name,
            account.role,
            account.clearance,
            visitor.login.csrf,
            console.nation,
            console.mode,
            console.behind.enrolled,
            console.behind.languages,
            console.behind.own_areas,
        )

    def _stream(self, request: Request[Any, Any, Any], visitor: Visitor, after: int | None) -> ASGIApp:
        streams, sessions = self._console.streams, self._console.sessions
        if streams.full:
            raise HTTPException("Too many pages are open on this node.", status_code=429)
        last = request.headers.get("last-event-id", "")
        if last.isascii() and last.isdecimal() and len(last) < 17:
            after = int(last)

        def lasts() -> bool:
            sessions.touch(visitor.login)
            return sessions.lasts(visitor.login) and self._stands(visitor.login)

        return StreamResponse(streams, streams.open(after, visitor.level, lasts))

    async def _export(self, visitor: Visitor, event: str, form: Export, media_type: str) -> Response[bytes]:
        console = self._console
        items = await asyncio.to_thread(console.history.items_of, event, visitor.level)
        if not items:
            raise HTTPException("There is no such event.", status_code=404)
        body = await asyncio.to_thread(console.behind.export, form, event, items)
        name = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in event)
        attached = {"content-disposition": f'attachment; filename="event{name}.{form}"'}
        return Response(body, media_type=media_type, headers=attached)


def _json(body: bytes, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(body, media_type=MediaType.JSON, headers=headers)


def _found(answer: Response[bytes] | None) -> Response[bytes]:
    if answer is None:
        raise HTTPException("There is no such page.", status_code=404)
    return answer


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise HTTPException("A time is a number of seconds.", status_code=400)
    return value


def _refusals(*codes: int) -> dict[int, ResponseSpec]:
    return {code: ResponseSpec(Problem, description="Refused", generate_examples=False) for code in codes}


def _refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    detail = error.detail
    if isinstance(error.extra, list) and error.extra:
        detail = "; ".join(f"{one.get('key', 'request')}: {one.get('message', 'wrong')}" for one in error.extra)
    return Response(Problem(detail), status_code=error.status_code, headers=error.headers)


def _unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Of a body that is no text or nested too deeply Litestar tells nothing by itself."""
    return Response(Problem(f"It cannot be read: {error}"), status_code=400)


def _act_refused(request: Request[Any, Any, Any], refusal: ActRefused) -> Response[Problem]:
    return Response(Problem(str(refusal)), status_code=refusal.status)


def _broken(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The node's own files fail: nothing that was asked for is the cause."""
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    return Response(Problem("The node cannot use its files; its log says why."), status_code=503)
