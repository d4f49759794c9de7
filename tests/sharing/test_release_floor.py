"""Every rule of the floor holds something back that would go without it."""

from __future__ import annotations

import random
from typing import Any, NamedTuple, get_args

import msgspec
import pytest
from msgspec.structs import replace
from release_cases import LAUNCH_AREA, NOW, PARENT, SENSOR, body, record

from nadhir.model import Label, Mode, Record
from nadhir.model.records import RecordKind
from nadhir.sharing.floor import FLOOR, Floor, Recipient, parted
from nadhir.sharing.release import Releases, Ruling
from nadhir.sharing.release_form import Form
from nadhir.sharing.release_policies import parse_policies

EVERYTHING = '@id("all") @with("launch-point, sensor-positions") permit (principal, action, resource);'
NO_RIGHTS = '@id("all") permit (principal, action, resource);'
TRACKS = '@id("tracks") permit (principal, action == Action::"release-track", resource);'


class Scenario(NamedTuple):
    record: Record
    policies: str = EVERYTHING
    recipient: Recipient | None = Recipient("JPN", "exercise")
    mode: Mode = "exercise"
    secret: str | None = None
    """What must not stand in the bytes; null where nothing may go at all."""


def warning(**fields: Any) -> Record:
    return record("warning", **fields)


SCENARIOS = {
    "known-partner": [Scenario(record(), recipient=None)],
    "not-revoked": [Scenario(record(), recipient=Recipient("JPN", "exercise", revoked=True))],
    "own-records": [Scenario(record(owner="USA"))],
    "kind-of-body": [
        Scenario(replace(record("impact"), kind="track"), TRACKS),
        Scenario(replace(record("detection"), kind="track"), EVERYTHING),
    ],
    "own-mode": [
        Scenario(record(), mode="live"),
        Scenario(record(mode="live"), recipient=Recipient("JPN", "live")),
        Scenario(warning(body=replace(body("warning", random.Random(1)), mode="live"))),
    ],
    "partner-mode": [
        Scenario(record(), recipient=Recipient("JPN", "live")),
        Scenario(record(mode="live"), mode="live"),
    ],
    "replay-stays": [Scenario(record(mode="replay"), recipient=Recipient("JPN", "replay"), mode="replay")],
    "releasable-to": [Scenario(record(label=Label(releasable_to=("USA", "AUS"))))],
    "classification-ceiling": [
        Scenario(record(label=Label(classification="RESTRICTED"))),
        Scenario(record(label=Label(classification="SECRET")), recipient=Recipient("JPN", "exercise", "CONFIDENTIAL")),
    ],
    "launch-point": [Scenario(record("launch"), NO_RIGHTS)],
    "sensor-positions": [Scenario(record("detection"), NO_RIGHTS)],
    "launch-area": [Scenario(warning(), NO_RIGHTS, secret=LAUNCH_AREA)],
    "sensor-names": [
        Scenario(warning(), NO_RIGHTS, secret=SENSOR),
        Scenario(record("launch"), NO_RIGHTS.replace(" permit", '@with("launch-point") permit'), secret=SENSOR),
    ],
    "derived-from": [Scenario(record(derived_from=PARENT), secret=PARENT)],
}
CASES = [(name, scenario) for name, scenarios in SCENARIOS.items() for scenario in scenarios]


def rule(scenario: Scenario, floor: Floor) -> Ruling:
    recipients = {} if scenario.recipient is None else {"JPN": scenario.recipient}
    policies = parse_policies({"rules.cedar": scenario.policies})
    releases = Releases(policies, owner="KOR", mode=scenario.mode, recipients=recipients, floor=floor)
    return releases.decide(scenario.record, "JPN", NOW)


def leaks(scenario: Scenario, ruling: Ruling) -> bool:
    if ruling.outgoing is None:
        return False
    return scenario.secret is None or scenario.secret.encode() in msgspec.msgpack.encode(ruling.outgoing)


def test_every_rule_has_a_scenario() -> None:
    assert [rule.name for rule in FLOOR] == list(SCENARIOS)


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_the_floor_holds_and_each_rule_is_needed(name: str, scenario: Scenario) -> None:
    ruling = rule(scenario, FLOOR)
    assert not leaks(scenario, ruling)
    if scenario.secret is None:
        assert ruling.decision.outcome == "refused-by-floor"
        assert ruling.decision.floor == name
        assert ruling.decision.policies
    without = tuple(rule for rule in FLOOR if rule.name != name)
    assert leaks(scenario, rule(scenario, without))


def test_the_owner_keeps_what_the_partner_must_not_see() -> None:
    ruling = rule(Scenario(record("warning"), NO_RIGHTS), FLOOR)
    assert ruling.kept is not None
    assert ruling.outgoing is not None
    assert ruling.kept.derived_from == ruling.decision.record
    assert ruling.outgoing == replace(ruling.kept, derived_from=None)
    assert ruling.outgoing.id == ruling.decision.sent_as != ruling.decision.record
    assert ruling.outgoing.body.unseen == ["KOR"]  # type: ignore[union-attr]


def test_what_is_not_changed_keeps_its_name() -> None:
    item = record()
    ruling = rule(Scenario(item), FLOOR)
    assert ruling.outgoing == item
    assert ruling.decision.sent_as == item.id


def test_a_revocation_counts_from_the_next_record_on() -> None:
    recipients = {"JPN": Recipient("JPN", "exercise")}
    policies = parse_policies({"rules.cedar": EVERYTHING})
    releases = Releases(policies, owner="KOR", mode="exercise", recipients=recipients)
    assert releases.decide(record(), "JPN", NOW).decision.released
    recipients["JPN"] = replace(recipients["JPN"], revoked=True)
    assert releases.decide(record(), "JPN", NOW).decision.sentence == "Not released to JPN: JPN is revoked."


def test_what_is_remembered_of_one_record_is_right_for_the_next() -> None:
    rng = random.Random(11)
    recipients = {"JPN": Recipient("JPN", "exercise"), "USA": Recipient("USA", "live", "SECRET")}
    policies = {"rules.cedar": TRACKS + EVERYTHING}
    kinds = ("detection", "track", "launch", "impact", "assessment", "warning")

    def fresh() -> Releases:
        return Releases(parse_policies(policies), owner="KOR", mode="exercise", recipients=recipients)

    remembers = fresh()
    for number in range(300):
        held = body(rng.choice(kinds), rng, rng.choice(("exercise", "live")))
        item = record(
            rng.choice(kinds),
            rng,
            body=held,
            id=f"record-{number}",
            owner=rng.choice(("KOR", "KOR", "USA")),
            mode=rng.choice(("exercise", "live")),
            label=Label(
                classification=rng.choice(("UNCLASSIFIED", "SECRET")), releasable_to=rng.choice(((), ("JPN",)))
            ),
            derived_from=rng.choice((None, PARENT)),
        )
        for partner in ("JPN", "USA", "AUS"):
            assert remembers.decide(item, partner, NOW) == fresh().decide(item, partner, NOW)


def test_what_is_not_tried_on_a_kind_would_take_nothing_out_of_it() -> None:
    """Else what only the owner may see would leave with a kind that a rule does not name."""
    rng = random.Random(13)
    _, withholdings = parted(FLOOR)
    changed = set()
    for kind in get_args(RecordKind):
        for _ in range(30):
            item = record(kind, rng, derived_from=PARENT)
            for rule in withholdings:
                if rule.strip(item, Form()) != item:
                    changed.add((rule.name, kind))
    assert changed == {(rule.name, kind) for rule in withholdings for kind in rule.kinds}
