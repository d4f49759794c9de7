"""From a decision to the feed: texts in four languages, a signed CAP alert, and what a reader of the feed gets."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import shapely
from cap_signers import a_signer
from litestar.testing import TestClient
from lxml import etree
from made_up_warnings import AOMORI, IWATE

from nadhir.channels.cap import Alert, Outlines, Publisher, Signer, Trust, compose, expires_of, judge, sign, verify
from nadhir.channels.feed import AtomFeed, feed_app
from nadhir.channels.ledger import Ledger
from nadhir.channels.port import Dispatcher, Outgoing
from nadhir.channels.text import LANGUAGES, Voice, write
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, EndReason, WarningProduct, WarningStatus

ISSUED = 1_800_000_000.0
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
OUTLINES = Outlines(
    {code: shapely.Polygon([(lon, lat) for lat, lon in ring]) for code, ring in (("JP-02", AOMORI), ("JP-03", IWATE))}
)
LIFE: list[tuple[WarningStatus, EndReason | None, tuple[str, ...]]] = [
    ("pre-alert", None, ()),
    ("alert", None, ("JP-02", "JP-03")),
    ("update", None, ("JP-03",)),
    ("all-clear", "passed", ("JP-03",)),
]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return a_signer("drill", datetime.fromtimestamp(ISSUED, UTC))


def a_state(step: int) -> WarningProduct:
    status, reason, codes = LIFE[step]
    issued = ISSUED + 60.0 * step
    return WarningProduct(
        warning="w1",
        events=["e1"],
        objects=["o1"],
        issued=issued,
        status=status,
        hazard="impact",
        areas=[AreaWarning(code, 0.7, issued + 300.0) for code in codes],
        mode="exercise",
        reason=reason,
        revision=step,
        authority="JPN",
        launch_time=ISSUED - 30.0,
        launch_area="KP",
    )


def decide(step: int, earlier: list[Alert], signer: Signer) -> Outgoing:
    """All that follows from a decision, up to what the channels are handed."""
    warning = a_state(step)
    previous = a_state(step - 1) if step else None
    expires = expires_of(warning)
    texts = {language: write(warning, language, Voice(), expires, previous) for language in LANGUAGES}
    codes = [area.code for area in warning.areas]
    alert = compose(warning, texts, OUTLINES.rings(codes) if codes else (), Publisher("drill@example.org"), earlier)
    earlier.append(alert)
    outlines = {code: OUTLINES.rings([code]) for code in codes}
    return Outgoing(warning, expires, alert.identifier, sign(alert, signer), texts, outlines)


def test_a_warnings_whole_life_reaches_readers_valid_and_signed(tmp_path: Path, signer: Signer) -> None:
    async def run() -> None:
        async with Dispatcher([feed], Ledger(tmp_path / "ledger.jsonl"), clock=lambda: ISSUED) as dispatcher:
            for step in range(len(LIFE)):
                dispatcher.deliver(decide(step, earlier, signer))
                await dispatcher.idle()

    feed = AtomFeed("feed", "exercise", tmp_path, "https://warn.example/cap", "Drill", "Us", clock=lambda: ISSUED)
    earlier: list[Alert] = []
    asyncio.run(run())
    when = datetime.fromtimestamp(ISSUED + 600.0, UTC)
    with TestClient(feed_app(feed)) as client:
        root = etree.fromstring(client.get("/cap").content)
        links = [link.get("href", "") for link in root.iter("{http://www.w3.org/2005/Atom}link")]
        alerts = [client.get(link.removeprefix("https://warn.example")).content for link in links[1:]]
    assert len(alerts) == len(LIFE)
    for alert in alerts:
        judged = judge(alert, Trust(certificates=(signer.certificate,), at=when))
        assert judged.verdict == "valid", judged
        element = verify(alert, [signer.certificate], when)
        assert [info.findtext(f"{CAP}language") for info in element.iter(f"{CAP}info")] == list(LANGUAGES)
        assert element.findtext(f"{CAP}status") == "Exercise"
        for headline in element.iter(f"{CAP}headline"):
            assert str(headline.text).startswith(("EXERCISE", "훈련", "訓練", "تمرين"))


def test_from_decision_to_feed_takes_less_than_a_tenth_of_a_second(tmp_path: Path, signer: Signer) -> None:
    taken = []
    for number in range(8):
        feed = AtomFeed("feed", "exercise", tmp_path / str(number), "https://warn.example/cap", "Drill", "Us")
        began = time.perf_counter()
        message = decide(1, [], signer)
        asyncio.run(feed.send(message))
        assert b"<entry" in feed.document().body
        taken.append(time.perf_counter() - began)
    # The best of several: other work on the machine only ever adds.
    assert min(taken) < 0.1, taken


def test_a_set_of_forty_areas_that_was_never_said_before_takes_less_than_a_tenth_of_a_second(signer: Signer) -> None:
    areas = {code: area.geometry for code, area in default_areas().areas.items() if code.startswith("JP-")}
    outlines = Outlines(areas)
    outlines.prepare(areas)  # as a node does at its start
    taken, at = [], datetime.fromtimestamp(ISSUED, UTC)
    for left_out in range(5):
        warning = msgspec.structs.replace(
            a_state(1), areas=[AreaWarning(code, 0.7, ISSUED + 300.0) for code in sorted(areas)[left_out:]]
        )
        began = time.process_time()
        expires = expires_of(warning)
        texts = {language: write(warning, language, Voice(), expires, None) for language in LANGUAGES}
        rings = outlines.rings([area.code for area in warning.areas])
        signed = sign(compose(warning, texts, rings, Publisher("drill@example.org"), []), signer)
        taken.append(time.process_time() - began)
        assert judge(signed, Trust(certificates=(signer.certificate,), at=at)).verdict == "valid"
    assert min(taken) < 0.1, taken
