"""From warnings to people: both sides on real channels, restarts, and that no act ever sends a drill as real."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from lxml import etree
from publishing_parts import (
    AREAS,
    DRILL,
    NOW,
    REAL,
    WHEN,
    Receiver,
    a_folder,
    a_publisher,
    a_warning,
    enrolled,
    signed_acts,
    statuses,
)

from nadhir.alerts import default_rules
from nadhir.alerts.people import Desk, DeskError, Enrolment, Release
from nadhir.channels.cap import Enrolment as CapEnrolment
from nadhir.channels.cap import Outlines, Trust, judge, read
from nadhir.channels.cap import Publisher as Sender
from nadhir.channels.port import Outgoing
from nadhir.channels.text import Voice
from nadhir.model import Mode
from nadhir.node.enrolment import Enrolled
from nadhir.node.publishing import Press, Publisher, Said, Side
from nadhir.node.publishing_config import make_publisher, read_publishing
from nadhir.node.toml import ConfigError
from nadhir.sharing.keys import NodeKey


@pytest.fixture
def receivers() -> Iterator[tuple[Receiver, Receiver]]:
    """Of the exercise side and of the live one."""
    servers = Receiver(), Receiver()
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    yield servers
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join(5.0)


def test_a_warnings_life_reaches_feed_and_webhook_signed_and_marked(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    async def run() -> list[bytes]:
        async with a_publisher(a_folder(tmp_path, receivers)) as publisher:
            publisher.take(a_warning(), NOW)
            await publisher.idle()
            publisher.take(a_warning(status="update", revision=1, codes=("JP-03",)), NOW + 10.0)
            await publisher.idle()
            publisher.take(a_warning(status="all-clear", reason="passed", revision=2, codes=("JP-03",)), NOW + 20.0)
            await publisher.idle()
            assert not publisher.sides["exercise"].failures
            address = f"http://127.0.0.1:{publisher.sides['exercise'].feed_port}"
            async with httpx.AsyncClient(trust_env=False) as client:
                feed = etree.fromstring((await client.get(f"{address}/cap")).content)
                links = [str(link.get("href")) for link in feed.iter("{http://www.w3.org/2005/Atom}link")][1:]
                return [(await client.get(address + link.removeprefix("http://127.0.0.1"))).content for link in links]

    alerts = asyncio.run(run())
    assert statuses(receivers[0]) == ["alert", "update", "all-clear"]
    assert {body.cap.encode() for body in receivers[0].bodies} == set(alerts)
    for raw in alerts:
        judged = judge(raw, Trust(certificates=(DRILL.certificate,), at=WHEN))
        assert judged.verdict == "valid", judged
        assert read(raw).status == "Exercise"
    assert [len(read(body.cap.encode()).references) for body in receivers[0].bodies] == [0, 1, 2]
    assert not receivers[1].bodies


def test_two_persons_approve_and_every_act_is_signed(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> None:
    async def run() -> None:
        async with a_publisher(file) as publisher:
            desk = publisher.desks.of("exercise")
            publisher.take(a_warning(authority="USA"), NOW)
            publisher.publish(desk.approve("JPN-0001", 0, "kim", NOW + 5.0), NOW + 5.0)
            await publisher.idle()
            assert not receivers[0].bodies
            with pytest.raises(DeskError, match="another person"):
                desk.approve("JPN-0001", 0, "kim", NOW + 6.0)
            changed = a_warning(authority="USA", status="update", revision=1, issued=NOW + 10.0)
            publisher.take(changed, NOW + 10.0)
            with pytest.raises(DeskError, match="look at it again"):
                desk.approve("JPN-0001", 0, "lee", NOW + 19.0)
            for who in ("kim", "lee"):
                publisher.publish(desk.approve("JPN-0001", 1, who, NOW + 20.0), NOW + 20.0)
            await publisher.idle()

    file = a_folder(tmp_path, receivers)
    asyncio.run(run())
    assert [body.warning.issued for body in receivers[0].bodies] == [NOW + 20.0]  # said when it went out
    acts = signed_acts(tmp_path)
    public = Ed25519PublicKey.from_public_bytes(NodeKey.load(tmp_path / "exercise-acts.key").public)
    assert [(act.operator, act.what) for act, _ in acts] == [("kim", "approve")] * 2 + [("lee", "approve")]
    assert statuses(receivers[0]) == ["alert"]  # the first word to people, though it was revised while it waited
    for _, signed in acts:
        public.verify(signed.signature, signed.act)


def test_a_cancel_is_one_step_on_every_channel_and_nothing_follows_it(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    async def run() -> None:
        async with a_publisher(a_folder(tmp_path, receivers)) as publisher:
            publisher.take(a_warning(), NOW)
            await publisher.idle()
            publisher.publish(publisher.desks.of("exercise").cancel("JPN-0001", "kim", NOW + 60.0), NOW + 60.0)
            publisher.take(a_warning(status="update", revision=2, codes=("JP-02", "JP-05")), NOW + 61.0)
            publisher.tick(NOW + 600.0)
            await publisher.idle()
            deliveries = publisher.sides["exercise"].dispatcher.deliveries
            assert {(one.channel, one.ends, one.state) for one in deliveries} == {
                ("feed", True, "sent"),
                ("city-exercise", True, "sent"),
            }

    asyncio.run(run())
    assert statuses(receivers[0]) == ["alert", "cancel"]
    assert read(receivers[0].bodies[1].cap.encode()).message_type == "Cancel"


def test_what_was_ended_by_mistake_goes_out_once_more_as_a_persons_act(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    async def run() -> None:
        async with a_publisher(a_folder(tmp_path, receivers)) as publisher:
            desk = publisher.desks.of("exercise")
            publisher.take(a_warning(), NOW)
            await publisher.idle()
            publisher.publish(desk.cancel("JPN-0001", "kim", NOW + 60.0), NOW + 60.0)
            await publisher.idle()
            again = a_warning("JPN-0002", issued=NOW + 90.0)
            publisher.publish(desk.reissue("JPN-0001", again, "lee", NOW + 90.0), NOW + 90.0)
            publisher.take(again, NOW + 90.0)
            await publisher.idle()
            publisher.take(a_warning("JPN-0002", "update", revision=1, codes=("JP-03",)), NOW + 99.0)
            await publisher.idle()

    asyncio.run(run())
    said = [(body.warning.warning, body.warning.status) for body in receivers[0].bodies]
    assert said == [("JPN-0001", "alert"), ("JPN-0001", "cancel"), ("JPN-0002", "alert"), ("JPN-0002", "update")]
    acts = [(act.operator, act.what) for act, _ in signed_acts(tmp_path)]
    assert acts == [("node", "automatic"), ("kim", "cancel"), ("lee", "reissue"), ("node", "automatic")]


def test_what_was_owed_is_said_after_a_restart(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> None:
    async def first() -> None:
        async with a_publisher(file) as publisher:
            publisher.take(a_warning(), NOW)
            await publisher.idle()
            receivers[0].answer = 503
            publisher.take(a_warning(status="all-clear", reason="passed", revision=1), NOW + 30.0)
            await asyncio.sleep(0.2)

    async def second() -> None:
        receivers[0].answer = 204
        async with a_publisher(file) as publisher:
            # A node that rebuilds its state gives everything again: nothing of it is said twice.
            publisher.take(a_warning(), NOW)
            publisher.take(a_warning(status="all-clear", reason="passed", revision=1), NOW + 30.0)
            await publisher.idle()
            assert not publisher.desks.of("exercise").open

    file = a_folder(tmp_path, receivers)
    asyncio.run(first())
    assert statuses(receivers[0]) == ["alert"]
    asyncio.run(second())
    assert statuses(receivers[0]) == ["alert", "all-clear"]


def test_a_restarted_desk_can_still_cancel_and_its_acts_go_on(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    async def run(then: bool) -> None:
        async with a_publisher(file) as publisher:
            if not then:
                publisher.take(a_warning(), NOW)
            else:
                publisher.publish(publisher.desks.of("exercise").cancel("JPN-0001", "lee", NOW + 9.0), NOW + 9.0)
            await publisher.idle()

    file = a_folder(tmp_path, receivers)
    asyncio.run(run(False))
    asyncio.run(run(True))
    assert statuses(receivers[0])[-1] == "cancel"
    acts = signed_acts(tmp_path)
    assert [act.what for act, _ in acts] == ["automatic", "cancel"]
    assert acts[1][0].previous == hashlib.sha256(acts[0][1].act).hexdigest()


def test_a_real_event_suspends_the_public_side_of_a_drill(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> None:
    async def run() -> None:
        file = a_folder(tmp_path, receivers, live=True)
        async with a_publisher(file) as drill, a_publisher(file, "live", enrolled()) as real:
            drill.take(a_warning("JPN-0001"), NOW)
            await drill.idle()
            real.take(a_warning("JPN-0009", mode="live"), NOW + 5.0)
            drill.real_event(NOW + 5.0)
            drill.take(a_warning("JPN-0002"), NOW + 6.0)
            await drill.idle()
            await real.idle()

    asyncio.run(run())
    drill, real = receivers
    assert [(body.warning.warning, body.warning.status) for body in drill.bodies] == [
        ("JPN-0001", "alert"),
        ("JPN-0001", "cancel"),
    ]
    assert [(body.warning.warning, body.warning.mode) for body in real.bodies] == [("JPN-0009", "live")]
    assert read(real.bodies[0].cap.encode()).status == "Actual"
    assert list(real.bodies[0].texts) == ["ja"]  # English is not signed off here
    assert {read(body.cap.encode()).status for body in drill.bodies} == {"Exercise"}


def test_without_an_enrolment_nothing_is_live(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> None:
    async def run(mode: Mode, consent: Enrolled | None, others: tuple[Mode, ...]) -> None:
        async with a_publisher(file, mode, consent) as publisher:
            for other in others:
                with pytest.raises(DeskError):
                    publisher.take(a_warning(mode=other), NOW)

    file = a_folder(tmp_path, receivers, live=True)
    asyncio.run(run("exercise", enrolled(), ("live", "replay")))
    asyncio.run(run("live", enrolled(), ("exercise", "replay")))
    forged = enrolled()
    forged = msgspec.structs.replace(forged, authority_public=NodeKey.generate().public)
    with pytest.raises(ConfigError, match="not enrolled"):
        a_publisher(file, "live", forged)
    with pytest.raises(ConfigError, match="not enrolled"):
        a_publisher(file, "live")
    with pytest.raises(ConfigError, match="another certificate"):
        a_publisher(file, "live", enrolled(certificate=DRILL.fingerprint))
    assert not any(receiver.bodies for receiver in receivers)


def test_an_enrolment_that_runs_out_is_seen_and_leaves_no_warning_without_its_end(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    async def run() -> None:
        async with a_publisher(a_folder(tmp_path, receivers, live=True), "live", enrolled(NOW + 10.0)) as real:
            real.prepare([])  # Some languages are not signed off: it is made ready without them.
            real.take(a_warning("JPN-0001", mode="live"), NOW)
            real.take(a_warning("JPN-0002", mode="live"), NOW + 11.0)
            real.take(a_warning("JPN-0001", "update", mode="live", revision=1), NOW + 12.0)
            assert {name: "run out" in why for name, why in real.sides["live"].failures.items()} == {
                "JPN-0001": True,
                "JPN-0002": True,
            }
            await real.idle()
            real.take(a_warning("JPN-0001", "all-clear", "passed", mode="live", revision=2), NOW + 20.0)
            real.take(a_warning("JPN-0002", "all-clear", "passed", mode="live", revision=1), NOW + 20.0)
            await real.idle()

    asyncio.run(run())
    said = [(body.warning.warning, body.warning.status) for body in receivers[1].bodies]
    assert said == [("JPN-0001", "alert"), ("JPN-0001", "all-clear")]


def test_a_configuration_that_cannot_be_used_is_one_line(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> None:
    file = a_folder(tmp_path, receivers)
    text = file.read_text()
    file.write_text(text.replace("sender =", "sendr ="))
    with pytest.raises(ConfigError, match="sendr"):
        read_publishing(file)
    file.write_text(text.replace("exercise.pem", "nothing.pem"))
    with pytest.raises(ConfigError, match=r"nothing\.pem"):
        a_publisher(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_publishing(tmp_path / "none.toml")


def test_the_files_and_commands_of_the_docs_work(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text()
    (tmp_path / "publishing.toml").write_text(page.split("```toml\n")[1].split("```")[0])
    config = read_publishing(tmp_path / "publishing.toml")
    assert config.live is not None
    assert config.live.sign_off == tmp_path / "sign-off.toml"
    keys = page.split("```\nopenssl")[1].split("```")[0]
    subprocess.run(["bash", "-ec", f"openssl{keys}"], cwd=tmp_path, check=True, capture_output=True)
    make_publisher(config, "exercise", tmp_path / "data", default_rules(), AREAS)


def test_a_node_goes_on_while_many_warnings_are_worded_in_their_order(
    tmp_path: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before)

    async def run() -> None:
        async with a_publisher(a_folder(tmp_path, receivers)) as publisher:
            publisher.prepare(list(AREAS.areas))
            watching = asyncio.create_task(watch())
            await asyncio.sleep(0)
            began = time.perf_counter()
            for number in range(30):
                publisher.take(a_warning(f"JPN-{number:04d}"), NOW)
                publisher.take(a_warning(f"JPN-{number:04d}", "update", revision=1, codes=("JP-03",)), NOW + 1.0)
                assert publisher.sides["exercise"].knows(a_warning(f"JPN-{number:04d}", revision=1))
            asked = time.perf_counter() - began
            await publisher.idle()
            took = time.perf_counter() - began
            watching.cancel()
            assert asked < 0.5 * took, (asked, took)
            assert longest < 0.5 * took, (longest, took)
            assert not publisher.sides["exercise"].failures

    asyncio.run(run())
    kept = (tmp_path / "data" / "exercise" / "said.jsonl").read_bytes().splitlines()
    said = [msgspec.json.decode(line, type=Said).message.warning for line in kept]
    assert [(one.warning, one.revision) for one in said] == [(f"JPN-{n:04d}", r) for n in range(30) for r in (0, 1)]


def test_two_states_that_cannot_be_said_hold_up_nothing(
    tmp_path: Path, receivers: tuple[Receiver, Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with a_publisher(a_folder(tmp_path, receivers)) as publisher:
            side = publisher.sides["exercise"]
            message = side._press.message

            def wordless(release: Release, *rest: Any) -> Any:
                if release.product.warning == "JPN-0001":
                    raise ValueError("no words for it")
                return message(release, *rest)

            monkeypatch.setattr(side._press, "message", wordless)
            publisher.take(a_warning("JPN-0001"), NOW)
            publisher.take(a_warning("JPN-0001", "update", revision=1, codes=("JP-03",)), NOW + 1.0)
            publisher.take(a_warning("JPN-0002"), NOW + 1.0)
            async with asyncio.timeout(10.0):
                await publisher.idle()
            assert side.failures == {"JPN-0001": "no words for it"}
            assert not side.knows(a_warning("JPN-0001"))
            assert side.knows(a_warning("JPN-0002"))

    asyncio.run(run())


WARNINGS = ("JPN-0001", "JPN-0002")
MODES: tuple[Mode, ...] = ("exercise", "live")


def a_side(mode: Mode, folder: Path, sent: list[tuple[Mode, Outgoing]]) -> Side:
    """A side whose messages are looked at where channels would get them."""
    enrolment = Enrolment("JPN", "key-1", REAL.fingerprint, NOW + 86_400.0) if mode == "live" else None
    desk = Desk(
        mode, default_rules(), AREAS.areas, frozenset({"kim", "lee"}), lambda who, act: b"", enrolment,
        lambda shown: True, ("en",),
    )  # fmt: skip
    voice = Voice({}, mode == "live", frozenset({"en"}) if mode == "live" else frozenset())
    consent = CapEnrolment("JPN", "real@warn.example", REAL.fingerprint) if mode == "live" else None
    signer = REAL if mode == "live" else DRILL
    press = Press(("en",), voice, Sender(f"{mode}@warn.example"), signer, OUTLINES, consent)
    side = Side(desk, press, (), folder / mode)
    side.dispatcher.deliver = lambda message: sent.append((mode, message))  # type: ignore[method-assign]
    return side


OUTLINES = Outlines({code: area.geometry for code, area in AREAS.areas.items()})


class Acts(RuleBasedStateMachine):
    """Whatever people do on either desk, a drill leaves as a drill and an end follows only what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.sent: list[tuple[Mode, Outgoing]] = []
        self.looked_at = 0
        self.revision = 0
        self.now = NOW
        self.start()

    def start(self) -> None:
        self.publisher = Publisher(*(a_side(mode, Path(self.folder.name), self.sent) for mode in MODES))

    def teardown(self) -> None:
        self.folder.cleanup()

    def desk(self, mode: Mode) -> Desk:
        return self.publisher.sides[mode].desk

    @rule(
        mode=st.sampled_from(["exercise", "exercise", "exercise", "live"]),
        name=st.sampled_from(WARNINGS),
        authority=st.sampled_from(["JPN", "JPN", "USA"]),
    )
    def propose(self, mode: Mode, name: str, authority: str) -> None:
        self.revision += 1
        warning = a_warning(f"{name}-{mode}", "update", mode=mode, revision=self.revision, authority=authority)
        self.then(lambda: self.publisher.take(warning, self.now))

    @rule(mode=st.sampled_from(MODES), name=st.sampled_from(WARNINGS), who=st.sampled_from(["kim", "lee", "eve"]))
    def approve(self, mode: Mode, name: str, who: str) -> None:
        waiting = {product.warning: product for product in self.desk(mode).pending}
        revision = waiting[f"{name}-{mode}"].revision if f"{name}-{mode}" in waiting else 0
        self.act(lambda: self.desk(mode).approve(f"{name}-{mode}", revision, who, self.now))

    @rule(desk=st.sampled_from(MODES), which=st.integers(0, 3))
    def cancel(self, desk: Mode, which: int) -> None:
        known = [product.warning for mode in MODES for product in self.desk(mode).open] or ["none"]
        self.act(lambda: self.desk(desk).cancel(known[which % len(known)], "kim", self.now))

    @rule(desk=st.sampled_from(MODES), mode=st.sampled_from(MODES))
    def correct(self, desk: Mode, mode: Mode) -> None:
        self.revision += 1
        wrong = [product.warning for product in self.desk(desk).open] or ["none"]
        better = a_warning(f"JPN-{self.revision}-{desk}", mode=mode)
        self.act(lambda: self.desk(desk).correct(wrong[0], better, "lee", self.now))

    @rule()
    def resume(self) -> None:
        self.then(lambda: self.publisher.desks.of("exercise").resume("kim", self.now))

    @rule(seconds=st.sampled_from([1.0, 90.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.then(lambda: self.publisher.tick(self.now))

    @rule()
    def restart(self) -> None:
        self.start()

    def act(self, deed: Any) -> None:
        def done() -> None:
            releases: list[Release] = deed()
            self.publisher.publish(releases, self.now)

        self.then(done)

    def then(self, deed: Any) -> None:
        with contextlib.suppress(DeskError):
            deed()
        for side in self.publisher.sides.values():
            while side.say_next():
                pass
        for mode, message in self.sent[self.looked_at :]:
            alert = read(message.cap)
            assert message.warning.mode == mode
            assert alert.status == ("Actual" if message.warning.warning.split("-")[2] == "live" else "Exercise")
            assert (alert.status == "Actual") == (mode == "live")
            signer = REAL if mode == "live" else DRILL
            assert judge(message.cap, Trust(certificates=(signer.certificate,), at=WHEN)).verdict == "valid"
            if message.ends:
                before = [m for _, m in self.sent[: self.sent.index((mode, message))] if not m.ends]
                assert message.warning.warning in {m.warning.warning for m in before}
        self.looked_at = len(self.sent)
        for side in self.publisher.sides.values():
            assert set(side.failures) <= {f"{name}-live" for name in WARNINGS}, side.failures


TestActs = Acts.TestCase
TestActs.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
