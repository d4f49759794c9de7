"""Texts over a grid of warnings: limits, marks, hedges, and each language in its own words."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.channels.text import LANGUAGES, Language, NotReleasedError, Voice, WarningText, area_name, write
from nadhir.channels.text import cell_broadcast as broadcast
from nadhir.channels.text.catalogue import strip_isolates
from nadhir.model import AreaWarning, EndReason, Hazard, Mode, WarningProduct, WarningStatus

ISSUED = 1_800_000_000.0  # 2027-01-15 17:00 in Japan and Korea
EXPIRES = ISSUED + 1800.0
PREFECTURES = [f"JP-{number:02d}" for number in range(1, 48)]
MARKS: dict[Mode, dict[Language, str]] = {
    "exercise": {"en": "EXERCISE", "ko": "훈련", "ja": "訓練", "ar": "تمرين"},
    "replay": {"en": "REPLAY", "ko": "기록 재생", "ja": "記録の再生", "ar": "إعادة عرض"},
}
STATES: list[tuple[WarningStatus, EndReason | None]] = [
    ("pre-alert", None),
    ("alert", None),
    ("update", None),
    ("all-clear", "passed"),
    ("all-clear", "fell-at-sea"),
    ("all-clear", "will-not-arrive"),
    ("cancel", "error"),
]
SCRIPTS: dict[Language, tuple[str, ...]] = {
    "en": ("LATIN",),
    "ko": ("HANGUL",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ar": ("ARABIC",),
}
NOT_A_DRILL = re.compile(r"not a (drill|exercise)|훈련이? ?아|실제 상황|訓練ではあり|ليس تمرين")


def a_warning(
    status: WarningStatus = "alert",
    reason: EndReason | None = None,
    hazard: Hazard = "impact",
    mode: Mode = "exercise",
    areas: int = 3,
    **more: object,
) -> WarningProduct:
    codes = (PREFECTURES + [f"KR-{number}" for number in range(100, 1100)])[:areas]
    return WarningProduct(
        warning="w1",
        events=["e1"],
        objects=["o1"],
        issued=ISSUED,
        status=status,
        hazard=hazard,
        areas=[AreaWarning(code, 0.9 - 0.0001 * place, ISSUED + 420.0) for place, code in enumerate(codes)],
        mode=mode,
        reason=reason,
        authority="JPN",
        launch_time=ISSUED - 120.0,
        launch_area="KP",
        **more,  # type: ignore[arg-type]
    )


def all_texts(text: WarningText) -> list[str]:
    return [text.event, text.headline, text.description, text.instruction, text.short, text.long]


def check_limits(text: WarningText) -> None:
    assert len(text.headline) < 140
    assert broadcast.length(text.short) <= broadcast.WEA_CHARACTERS
    assert broadcast.pages(text.short) <= broadcast.PAGES
    assert text.short == strip_isolates(text.short)


def check_words(text: WarningText, mode: Mode) -> None:
    for words in all_texts(text):
        assert words.strip()
        assert not re.search(r"[{}<>$]|\bNone\b|\bnone\b|\?\?\?", words), words
        assert not NOT_A_DRILL.search(words), words
        if mode != "live":
            mark = MARKS[mode][text.language]
            assert strip_isolates(words).startswith(mark), words
            assert strip_isolates(words).endswith(mark), words


def check_script(text: WarningText) -> None:
    letters = [unicodedata.name(letter).split()[0] for words in all_texts(text) for letter in words if letter.isalpha()]
    own = [script for script in letters if script in SCRIPTS[text.language]]
    foreign = {script for script in letters if script not in (*SCRIPTS[text.language], "LATIN", "KATAKANA-HIRAGANA")}
    assert not foreign, foreign
    assert len(own) > 0.75 * len(letters)


@pytest.mark.parametrize(("status", "reason"), STATES)
@pytest.mark.parametrize("hazard", ["impact", "overflight", "debris"])
def test_every_state_in_every_language(status: WarningStatus, reason: EndReason | None, hazard: Hazard) -> None:
    modes: tuple[Mode, ...] = ("exercise", "replay", "live")
    voice = Voice(enrolled=True, reviewed=frozenset(LANGUAGES))
    for areas, (mode, lost) in itertools.product((0, 1, 2, 47), zip(modes, (False, True, True), strict=True)):
        fallen = status == "update" and areas == 2
        warning = a_warning(status, reason, hazard, mode, areas, lost=lost, fallen=fallen, unseen=["r"] * areas)
        texts = [write(warning, language, voice, EXPIRES) for language in LANGUAGES]
        for text in texts:
            check_limits(text)
            check_words(text, mode)
            check_script(text)
        for first, second in itertools.combinations(texts, 2):
            assert not {*all_texts(first)} & {*all_texts(second)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_form_says_event_area_action_expiry_zone_and_sender(language: Language) -> None:
    for status, reason in STATES:
        text = write(a_warning(status, reason, areas=47), language, Voice({language: "Civil Protection"}), EXPIRES)
        bare = strip_isolates(text.event.split(" - ")[1])
        assert bare in text.short
        assert area_name("JP-01", language) in text.short
        assert ("17:30" if reason is None else "17:00") in text.short
        assert "JST" in text.short
        assert "Civil Protection" in text.short


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", ["exercise", "replay"])
def test_the_longest_names_and_sender_still_fit(language: Language, mode: Mode) -> None:
    codes = ["GS-99", "TF-99", "KR-43", "KR-48", "VC-01", "BA", "HM"]
    areas = [AreaWarning(code, 0.5, ISSUED) for code in codes]
    voice = Voice({language: "訓" * 50 if language == "ja" else "M" * 50})
    for status, reason in STATES:
        for change in (codes, [], ["TF", "JP-01"]):
            warning = WarningProduct(
                "w", [], [], ISSUED, status, "overflight", areas, mode, reason, authority="SGS", lost=True
            )
            before = WarningProduct(
                "w", [], [], ISSUED, "alert", "overflight", [AreaWarning(code, 0.5, ISSUED) for code in change], mode
            )
            check_limits(write(warning, language, voice, EXPIRES, before))


def test_english_stays_in_the_seven_bit_alphabet_of_the_network() -> None:
    for status, reason in STATES:
        assert broadcast.is_gsm7(write(a_warning(status, reason, areas=47), "en", Voice(), EXPIRES).short)


def test_many_areas_are_named_and_the_rest_is_counted() -> None:
    text = write(a_warning(areas=47), "en", Voice(), EXPIRES)
    assert "Chiba and 35 other areas" in text.description
    assert text.area_description.count(",") == 46
    assert "47地域" not in write(a_warning(areas=47), "ja", Voice(), EXPIRES).description
    assert "千葉県ほか35地域" in write(a_warning(areas=47), "ja", Voice(), EXPIRES).description
    assert "지바현 외 35개 지역" in write(a_warning(areas=47), "ko", Voice(), EXPIRES).description


def test_a_thousand_areas_at_once() -> None:
    for language in LANGUAGES:
        text = write(a_warning(areas=1000), language, Voice(), EXPIRES)
        check_limits(text)
        assert len(text.long) < 2000
        assert area_name("KR-1052", language) in text.area_description


def test_the_likeliest_area_comes_first_whatever_its_place_in_the_list() -> None:
    areas = [AreaWarning("KR-11", 0.1, ISSUED), AreaWarning("KR-26", 0.8, ISSUED)]
    warning = WarningProduct("w", ["e"], [], ISSUED, "alert", "impact", areas, "exercise")
    assert write(warning, "en", Voice(), EXPIRES).area_description == "Busan, Seoul"


def test_times_are_local_with_their_zone_and_in_utc() -> None:
    text = write(a_warning(), "en", Voice(), EXPIRES)
    assert "17:07 Japan Standard Time on Jan 15 (08:07 UTC)" in text.description
    assert "1月15日17時07分（日本標準時、UTC 08:07）" in write(a_warning(), "ja", Voice(), EXPIRES).description
    hawaii = WarningProduct(
        "w", ["e"], [], ISSUED, "alert", "impact", [AreaWarning("US-HI", 0.5, ISSUED)], "exercise", authority="USA"
    )
    assert "Until 22:30 HST." in write(hawaii, "en", Voice(), EXPIRES).short


def test_times_of_day_in_arabic_are_never_cut_by_isolates() -> None:
    # Digits isolated on each side of a colon would be shown minutes first.
    assert "17:07" in write(a_warning(), "ar", Voice(), EXPIRES).description


def test_latin_names_within_arabic_are_isolated() -> None:
    text = write(a_warning(), "ar", Voice({"ar": "Nadhir KOR-1"}), EXPIRES)
    assert "\u2068Nadhir KOR-1\u2069" in text.description


def test_isolates_are_balanced_in_each_line() -> None:
    for status, reason in STATES:
        for line in write(a_warning(status, reason, areas=20), "ar", Voice(), EXPIRES).long.splitlines():
            assert line.count("\u2068") == line.count("\u2069")
    for language in ("en", "ko", "ja"):
        text = write(a_warning(areas=20), language, Voice(), EXPIRES)
        assert text.long == strip_isolates(text.long)


def test_a_lost_track_and_silent_sensors_are_said() -> None:
    text = write(a_warning(lost=True, unseen=["a", "b"]), "en", Voice(), EXPIRES)
    assert "no longer tracked" in text.description
    assert "2 sensors are silent" in text.description
    assert "Track lost" in text.short
    assert "silent" in write(a_warning("all-clear", "passed", unseen=["a"]), "en", Voice(), EXPIRES).description
    assert "Track lost" not in write(a_warning(), "en", Voice(), EXPIRES).short


def test_issued_in_error_is_not_lifted() -> None:
    for kind, word, other in ((STATES[-1], "오발령", "해제"), (STATES[3], "해제", "오발령")):
        text = " ".join(all_texts(write(a_warning(*kind), "ko", Voice(), EXPIRES)))
        assert word in text
        assert other not in text
    assert "誤報" in write(a_warning(*STATES[-1]), "ja", Voice(), EXPIRES).headline
    assert "解除" not in write(a_warning(*STATES[-1]), "ja", Voice(), EXPIRES).long


@pytest.mark.parametrize(
    ("before", "words"),
    [(2, "more areas"), (5, "fewer areas"), (3, "updated"), (None, "updated")],
)
def test_an_update_says_what_changed(before: int | None, words: str) -> None:
    previous = None if before is None else a_warning(areas=before)
    text = write(a_warning("update"), "en", Voice(), EXPIRES, previous)
    assert words in text.headline
    assert ("No longer covered: Miyagi, Akita." in text.description) == (before == 5)


def test_areas_that_moved_are_said_to_have_moved() -> None:
    previous = WarningProduct("w", ["e"], [], ISSUED, "alert", "impact", [AreaWarning("KR-11", 0.5, 0.0)], "exercise")
    text = write(a_warning("update"), "en", Voice(), EXPIRES, previous)
    assert "areas changed" in text.headline
    assert "No longer covered: Seoul." in text.description


def test_fallen_on_land_keeps_people_in_shelter() -> None:
    text = write(a_warning("update", fallen=True), "en", Voice(), EXPIRES)
    assert "stay in shelter" in text.headline
    assert "Stay in shelter" in text.instruction
    assert "leave" not in text.long


def test_an_end_without_areas_does_not_speak_of_unknown_ones() -> None:
    for status, reason in STATES:
        text = write(a_warning(status, reason, areas=0), "en", Voice(), EXPIRES)
        assert ("not yet known" in text.headline) == (reason is None)
    assert (
        "does not reach the areas concerned"
        in write(a_warning("all-clear", "will-not-arrive", areas=0), "en", Voice(), EXPIRES).description
    )


def test_nothing_live_without_enrolment_and_review() -> None:
    live = a_warning(mode="live")
    with pytest.raises(NotReleasedError, match="not enrolled"):
        write(live, "ko", Voice(reviewed=frozenset(LANGUAGES)), EXPIRES)
    with pytest.raises(NotReleasedError, match="native reviewer"):
        write(live, "ko", Voice(enrolled=True, reviewed=frozenset({"en"})), EXPIRES)
    spoken = write(live, "ko", Voice(enrolled=True, reviewed=frozenset({"ko"})), EXPIRES)
    assert "공식 경보가 아닙니다" not in spoken.long
    assert "공식 경보가 아닙니다" in write(a_warning(), "ko", Voice(enrolled=True), EXPIRES).short


def test_an_end_without_its_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="an all-clear says"):
        write(a_warning("all-clear"), "en", Voice(), EXPIRES)


def test_a_sender_that_no_broadcast_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 50 characters"):
        Voice({"en": "M" * 51})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", fullmatch=True), max_size=30, unique=True),
    st.sampled_from(STATES),
    st.floats(0.0, 4e9),
    st.sampled_from(LANGUAGES),
)
def test_any_codes_and_times(
    codes: list[str], state: tuple[WarningStatus, EndReason | None], issued: float, language: Language
) -> None:
    areas = [AreaWarning(code, 0.5, issued + 100.0) for code in codes]
    warning = WarningProduct("w", ["e"], [], issued, state[0], "debris", areas, "exercise", state[1])
    text = write(warning, language, Voice(), issued + 1800.0)
    check_limits(text)
    check_words(text, "exercise")


LEAVE = re.compile("You can leave|나와도|않아도|必要はありません|يمكنكم")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("status", "reason"), STATES[3:])
def test_an_end_whose_areas_another_warning_holds_lets_nobody_out(language, status, reason):
    """Its list of areas is empty: what it named last is still warned."""
    before = a_warning("alert", areas=2)
    end = a_warning(status, reason, areas=0)
    text = write(end, language, Voice(), EXPIRES, before)
    check_limits(text)
    for told in all_texts(text):
        assert not LEAVE.search(told)
    assert area_name("JP-01", language) in strip_isolates(text.headline)
    alone = write(end, language, Voice(), EXPIRES, a_warning("alert", areas=0))
    assert LEAVE.search(alone.long)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hazard", ["impact", "overflight", "debris"])
def test_an_end_names_the_areas_that_another_warning_holds(language, hazard):
    end = a_warning("all-clear", "passed", hazard=hazard, areas=40)
    text = write(end, language, Voice(), EXPIRES, a_warning("alert", hazard=hazard, areas=41))
    check_limits(text)
    assert LEAVE.search(text.instruction)
    assert area_name("JP-41", language) in strip_isolates(text.description)
    assert text.short != write(end, language, Voice(), EXPIRES, end).short
