"""Policies: what is refused with its line, what is asked of Cedar, and that remembering changes nothing."""

from __future__ import annotations

import random
import re
from pathlib import Path

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from release_cases import NOW, record

from nadhir.model import Label
from nadhir.sharing.floor import Recipient
from nadhir.sharing.release import Releases, Ruling
from nadhir.sharing.release_form import Form
from nadhir.sharing.release_policies import PolicyError, Question, default_policies, parse_policies, read_policies
from nadhir.sharing.release_samples import sample_records

PERMIT = "permit (principal, action, resource)"
QUESTION = Question("JPN", "track", "KOR", "exercise", Label(), None, None, "coast", 3, "exercise", "exercise", 100)


def releases(text: str) -> Releases:
    recipients = {code: Recipient(code, "exercise") for code in ("JPN", "USA")}
    return Releases(parse_policies({"a.cedar": text}), owner="KOR", mode="exercise", recipients=recipients)


def decide(text: str, kind: str = "track", partner: str = "JPN") -> Ruling:
    return releases(text).decide(record(kind), partner, NOW)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"\n\n{PERMIT};", 'a.cedar:3: name this policy with @id("…")'),
        (f'@id("") {PERMIT};', 'a.cedar:1: name this policy with @id("…")'),
        (f'// one; "two\n@id("a") {PERMIT};\n@id("a") {PERMIT};', 'a.cedar:3: @id("a") is taken by a.cedar:2'),
        (f'@id("a") {PERMIT}', "a.cedar:1: unexpected end of input"),
        (f'@id("a") {PERMIT}\nwhen {{ resource.speed > 3 }};', "a.cedar:1: attribute `speed` on entity type `Record`"),
        (f'@id("a") {PERMIT} when {{ resource.region == "KR" }};', "a.cedar:1: unable to guarantee safety"),
        (f'@id("a") {PERMIT} when {{ resource.age_s < "3" }};', "a.cedar:1: unexpected type"),
        ('@id("a") permit (principal, action == Action::"release-all", resource);', "a.cedar:1: unrecognized action"),
        ('@id("a") permit (principal == ?principal, action, resource);', "without slots"),
        (f'@id("a") @fuzz("3") {PERMIT};', "a.cedar:1: @fuzz is not known; known are id, note, with, coarsen_m"),
        (f'@id("a") @coarsen_m("far") {PERMIT};', 'a.cedar:1: @coarsen_m("far") must be a number above 0'),
        (f'@id("a") @delay_s("-1") {PERMIT};', 'a.cedar:1: @delay_s("-1") must be a number above 0'),
        (f'@id("a") @thin_s("nan") {PERMIT};', 'a.cedar:1: @thin_s("nan") must be a number above 0'),
        (f'@id("a") @with("moon") {PERMIT};', 'a.cedar:1: @with("moon") is not known'),
        (
            '@id("a") @thin_s("3") forbid (principal, action, resource);',
            "a.cedar:1: @thin_s has no meaning on a forbid",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policies({"a.cedar": text})
    assert problem in str(caught.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policies({"a.cedar": f"{PERMIT};\n\n@id(3) {PERMIT};", "b.cedar": f'@id("b") @with("x, y") {PERMIT};'})
    places = [problem.split(": ")[0] for problem in caught.value.problems]
    assert places == ["a.cedar:1", "a.cedar:3", "b.cedar:1", "b.cedar:1"]


def test_a_folder_without_policies_or_with_bytes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"holds no \*\.cedar file"):
        read_policies(tmp_path)
    (tmp_path / "a.cedar").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match=r"a\.cedar:1: cannot be read as text"):
        read_policies(tmp_path)


def test_the_default_policies_warn_everybody_and_keep_detections() -> None:
    policies = parse_policies({"default.cedar": default_policies()})
    desk = Releases(policies, owner="KOR", mode="exercise", recipients={"JPN": Recipient("JPN", "exercise")})
    went = {
        name: desk.decide(item, "JPN", NOW).decision for name, item in sample_records("KOR", "exercise", NOW).items()
    }
    assert {name for name, decision in went.items() if decision.released} == {
        "warning",
        "launch",
        "impact",
        "assessment",
        "track",
    }
    assert went["launch"].form == Form(coarsen_m=5000.0, rights=frozenset({"launch-point"}))
    assert went["radar detection"].outcome == "not-permitted"
    assert went["track"].form == Form()
    track = sample_records("KOR", "exercise", NOW)["track"]
    ascent = replace(track, body=replace(track.body, phase="boost"))
    assert desk.decide(ascent, "JPN", NOW).decision.form == Form(coarsen_m=5000.0)


