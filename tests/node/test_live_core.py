"""The core of a live node: what is shared rests on own sensors alone, names do not count, and state comes back."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from nadhir.alerts import default_rules
from nadhir.geo.areas import default_areas
from nadhir.model import Label, Record, Release, WarningProduct
from nadhir.node.core import Core, News, Step
from nadhir.node.desk import Desk
from nadhir.node.feed import own_lines
from nadhir.node.hops import Hops
from nadhir.node.live import LiveNode
from nadhir.node.rebuilding import rebuild
from nadhir.sensors import read_sensors
from nadhir.sharing.decisions import FILE, DecisionFile, Reached
from nadhir.sharing.envelope import Refused, read_envelope, read_release
from nadhir.sharing.floor import Recipient
from nadhir.sharing.keys import NodeKey
from nadhir.sharing.log import Log, read_log
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import default_policies, parse_policies

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SENSORS = read_sensors(EXAMPLE)


def lines(owner: str, seconds: float = 30.0) -> list[tuple[float, bytes]]:
    every = list(own_lines(EXAMPLE, owner))
    start = next(own_lines(EXAMPLE, None))[0]
    return [(at, line) for at, line in every if at <= start + seconds]


def core(owner: str, key: bytes = bytes(32)) -> Core:
    own = [sensor for sensor in SENSORS if sensor.owner == owner]
    return Core(owner, "exercise", own, default_areas(), default_rules(), key)


def run(nation: Core, own: list[tuple[float, bytes]]) -> Iterator[tuple[float, Step]]:
    second = math.floor(own[0][0]) + 1.0
    for at, line in own:
        while second <= at:
            yield second, nation.tick(second)
            second += 1.0
        yield at, nation.line(line, at)


@pytest.fixture(scope="module")
def american() -> list[tuple[float, Release]]:
    """What USA would release if it released everything."""
    return [
        (at, Release(1, "USA", "KOR", "exercise", number, at, tuple(step.records)))
        for number, (at, step) in enumerate(run(core("USA"), lines("USA")), 1)
        if step.records
    ]


def test_what_is_shared_rests_on_own_sensors_alone(american: list[tuple[float, Release]]) -> None:
    """A partner's detections and products change the picture and not one byte of what goes out, warnings apart."""
    alone, with_partner = core("KOR"), core("KOR")
    own = lines("KOR")
    shared_alone = [record for _, step in run(alone, own) for record in step.records]
    waiting = iter(american)
    following = next(waiting, None)
    shared, news = [], []
    for at, step in run(with_partner, own):
        while following is not None and following[0] <= at:
            came = with_partner.release(following[1], max(at, following[0]))
            assert not came.records
            news += came.news
            following = next(waiting, None)
        shared += step.records
        news += step.news
    unwarned = [record for record in shared if record.kind != "warning"]
    bodies = [record.body for record in unwarned]
    assert bodies == [record.body for record in shared_alone if record.kind != "warning"]
    assert {record.kind for record in unwarned} >= {"detection", "launch", "track"}
    launches = [(item.at, item.basis) for item in news if item.product.__struct_config__.tag == "launch"]
    first_own = min(at for at, basis in launches if basis == "own")
    assert min(at for at, basis in launches if basis == "shared") < first_own - 5.0
    assert with_partner.partner_sensors.keys() == {"USA-IR-E", "USA-IR-W"}
    assert not with_partner.partner_refused


def test_news_carry_the_highest_label_of_what_went_in(american: list[tuple[float, Release]]) -> None:
    own = [sensor for sensor in SENSORS if sensor.owner == "KOR"]
    labels = {sensor.id: Label(classification="RESTRICTED") for sensor in own if sensor.kind == "radar"}
    nation = Core("KOR", "exercise", own, default_areas(), default_rules(), bytes(32), labels)
    secret = iter([(at, with_label(release, "SECRET")) for at, release in american[20:60]])
    following = next(secret, None)
    told: set[tuple[str, str]] = set()
    shared = "RESTRICTED"
    for at, step in run(nation, lines("KOR")):
        told |= {(item.basis, item.classification) for item in step.news}
        assert all(item.classification == shared for item in step.news if item.basis == "shared")
        while following is not None and following[0] <= at:
            shared = "SECRET"
            told |= {(item.basis, item.classification) for item in nation.release(following[1], at).news}
            following = next(secret, None)
    assert shared == "SECRET"
    assert told <= {("own", "RESTRICTED"), ("partner", "SECRET"), ("shared", "RESTRICTED"), ("shared", "SECRET")}
    assert {("partner", "SECRET"), ("shared", "SECRET")} <= told


