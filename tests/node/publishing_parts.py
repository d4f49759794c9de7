"""For tests of publishing: warnings, a folder with all that a publishing.toml names, and webhooks' other ends."""

from __future__ import annotations

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import shapely
from cap_signers import a_signer, write_key, write_signer

from nadhir.alerts import default_rules
from nadhir.alerts.people import Act, SignedAct
from nadhir.channels.text import source_hash
from nadhir.channels.webhook import WebhookBody
from nadhir.geo.areas import Area, AreaMap
from nadhir.model import AreaWarning, EndReason, Mode, WarningProduct, WarningStatus
from nadhir.node.enrolment import Enrolled, enrol, make_request, read_enrolment, read_request
from nadhir.node.publishing import Publisher
from nadhir.node.publishing_config import make_publisher, read_publishing
from nadhir.sharing.keys import NodeKey

NOW = 1_800_000_000.0
WHEN = datetime.fromtimestamp(NOW, UTC)
AREAS = AreaMap(
    [
        Area(code, code, shapely.box(139.0 + number, 40.0, 140.0 + number, 41.0))
        for number, code in enumerate(("JP-02", "JP-03", "JP-05"))
    ]
)


DRILL, REAL = a_signer("drill", WHEN), a_signer("real", WHEN)


def a_warning(
    warning: str = "JPN-0001",
    status: WarningStatus = "alert",
    reason: EndReason | None = None,
    mode: Mode = "exercise",
    revision: int = 0,
    issued: float = NOW,
    codes: tuple[str, ...] = ("JP-02", "JP-03"),
    **more: Any,
) -> WarningProduct:
    areas = [AreaWarning(code, 0.8, issued + 300.0) for code in codes]
    given: dict[str, Any] = {"authority": "JPN", "hazard": "impact", **more}
    return WarningProduct(
        warning=warning, events=["e1"], objects=["o1"], issued=issued, status=status, areas=areas, mode=mode,
        reason=reason, revision=revision, launch_time=issued - 60.0, launch_area="KP", **given,
    )  # fmt: skip


class Receiver(ThreadingHTTPServer):
    """A webhook's other end, on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[WebhookBody] = []
        self.answer = 204


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.answer == 204:
            self.server.bodies.append(msgspec.json.decode(body, type=WebhookBody))
        self.send_response(self.server.answer)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def a_folder(folder: Path, receivers: tuple[Receiver, Receiver], live: bool = False) -> Path:
    """A publishing.toml with all that it names."""
    hooks = [f"http://127.0.0.1:{receiver.server_address[1]}/hook" for receiver in receivers]
    write_key(folder / "secret", b"s" * 32)
    text = 'languages = ["en", "ja"]\n[names]\nen = "Exercise office"\n'
    for mode, signer, hook in (("exercise", DRILL, hooks[0]), ("live", REAL, hooks[1])):
        if mode == "live" and not live:
            continue
        write_signer(signer, folder / f"{mode}.key", folder / f"{mode}.pem")
        NodeKey.generate().save(folder / f"{mode}-acts.key")
        text += f"""
[{mode}]
sender = "{mode}@warn.example"
key = "{mode}.key"
certificate = "{mode}.pem"
acts_key = "{mode}-acts.key"
operators = ["kim", "lee"]
feed = {{ address = "http://127.0.0.1/cap", title = "Warnings", author = "A node", port = 0 }}
webhook = [{{ name = "city-{mode}", url = "{hook}", secret = "secret" }}]
"""
    if live:
        text += 'sign_off = "sign-off.toml"\n'
        (folder / "sign-off.toml").write_text(
            f'[[review]]\nlanguage = "ja"\nsha256 = "{source_hash("ja")}"\nreviewer = "A reader"\ndate = 2026-11-22\n'
        )
    (folder / "publishing.toml").write_text(text)
    return folder / "publishing.toml"


def enrolled(until: float = NOW + 86_400.0, certificate: str = REAL.fingerprint) -> Enrolled:
    request = read_request(make_request(NodeKey.generate(), "JPN", certificate))
    return read_enrolment(enrol(NodeKey.generate(), request, until))


def a_publisher(file: Path, mode: Mode = "exercise", consent: Enrolled | None = None) -> Publisher:
    config = read_publishing(file)
    return make_publisher(config, mode, file.parent / "data", default_rules(), AREAS, lambda: NOW, consent)


def statuses(receiver: Receiver) -> list[str]:
    return [body.warning.status for body in receiver.bodies]


def signed_acts(folder: Path) -> list[tuple[Act, SignedAct]]:
    """The acts that a side of this folder keeps."""
    lines = (folder / "data" / "exercise" / "acts.jsonl").read_bytes().splitlines()
    signed = [msgspec.json.decode(line, type=SignedAct) for line in lines]
    return [(msgspec.json.decode(one.act, type=Act), one) for one in signed]
