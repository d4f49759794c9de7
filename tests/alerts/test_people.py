"""People in charge: no sequence of acts sends a drill out live, none cancels silently, two persons are two."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from alert_stories import AKITA, MID_SEA, SITE, impact, shot, track
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nadhir.alerts.people import Act, Desk, DeskError, Desks, Enrolment, SignedAct, check_acts, read_sign_offs
from nadhir.alerts.rules import ApprovalRule, AuthorityRule, Rules
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, WarningProduct

STATE = shot(SITE, 97.0, 2000.0, 45.0)
OPERATORS = frozenset({"ana", "ben", "cho"})
AREAS = default_areas().areas
RULES = Rules(
    {
        "JPN": AuthorityRule(
            areas=("JP",),
            approval={
                "impact": ApprovalRule("automatic", "automatic"),
                "overflight": ApprovalRule("one-person", "one-person", 20.0, "send"),
                "debris": ApprovalRule("two-person", "two-person", 20.0, "hold"),
            },
        ),
        "PHL": AuthorityRule(areas=("PH",), approval={"impact": ApprovalRule("automatic", "two-person", 60.0, "hold")}),
    }
)
ENROLMENT = Enrolment("JPN", "key-1", "", 5000.0, b"signed by the authority")


def warning(name="JPN-0001", revision=0, mode="exercise", hazard="impact", codes=("JP-05",), reason=None, status=None):
    status = status or ("alert" if reason is None else "cancel" if reason == "error" else "all-clear")
    areas = [AreaWarning(code, 0.5, 100.0) for code in codes]
    return WarningProduct(
        name, ["E1"], ["O1"], 0.0, status, hazard, areas, mode, reason, revision, "PHL" if codes == ("PH",) else "JPN"
    )


def desk(mode="exercise", **changes) -> Desk:
    live = {"enrolment": ENROLMENT, "verify": lambda e: e.signature == ENROLMENT.signature, "signed_off": ("en",)}
    keys = {"live": b"L", "exercise": b"X"}
    signer = lambda operator, raw: keys[mode] + operator.encode() + hashlib.sha256(raw).digest()  # noqa: E731
    return Desk(mode, RULES, AREAS, OPERATORS, signer, **((live if mode == "live" else {}) | changes))


def acts(of: Desk) -> list[Act]:
    return [msgspec.json.decode(signed.act, type=Act) for signed in of.acts]


def test_nothing_is_live_before_an_authority_says_so():
    with pytest.raises(DeskError, match="not enrolled"):
        desk("live", enrolment=None)
    with pytest.raises(DeskError, match="not enrolled"):
        desk("live", enrolment=msgspec.structs.replace(ENROLMENT, signature=b"forged"))
    with pytest.raises(DeskError, match="signed off"):
        desk("live", signed_off=())
    with pytest.raises(DeskError, match="replay"):
        desk("replay")
    live = desk("live")
    assert live.propose(warning(mode="live"), 10.0)
    with pytest.raises(DeskError, match="run out"):
        live.propose(warning("JPN-0002", mode="live"), 6000.0)


def test_live_and_exercise_differ_in_all_that_people_and_programs_see():
    one, other = desk("live"), desk("exercise")
    (real,) = one.propose(warning(mode="live"), 1.0)
    (drill,) = other.propose(warning(mode="exercise"), 1.0)
    assert real.subject != drill.subject
    assert real.banner != drill.banner
    assert "EXERCISE" in drill.banner
    assert one.acts[0].signature[:1] != other.acts[0].signature[:1]
    with pytest.raises(DeskError, match="does not touch"):
        one.propose(warning(mode="exercise"), 2.0)
    with pytest.raises(DeskError, match="does not touch"):
        other.propose(warning(mode="live"), 2.0)


def test_a_person_who_ends_one_warning_clears_no_area_that_another_holds():
    here = desk()
    here.propose(warning("JPN-0001", codes=("JP-05", "JP-06")), 0.0)
    here.propose(warning("JPN-0002", codes=("JP-06",)), 1.0)
    (end,) = here.cancel("JPN-0001", "ana", 2.0)
    assert [area.code for area in end.product.areas] == ["JP-05"]
    (last,) = here.clear("JPN-0002", "passed", "ana", 3.0)
    assert [area.code for area in last.product.areas] == ["JP-06"]


def test_two_persons_are_two():
    here = desk()
    assert here.propose(warning(hazard="debris"), 0.0) == []
    assert here.approve("JPN-0001", 0, "ana", 1.0) == []
    with pytest.raises(DeskError, match="another person"):
        here.approve("JPN-0001", 0, "ana", 2.0)
    with pytest.raises(DeskError, match="no operator"):
        here.approve("JPN-0001", 0, "eve", 2.0)
    (sent,) = here.approve("JPN-0001", 0, "ben", 3.0)
    assert sent.approved_by == ("ana", "ben")


def test_the_strictest_area_decides_and_a_held_one_waits_for_ever():
    here = desk()
    assert here.propose(warning("PHL-0001", codes=("PH",)), 0.0) == []
    assert here.tick(10_000.0) == []
    assert [w.warning for w in here.pending] == ["PHL-0001"]


def test_a_countdown_sends_what_nobody_stopped():
    here = desk()
    here.propose(warning(hazard="overflight"), 0.0)
    here.propose(warning(revision=1, hazard="overflight", codes=("JP-05", "JP-02")), 15.0)
    assert here.tick(19.0) == []
    (sent,) = here.tick(20.0)
    assert sent.product.revision == 1
    here.propose(warning("JPN-0002", hazard="overflight"), 30.0)
    here.reject("JPN-0002", "ana", 31.0)
    assert here.tick(100.0) == []


def test_an_approval_is_of_what_was_seen():
    here = desk()
    here.propose(warning(hazard="overflight"), 0.0)
    here.propose(warning(revision=1, hazard="overflight", codes=("JP-02",)), 1.0)
    with pytest.raises(DeskError, match="changed"):
        here.approve("JPN-0001", 0, "ana", 2.0)
    assert here.approve("JPN-0001", 1, "ana", 3.0)


def test_an_approval_covers_updates_that_add_no_area_and_the_end():
    here = desk()
    here.propose(warning(hazard="overflight", codes=("JP-02", "JP-05")), 0.0)
    here.approve("JPN-0001", 0, "ana", 1.0)
    assert here.propose(warning(revision=1, hazard="overflight", status="update"), 2.0)
    assert here.propose(warning(revision=2, hazard="overflight", codes=("JP-05", "JP-07"), status="update"), 3.0) == []
    (end,) = here.propose(warning(revision=3, hazard="overflight", reason="passed"), 4.0)
    assert end.product.reason == "passed"
    assert here.open == here.pending == []


def test_what_never_went_out_is_not_ended_in_public():
    here = desk()
    here.propose(warning(hazard="debris"), 0.0)
    assert here.propose(warning(revision=1, hazard="debris", reason="passed"), 1.0) == []
    assert here.pending == []


def test_cancel_and_correct_are_one_step():
    here = desk()
    here.propose(warning(codes=("JP-13",)), 0.0)
    with pytest.raises(DeskError, match="id of its own"):
        here.correct("JPN-0001", warning(), "ana", 1.0)
    ended, right = here.correct("JPN-0001", warning("JPN-0002", codes=("JP-05",)), "ana", 1.0)
    assert (ended.product.status, ended.product.reason) == ("cancel", "error")
    assert [area.code for area in ended.product.areas] == ["JP-13"]
    assert [area.code for area in right.product.areas] == ["JP-05"]
    (gone,) = here.cancel("JPN-0002", "ben", 2.0)
    assert gone.product.reason == "error"
    with pytest.raises(DeskError, match="nothing to end"):
        here.cancel("JPN-0002", "ben", 3.0)
    with pytest.raises(DeskError, match="cancelled, not cleared"):
        here.clear("JPN-0002", "error", "ben", 3.0)


def test_what_was_ended_by_mistake_is_said_again_in_one_step():
    here = desk()
    here.propose(warning(codes=("JP-05", "JP-02")), 0.0)
    with pytest.raises(DeskError, match="not ended by a person"):
        here.reissue("JPN-0001", warning("JPN-0002"), "ana", 1.0)
    here.cancel("JPN-0001", "ana", 2.0)
    assert [one.warning for one in here.ended_by_people] == ["JPN-0001"]
    for wrong, why in (
        (warning("JPN-0001"), "id of its own"),
        (warning("JPN-0002", reason="passed"), "id of its own"),
        (warning("JPN-0002", codes=("JP-13",)), "no other areas"),
        (warning("JPN-0002", hazard="debris"), "no other hazard"),
        (warning("JPN-0002", mode="live"), "does not touch"),
    ):
        with pytest.raises(DeskError, match=why):
            here.reissue("JPN-0001", wrong, "ana", 3.0)
    with pytest.raises(DeskError, match="no operator"):
        here.reissue("JPN-0001", warning("JPN-0002"), "eve", 3.0)
    (again,) = here.reissue("JPN-0001", warning("JPN-0002"), "ben", 3.0)
    assert (again.product.warning, again.product.status, again.approved_by) == ("JPN-0002", "alert", ("ben",))
    assert acts(here)[-1].what == "reissue"
    assert here.ended_by_people == []
    with pytest.raises(DeskError, match="not ended by a person"):
        here.reissue("JPN-0001", warning("JPN-0003"), "ben", 4.0)


def test_two_persons_say_again_what_takes_two():
    here = desk()
    here.propose(warning(hazard="debris"), 0.0)
    here.approve("JPN-0001", 0, "ana", 1.0)
    here.approve("JPN-0001", 0, "ben", 1.0)
    here.clear("JPN-0001", "will-not-arrive", "cho", 2.0)
    again = warning("JPN-0002", hazard="debris")
    assert here.reissue("JPN-0001", again, "ana", 3.0) == []
    assert here.propose(again, 3.0) == []  # the node proposes it too: the first yes stays
    with pytest.raises(DeskError, match="another person"):
        here.approve("JPN-0002", 0, "ana", 4.0)
    (sent,) = here.approve("JPN-0002", 0, "ben", 4.0)
    assert sent.approved_by == ("ana", "ben")


def test_what_ended_by_rule_is_not_for_people_to_say_again():
    here = desk()
    here.propose(warning(), 0.0)
    here.propose(warning(revision=1, reason="passed"), 1.0)
    here.propose(warning("JPN-0002"), 2.0)
    here.suspend(3.0)
    assert here.ended_by_people == []


def test_after_a_restart_what_a_person_ended_can_still_be_said_again():
    before = desk()
    said = (
        before.propose(warning(), 0.0)
        + before.cancel("JPN-0001", "ana", 1.0)
        + before.propose(warning("JPN-0002"), 2.0)
    )
    after = desk()
    after.restore(said, before.acts)
    assert [one.warning for one in after.open] == ["JPN-0002"]
    assert [one.warning for one in after.ended_by_people] == ["JPN-0001"]
    assert after.reissue("JPN-0001", warning("JPN-0003"), "ana", 3.0)


def test_a_correction_that_was_ended_by_mistake_is_said_again():
    before = desk()
    said = before.propose(warning(codes=("JP-13",)), 0.0)
    said += before.correct("JPN-0001", warning("JPN-0001.1"), "ana", 1.0)
    said += before.cancel("JPN-0001.1", "ben", 2.0)
    assert before.is_correction("JPN-0001.1")
    assert not before.is_correction("JPN-0001")
    here = desk()
    here.restore(said, before.acts)
    assert here.is_correction("JPN-0001.1")
    (again,) = here.reissue("JPN-0001.1", warning("JPN-0001.1.1"), "ana", 3.0)
    assert (again.product.status, again.approved_by) == ("alert", ("ana",))
    assert [(a.what, a.warning, a.instead_of) for a in acts(here)[-3:]] == [
        ("correct", "JPN-0001.1", "JPN-0001"),
        ("cancel", "JPN-0001.1", ""),
        ("reissue", "JPN-0001.1.1", "JPN-0001.1"),
    ]
    after = desk()
    after.restore([*said, again], here.acts)
    assert [one.warning for one in after.ended_by_people] == ["JPN-0001"], "it is said again already"
    here.cancel("JPN-0001.1.1", "ana", 4.0)
    assert here.is_correction("JPN-0001.1.1")
    assert here.reissue("JPN-0001.1.1", warning("JPN-0001.1.2"), "ben", 5.0)


def test_acts_tell_who_did_what_and_none_can_be_changed_or_left_out():
    here = desk()
    here.propose(warning(hazard="overflight"), 0.0)
    here.approve("JPN-0001", 0, "ana", 3.0)
    here.cancel("JPN-0001", "ben", 9.0)
    verifies = lambda signature, raw: signature.endswith(hashlib.sha256(raw).digest())  # noqa: E731
    read = check_acts(here.acts, verifies)
    assert [(a.operator, a.what, a.time) for a in read] == [("ana", "approve", 3.0), ("ben", "cancel", 9.0)]
    with pytest.raises(DeskError, match="act 0 does not follow"):
        check_acts(here.acts[1:], verifies)
    changed = here.acts[0].act.replace(b"ana", b"cho")
    with pytest.raises(DeskError, match="act 0 is not signed"):
        check_acts([SignedAct(changed, here.acts[0].signature)], verifies)


def test_a_real_event_takes_the_exercise_off_the_air():
    both = Desks(desk(), desk("live"))
    both.propose(warning("JPN-0007"), 0.0)
    drill_end, real = both.propose(warning("JPN-0001", mode="live"), 5.0)
    assert (drill_end.product.mode, drill_end.product.reason, drill_end.public) == ("exercise", "error", True)
    assert (real.product.mode, real.public) == ("live", True)
    (after,) = both.propose(warning("JPN-0008"), 6.0)
    assert not after.public
    with pytest.raises(DeskError, match="no operator"):
        both.of("exercise").resume("eve", 7.0)
    both.of("exercise").resume("ana", 7.0)
    (again,) = both.propose(warning("JPN-0009"), 8.0)
    assert again.public


def test_sign_offs_hold_for_the_reviewed_text_only(tmp_path):
    file, texts = tmp_path / "signed.json", {"en": b"take shelter", "ja": b"changed since"}
    good = {
        "language": "en",
        "sha256": hashlib.sha256(b"take shelter").hexdigest(),
        "reviewer": "A",
        "date": "2026-11-01",
    }
    old = {"language": "ja", "sha256": hashlib.sha256(b"before").hexdigest(), "reviewer": "B", "date": "2026-11-01"}
    file.write_bytes(msgspec.json.encode([good, old]))
    assert read_sign_offs(file, texts) == ("en",)
    with pytest.raises(DeskError, match="native"):
        read_sign_offs(tmp_path / "none.json", texts)


NAMES = st.sampled_from(["JPN-0001", "JPN-0002", "JPN-0003", "JPN-0008", "JPN-0009"])
PEOPLE = st.sampled_from([*sorted(OPERATORS), "eve"])


class DesksMachine(RuleBasedStateMachine):
    """Any acts in any order on both desks."""

    def __init__(self) -> None:
        super().__init__()
        self.desks = Desks(desk(), desk("live"))
        self.now = 0.0
        self.revisions: dict[tuple[str, str], int] = {}
        self.proposed_live: set[str] = set()
        self.out: dict[str, dict[str, object]] = {"live": {}, "exercise": {}}
        self.said: dict[str, list[object]] = {"live": [], "exercise": []}

    def take(self, mode, act) -> None:
        try:
            releases = act()
        except DeskError:
            return
        for release in releases or []:
            product = release.product
            assert product.mode in release.subject
            assert ("EXERCISE" in release.banner) == (product.mode == "exercise")
            assert set(release.approved_by) <= OPERATORS | {"node"}
            if product.mode == "live":
                assert product.warning in self.proposed_live
                assert release.public
            self.said[product.mode].append(release)
            public = self.out[product.mode]
            if product.reason is None:
                public[product.warning] = release
                if product.hazard == "debris" and len(release.approved_by) == 1:
                    assert self.covered or release.approved_by != ("node",)
            else:
                assert product.warning in public, "an end of what was never said"
                assert release.public == public.pop(product.warning).public, "an end that people do not see"

    @rule(
        name=NAMES,
        mode=st.sampled_from(["live", "exercise", "replay"]),
        hazard=st.sampled_from(["impact", "overflight", "debris"]),
        codes=st.sampled_from([("JP-05",), ("JP-05", "JP-02"), ("JP-13",)]),
        reason=st.sampled_from([None, None, None, "passed", "error"]),
    )
    def propose(self, name, mode, hazard, codes, reason):
        revision = self.revisions[mode, name] = self.revisions.get((mode, name), -1) + 1
        if mode == "live":
            self.proposed_live.add(name)
        before = self.out.get(mode, {}).get(name)
        known = {area.code for area in before.product.areas} if before else set()
        self.covered = set(codes) <= known
        self.take(mode, lambda: self.desks.propose(warning(name, revision, mode, hazard, codes, reason), self.now))

    @rule(name=NAMES, who=PEOPLE, live=st.booleans(), act=st.sampled_from(["approve", "reject", "cancel", "clear"]))
    def decide(self, name, who, live, act):
        here = self.desks.of("live" if live else "exercise")
        self.covered = False
        revision = next((w.revision for w in here.pending if w.warning == name), 0)
        needs_two = any(w.warning == name and w.hazard == "debris" for w in here.pending)
        before = len(here.acts)
        calls = {
            "approve": lambda: here.approve(name, revision, who, self.now),
            "reject": lambda: here.reject(name, who, self.now),
            "cancel": lambda: here.cancel(name, who, self.now),
            "clear": lambda: here.clear(name, "passed", who, self.now),
        }
        out_before = name in {w.warning for w in here.open}
        revision_out = next((w.revision for w in here.open if w.warning == name), -1)
        self.take(here.mode, calls[act])
        if who not in OPERATORS:
            assert len(here.acts) == before
        went_out = next((w.revision for w in here.open if w.warning == name), -1) != revision_out
        if act == "approve" and needs_two and went_out:
            yes = [a for a in acts(here) if (a.what, a.warning, a.revision) == ("approve", name, revision)]
            assert len({a.operator for a in yes[-2:]}) == 2
        if act in ("cancel", "clear") and out_before and who in OPERATORS:
            assert name not in {w.warning for w in here.open}

    @rule(name=NAMES, who=PEOPLE, live=st.booleans(), drill=st.booleans())
    def correct(self, name, who, live, drill):
        here = self.desks.of("live" if live else "exercise")
        self.covered = True
        mode = "exercise" if drill else "live"
        if mode == "live":
            self.proposed_live.add("JPN-0009")
        self.take(here.mode, lambda: here.correct(name, warning("JPN-0009", mode=mode), who, self.now))

    @rule(name=NAMES, who=PEOPLE, live=st.booleans(), drill=st.booleans(), hazard=st.sampled_from(["impact", "debris"]))
    def reissue(self, name, who, live, drill, hazard):
        here = self.desks.of("live" if live else "exercise")
        self.covered = True
        was = {one.warning: one for one in here.ended_by_people}
        again = warning("JPN-0008", mode="exercise" if drill else "live", hazard=hazard)
        before = len(here.acts)
        self.take(here.mode, lambda: self.said_again(here, name, again, who))
        if len(here.acts) > before:
            assert name in was
            assert drill != live
            assert who in OPERATORS
            assert hazard == was[name].hazard
            if hazard == "debris":
                assert "JPN-0008" not in {one.warning for one in here.open}, "one person alone"

    def said_again(self, here, name, again, who):
        released = here.reissue(name, again, who, self.now)
        if again.mode == "live":
            self.proposed_live.add(again.warning)
        return released

    @rule(seconds=st.sampled_from([1.0, 10.0, 30.0]))
    def wait(self, seconds):
        self.now += seconds
        self.covered = True
        self.take("", lambda: self.desks.tick(self.now))

    @rule(
        live=st.booleans(),
        phase=st.sampled_from(["coast", "lost", "down", "orbit"]),
        where=st.sampled_from([AKITA, MID_SEA]),
    )
    def see(self, live, phase, where):
        here = self.desks.of("live" if live else "exercise")
        here.see(track("O1", "E1", self.now, STATE, phase))
        here.see(impact("O1", "E1", self.now, where, self.now, 2e3, phase))

    @rule(who=PEOPLE)
    def resume(self, who):
        self.take("exercise", lambda: self.desks.of("exercise").resume(who, self.now))

    @rule(mode=st.sampled_from(["live", "exercise"]))
    def restart(self, mode):
        before, after = self.desks.of(mode), desk(mode)
        after.restore(self.said[mode], before.acts)
        assert after.suspended == before.suspended
        for name in ("JPN-0001", "JPN-0008", "JPN-0009"):
            assert after.is_correction(name) == before.is_correction(name)
        assert {one.warning for one in before.ended_by_people} <= {one.warning for one in after.ended_by_people}
        self.desks.by_mode[mode] = after

    @rule()
    def real_event(self):
        self.covered = True
        self.take("exercise", lambda: self.desks.real_event(self.now))

    @invariant()
    def what_is_out_is_what_people_saw(self):
        for here in self.desks.by_mode.values():
            assert {w.warning for w in here.open} == set(self.out[here.mode])

    @invariant()
    def every_act_is_chained_and_signed_by_who_did_it(self):
        for here, key in ((self.desks.of("exercise"), b"X"), (self.desks.of("live"), b"L")):
            previous = ""
            for number, signed in enumerate(here.acts):
                act = msgspec.json.decode(signed.act, type=Act)
                assert (act.number, act.previous, act.mode) == (number, previous, here.mode)
                assert signed.signature == key + act.operator.encode() + hashlib.sha256(signed.act).digest()
                previous = hashlib.sha256(signed.act).hexdigest()


DesksMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNoSequenceOfActs = DesksMachine.TestCase