def labels_of_records(product_label: Label | None) -> dict[str, set[str]]:
    """Classifications of a nation's records by kind, where its radars' detections are RESTRICTED."""
    own = [sensor for sensor in SENSORS if sensor.owner == "USA"]
    labels = {sensor.id: Label(classification="RESTRICTED") for sensor in own if sensor.kind == "radar"}
    nation = Core("USA", "exercise", own, default_areas(), default_rules(), bytes(32), labels, product_label)
    found: dict[str, set[str]] = {}
    for _, step in run(nation, lines("USA", 80.0)):
        for record in step.records:
            found.setdefault(record.kind, set()).add(record.label.classification)
    return found


def test_own_products_carry_the_label_that_the_nation_gives_them() -> None:
    found = labels_of_records(Label(classification="CONFIDENTIAL"))
    assert found.keys() >= {"detection", "launch", "track"}
    detections, warnings = found.pop("detection"), found.pop("warning", {"UNCLASSIFIED"})
    assert (detections, warnings) == ({"UNCLASSIFIED", "RESTRICTED"}, {"UNCLASSIFIED"})
    assert all(classes == {"CONFIDENTIAL"} for classes in found.values())


def test_own_products_carry_the_highest_label_behind_them_where_the_nation_gives_none() -> None:
    """Satellites see it first, unlabelled; from the first look of a radar on, what rests on it is RESTRICTED."""
    found = labels_of_records(None)
    assert found["launch"] <= {"UNCLASSIFIED", "RESTRICTED"}
    assert "RESTRICTED" in found["track"]
    assert found.get("warning", {"UNCLASSIFIED"}) == {"UNCLASSIFIED"}


def test_partners_products_are_told_under_the_shared_names(american: list[tuple[float, Release]]) -> None:
    nation = core("KOR")
    shared: set[str] = set()
    about: dict[str, set[str | None]] = {"launch": set(), "track": set()}
    for at, release in american:
        for item in nation.release(release, at).news:
            kind = str(item.product.__struct_config__.tag)
            if item.basis == "shared" and kind == "launch":
                shared.add(item.product.event)  # type: ignore[union-attr,arg-type]
            elif item.basis == "partner" and kind in about:
                about[kind].add(item.event)
    assert about["launch"] & shared
    assert about["track"] & shared


def with_label(release: Release, classification: str) -> Release:
    label = Label(classification=classification)  # type: ignore[arg-type]
    records = tuple(msgspec.structs.replace(record, label=label) for record in release.records)
    return msgspec.structs.replace(release, records=records)


def test_names_do_not_count_and_come_again() -> None:
    own = lines("USA", 12.0)
    one, again, other = (
        [record for _, step in run(core("USA", key), own) for record in step.records]
        for key in (b"a" * 32, b"a" * 32, b"b" * 32)
    )
    assert [record.id for record in one] == [record.id for record in again]
    assert not {record.id for record in one} & {record.id for record in other}
    assert len({record.id for record in one}) == len(one)
    assert not any(record.event == "E0001" or "0001" in (record.event or "") for record in one)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda body: {"observer": None}, "no-sensor"),
        (lambda body: {"sensor": "KOR-GR-1"}, "no-sensor"),
        (lambda body: {"observer": _of(body.observer, owner="JPN")}, "not-its-sensor"),
        (lambda body: {"observer": _of(body.observer, id="KOR-GR-1"), "sensor": "KOR-GR-1"}, "not-its-sensor"),
        (lambda body: {"observer": _of(body.observer, kind="radar")}, "not-its-sensor"),
        (lambda body: {"observer": _of(body.observer, p_detect=7.0)}, "impossible-sensor"),
        (lambda body: {"line_of_sight": (3.0, 0.0, 0.0)}, "impossible"),
    ],
)
def test_a_partners_bad_detection_is_counted(
    american: list[tuple[float, Release]], change: Callable[..., dict[str, object]], cause: str
) -> None:
    at, release = american[0]
    record: Record = release.records[0]
    bad = msgspec.structs.replace(record, body=msgspec.structs.replace(record.body, **change(record.body)))
    nation = core("KOR")
    nation.release(msgspec.structs.replace(release, records=(bad,)), at)
    assert nation.partner_refused == {cause: 1}