def test_the_rules_in_the_documentation_are_valid() -> None:
    page = Path(__file__).parents[2] / "docs" / "release-rules.md"
    (example,) = re.findall(r"```cedar\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    desk = releases(example)
    item = record("track", region="JP-13")
    assert desk.decide(item, "JPN", NOW).decision.policies == ("jpn-tracks-nearby",)
    assert desk.decide(item, "USA", NOW).decision.outcome == "not-permitted"
    secret = replace(item, label=Label(classification="SECRET"))
    assert desk.decide(secret, "JPN", NOW).decision.policies == ("nothing-restricted",)


def test_nothing_is_released_that_no_policy_permits() -> None:
    ruling = decide(f'@id("usa") {PERMIT} when {{ principal == Partner::"USA" }};')
    assert ruling.decision.outcome == "not-permitted"
    assert ruling.decision.sentence == "Not released to JPN: no policy permits it."
    assert (ruling.outgoing, ruling.kept) == (None, None)


def test_a_forbid_beats_every_permit_and_is_named() -> None:
    text = f'@id("a") {PERMIT}; @id("b") {PERMIT}; @id("no") @note("not now") forbid (principal, action, resource);'
    decision = decide(text).decision
    assert (decision.outcome, decision.policies) == ("forbidden", ("no",))
    assert decision.sentence == "Not released to JPN: it is forbidden by no (not now)."


def test_the_strictest_form_wins() -> None:
    text = f"""
    @id("a") @coarsen_m("5000") @delay_s("3") @with("launch-point, sensor-positions") {PERMIT};
    @id("b") @coarsen_m("800") @delay_s("30.5") @thin_s("2") @with("launch-point") {PERMIT};
    @id("c") @coarsen_m("90000") {PERMIT} when {{ principal == Partner::"USA" }};
    """
    decision = decide(text).decision
    assert decision.form == Form(coarsen_m=5000, delay_s=30.5, thin_s=2, rights=frozenset({"launch-point"}))
    assert decision.policies == ("a", "b")
    assert decision.not_before == NOW + 30.5
    assert decision.sentence == (
        "Released to JPN by a, b; position to cells of 5000 m; 30.5 s later; at most once in 2 s; with launch-point."
    )


def test_a_policy_that_fails_while_it_is_evaluated_releases_nothing() -> None:
    overflow = "resource.age_s * 9223372036854775807 > context.time * 9223372036854775807"
    text = f'@id("a") {PERMIT}; @id("b") forbid (principal, action, resource) when {{ {overflow} }};'
    assert decide(text).decision.outcome == "failed"


def test_a_detection_cannot_be_made_coarse() -> None:
    decision = decide(f'@id("a") @coarsen_s("5") @with("sensor-positions") {PERMIT};', "detection").decision
    assert decision.outcome == "failed"
    assert "carries no covariance" in decision.sentence


def test_a_time_that_is_no_number_is_not_released_and_stops_nothing() -> None:
    desk = releases(f'@id("a") {PERMIT};')
    assert desk.decide(record(time=float("nan")), "JPN", NOW).decision.outcome == "failed"
    assert desk.decide(record(time=float("-inf")), "JPN", NOW).decision.outcome == "failed"
    assert desk.decide(record(), "JPN", NOW).decision.released


def test_thinning_lets_one_through_in_so_many_seconds_for_each_thing_and_partner() -> None:
    desk = releases(f'@id("a") @thin_s("10") {PERMIT};')
    item = record("impact")
    sent = [desk.decide(item, "JPN", NOW + second).decision.outcome for second in range(25)]
    assert [second for second, outcome in enumerate(sent) if outcome == "released"] == [0, 10, 20]
    assert set(sent) == {"released", "thinned"}
    assert desk.decide(item, "USA", NOW + 24).decision.released
    other = replace(item, body=replace(item.body, object="another"))
    assert desk.decide(other, "JPN", NOW + 24).decision.released


def test_thinning_never_holds_back_a_change() -> None:
    desk = releases(f'@id("a") @thin_s("1000") @with("launch-point") {PERMIT};')
    launch = record("launch")
    assert desk.decide(launch, "JPN", NOW).decision.released
    assert not desk.decide(launch, "JPN", NOW + 1).decision.released
    withdrawn = replace(launch, body=replace(launch.body, status="withdrawn"))
    assert desk.decide(withdrawn, "JPN", NOW + 2).decision.released
    warning = record("warning")
    assert all(desk.decide(warning, "JPN", NOW + second).decision.released for second in range(5))


@settings(deadline=None, max_examples=60)
@given(
    age_s=st.integers(-20, 140),
    time=st.integers(80, 140),
    cuts=st.lists(st.integers(-9, 120), min_size=1, max_size=4),
    operators=st.lists(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), min_size=4, max_size=4),
    turned=st.booleans(),
    more=st.sampled_from(
        [
            "",
            " && resource.age_s + 1 < 60",
            " && context.time - resource.age_s > 70",
            " && (if resource.age_s < 33 then resource else resource).age_s != 70",
        ]
    ),
)
def test_remembered_answers_are_those_of_cedar(
    age_s: int, time: int, cuts: list[int], operators: list[str], turned: bool, more: str
) -> None:
    pairs = zip(cuts, operators, strict=False)
    comparisons = [f"{cut} {op} resource.age_s" if turned else f"resource.age_s {op} {cut}" for cut, op in pairs]
    text = "".join(
        f'@id("{number}") {PERMIT} when {{ {comparison} && context.time {operators[0]} 110{more} }};'
        for number, comparison in enumerate(comparisons)
    )
    policies = parse_policies({"a.cedar": text})
    rng = random.Random(age_s)
    for _ in range(10):
        policies.ask(replace(QUESTION, age_s=rng.randint(-20, 140), time=rng.randint(80, 140)))
    question = replace(QUESTION, age_s=age_s, time=time)
    assert policies.ask(question) == policies.evaluate(question)


def test_seconds_that_no_policy_tells_apart_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    is_authorized = cedarpy.is_authorized
    monkeypatch.setattr(cedarpy, "is_authorized", lambda *args: (calls.append(args), is_authorized(*args))[1])
    policies = parse_policies({"a.cedar": f'@id("a") {PERMIT} when {{ resource.age_s < 60 }};'})
    permitted = [policies.ask(replace(QUESTION, age_s=second, time=second)).outcome for second in range(200)]
    assert permitted == ["permitted"] * 60 + ["not-permitted"] * 140
    assert len(calls) == 3  # before, at and after the sixtieth second
