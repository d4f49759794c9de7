"""The built page is served as the build made it, and nothing else is."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import httpx
import pytest
from made_up_console import a_browser, a_console
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.console.accounts import Accounts
from nadhir.console.page import FOREVER, Page


def built(folder: Path) -> Page:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "assets" / "main-Ab3_x9Qz.js").write_text("plain")
    (folder / "assets" / "main-Ab3_x9Qz.js.gz").write_bytes(b"gzip")
    (folder / "assets" / "main-Ab3_x9Qz.js.br").write_bytes(b"brotli")
    (folder / "icon.svg").write_text("<svg/>")
    (folder.parent / "secret.txt").write_text("secret")
    return Page(folder)


def asked(page: Page, folder: Path, path: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        console = a_console(folder)
        try:
            async with a_browser(console, page=page) as browser:
                # Decompressing is the browser's business, and these are no real archives.
                async with browser.stream("GET", path, headers=headers) as answer:
                    raw = b"".join([part async for part in answer.aiter_raw()])
                return httpx.Response(answer.status_code, headers=answer.headers, extensions={"raw": raw})
        finally:
            console.close()

    return asyncio.run(ask())


def test_files_with_types_and_caching(tmp_path: Path) -> None:
    page = built(tmp_path / "built")
    index = asked(page, tmp_path, "/")
    assert (index.status_code, index.headers["cache-control"]) == (200, "no-cache")
    assert index.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in index.headers["content-security-policy"]
    for accepted, body in (("gzip, br", b"brotli"), ("gzip", b"gzip"), ("identity", b"plain")):
        script = asked(page, tmp_path, "/assets/main-Ab3_x9Qz.js", **{"Accept-Encoding": accepted})
        assert script.extensions["raw"] == body
        assert script.headers["cache-control"] == FOREVER
        assert script.headers["content-type"].startswith("text/javascript")
    assert asked(page, tmp_path, "/icon.svg").headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/main-Ab3_x9Qz.js.gz", "/index.html/x", "/%00"],
)
def test_nothing_else(tmp_path: Path, path: str) -> None:
    answer = asked(built(tmp_path / "built"), tmp_path, path)
    assert answer.status_code == 404
    assert b"secret" not in answer.extensions["raw"]


def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    answer = asked(Page(tmp_path / "none"), tmp_path, "/")
    assert answer.status_code == 404
    assert b"npm run build" in answer.extensions["raw"]


def test_accounts_by_command(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text('[node]\nnation = "KOR"\n')
    (tmp_path / "password.txt").write_text("correct horse battery\n")
    password = ["--password-file", str(tmp_path / "password.txt")]

    def run(*command: str, text: str = "", status: int = 0) -> str:
        result = CliRunner().invoke(app, ["account", *command, "--node", str(tmp_path)], input=text)
        assert result.exit_code == status, result.output
        return result.output

    run("add", "kim", "--role", "operator", "--clearance", "restricted", *password)
    run("add", "lee", "--role", "reader", text="another long password\nanother long password\n")
    listed = run("list").split()
    assert listed == ["kim", "operator", "RESTRICTED", "lee", "reader", "UNCLASSIFIED"]
    accounts = Accounts(tmp_path / "data" / "exercise" / "console")
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600
    assert accounts.opens(accounts.find("kim"), "correct horse battery")
    run("password", "lee", *password)
    assert accounts.opens(accounts.find("lee"), "correct horse battery")
    run("remove", "lee")
    assert accounts.find("lee") is None
    assert "those who have: kim" in run("remove", "lee", status=2)
    assert "already" in run("add", "kim", "--role", "reader", *password, status=2)
    missing = CliRunner().invoke(app, ["account", "list", "--node", str(tmp_path / "none")])
    assert missing.exit_code == 2
    assert "node.toml cannot be read" in missing.output