def _of(sensor: object, **fields: object) -> object:
    return msgspec.structs.replace(sensor, **fields)


class _Link:
    """Seals what it is offered at once, until it is broken."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.broken = desk, False

    def offer(self, kind: str, seal: Callable[[int], bytes]) -> None:
        if not self.broken:
            seal(self.desk.outgoing.size + 1)


class Life:
    """A node's life between two kills: everything new but the folder."""

    key = NodeKey.generate()

    def __init__(
        self, folder: Path, nation: str = "USA", audience: Callable[[list[News]], None] = lambda news: None
    ) -> None:
        self.desk = Desk(
            nation,
            "KOR",
            "exercise",
            folder / "log",
            key=lambda: self.key,
            own_keys={},
            trusted={},
            take=lambda e: None,
            hops=Hops(),
        )
        self.link = self.desk.link = _Link(self.desk)  # type: ignore[assignment]
        self.log = Log(folder / "log" / f"{nation}-to-{nation}", fsync="called")
        self.decisions = DecisionFile(folder)
        policies = parse_policies({"default.cedar": default_policies()})
        self.node = LiveNode(
            nation,
            "exercise",
            lambda anew: core(nation),
            self.log,
            {"KOR": self.desk},
            Releases(policies, owner=nation, mode="exercise", recipients={"KOR": Recipient("KOR", "exercise")}),
            self.decisions,
            key=lambda: self.key,
            audience=audience,
            hops=Hops(),
        )

    def ended(self) -> None:
        """As a node ends that is told to."""
        self.node.settle(wait=True)
        self.killed()

    def killed(self) -> None:
        """Nothing is put in order: only the locks go, as they do with a process."""
        self.desk.close()
        self.log.close()
        self.decisions.close()


def sent(folder: Path) -> list[Record]:
    envelopes = (data for _, data in read_log(folder / "log" / "USA-to-KOR"))
    return [record for data in envelopes for record in read_release(read_envelope(data)).records]


def written(folder: Path) -> list[str]:
    """Ids of own records in the own log; none twice."""
    found = []
    for _, data in read_log(folder / "log" / "USA-to-USA"):
        with contextlib.suppress(Refused):
            found += [record.id for record in read_release(read_envelope(data)).records]
    assert len(set(found)) == len(found)
    return found


def test_a_killed_node_sends_what_it_owed_once_and_decides_nothing_twice(tmp_path: Path) -> None:
    own = [line for _, line in lines("USA", 75.0)]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    life = Life(_made(whole))
    for line in own:
        life.node.line(line)
    life.ended()

    life = Life(_made(cut))
    for number, line in enumerate(own):
        # For a while nothing leaves, as where a kill comes between the decision and the seal.
        life.link.broken = 60 <= number < 90
        life.node.line(line)
        if number in (40, 89, 150):
            life.killed()
            if number == 150:  # The log can give the decisions again.
                for path in cut.glob(f"{FILE}*"):
                    path.unlink()
            life = Life(cut)
            asyncio.run(rebuild(life.node))
            assert life.node.rebuilt_from > number
    life.ended()

    ids = [record.id for record in sent(cut)]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {record.id for record in sent(whole)}
    decided = [(decision.record, decision.outcome) for decision in DecisionFile(cut, read_only=True).read()]
    assert len(set(decided)) == len(decided)
    assert set(decided) == {(d.record, d.outcome) for d in DecisionFile(whole, read_only=True).read()}
    assert written(cut) == written(whole)
    # Of each record it is known under which number it went, also of those that only the log could tell.
    store = DecisionFile(cut)
    store.append([Reached("KOR", store.numbered("KOR"), "acknowledged", 0.0)])
    assert all(store.find(record, "KOR")[1] for record in ids)


def test_what_a_person_ended_by_mistake_is_said_again_and_a_rebuilt_node_knows_it(tmp_path: Path) -> None:
    def said() -> list[WarningProduct]:
        return [news.product for news in heard if isinstance(news.product, WarningProduct)]

    heard: list[News] = []
    life = Life(_made(tmp_path), "JPN", heard.extend)
    for _, line in lines("JPN", 130.0):
        life.node.line(line)
        if said():
            break
    [first] = said()
    assert not life.node.core.may_reissue(first.warning)  # it is out
    life.node.end_warning(first.warning, "error")
    assert life.node.core.may_reissue(first.warning)
    before: list[tuple[WarningProduct, int]] = []
    life.node.reissue_warning(first.warning, lambda product: before.append((product, len(said()))))
    ended, again = said()[1:]
    assert before == [(again, 2)]  # the desk has it before anybody else
    assert (ended.warning, ended.reason) == (first.warning, "error")
    assert again.warning != first.warning
    assert (again.status, again.reason) == (first.status, None)
    assert {area.code for area in again.areas} == {area.code for area in first.areas}
    life.node.reissue_warning(first.warning, lambda product: before.append((product, 0)))
    assert len(before) == len(said()) - 2 == 1  # once is all
    life.killed()

    told, heard = said(), []
    life = Life(tmp_path, "JPN", lambda news: heard.extend(news))
    asyncio.run(rebuild(life.node))
    assert said() == told
    assert not life.node.core.may_reissue(first.warning)
    life.node.end_warning(again.warning, "error")
    assert life.node.core.may_reissue(again.warning)
    life.killed()


def test_what_a_person_worded_goes_to_partners_once_and_a_rebuilt_node_knows_it(tmp_path: Path) -> None:
    def told() -> list[WarningProduct]:
        path = tmp_path / "log" / "JPN-to-KOR"
        released = [read_release(read_envelope(data)) for _, data in read_log(path)]
        records = [record for release in released for record in release.records]
        return [record.body for record in records if isinstance(record.body, WarningProduct)]

    heard: list[News] = []
    life = Life(_made(tmp_path), "JPN", heard.extend)
    for _, line in lines("JPN", 130.0):
        life.node.line(line)
        if wrong := [news.product for news in heard if isinstance(news.product, WarningProduct)]:
            break
    first = wrong[0]
    right = msgspec.structs.replace(first, warning=f"{first.warning}.1", areas=first.areas[:1], revision=0)
    life.node.worded(right)
    life.node.end_warning(first.warning, "error")
    life.node.worded(msgspec.structs.replace(right, status="all-clear", reason="passed", revision=1))
    life.node.settle()
    said = [(one.warning, one.reason, len(one.areas)) for one in told()]
    assert said == [
        (first.warning, None, len(first.areas)),
        (right.warning, None, 1),
        (first.warning, "error", len(first.areas)),
        (right.warning, "passed", 1),
    ]
    assert told()[1].events == told()[0].events  # by the names that partners know
    life.killed()
    life = Life(tmp_path, "JPN", lambda news: None)
    asyncio.run(rebuild(life.node))
    life.ended()
    assert [(one.warning, one.reason, len(one.areas)) for one in told()] == said


def test_others_have_their_turn_while_a_node_rebuilds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nadhir.node.rebuilding.SLICE_S", 0.0)
    life = Life(_made(tmp_path))
    for _, line in lines("USA")[:50]:
        life.node.line(line)
    life.killed()
    life = Life(tmp_path)
    turns = 0

    async def test() -> None:
        async def others() -> None:
            nonlocal turns
            while True:
                turns += life.node.is_rebuilding
                await asyncio.sleep(0)

        beside = asyncio.create_task(others())
        await rebuild(life.node)
        beside.cancel()

    asyncio.run(test())
    assert turns >= 50
    assert not life.node.is_rebuilding
    life.killed()


def test_a_line_from_the_future_does_not_carry_the_time_away(tmp_path: Path) -> None:
    life = Life(_made(tmp_path))
    (at, first), (_, second) = lines("USA")[:2]
    life.node.line(first)
    fields = msgspec.json.decode(second)
    life.node.line(msgspec.json.encode(fields | {"time": at + 3599.0, "received": at + 3600.0}))
    assert life.node.rejected == {"clock": 1}
    assert life.node.at == at
    life.killed()


def test_an_exercise_that_lies_before_begins_anew(tmp_path: Path) -> None:
    life = Life(_made(tmp_path))
    own = lines("USA")
    for _, line in own[:30]:
        life.node.line(line)
    assert life.node.core.intake.lines == 30
    life.node.exercise(own[0][0] - 100.0)
    life.node.exercise(own[0][0] - 1.0)
    assert life.node.core.intake.lines == 0
    life.node.line(own[0][1])
    assert not life.node.rejected
    life.killed()
    life = Life(tmp_path)
    asyncio.run(rebuild(life.node))
    assert life.node.core.intake.lines == 1
    life.killed()


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
