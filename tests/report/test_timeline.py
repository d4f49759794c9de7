from io import StringIO

from made_up_flights import FALL, LAUNCHED, assessment, impact, launch, one_flight, state
from rich.console import Console

from nadhir.model import Product
from nadhir.report import Line, TerminalView, Timeline


def said(products: list[Product]) -> list[Line]:
    timeline = Timeline()
    return [line for product in products for line in timeline.add(product)]


def texts(products: list[Product]) -> list[str]:
    return [line.text for line in said(products)]


def test_a_flight_is_told_in_order() -> None:
    lines = said(one_flight())
    wanted = [
        "launch seen by IR-1 near 40.86°N 129.67°E, in North Korea (90 % within ±12 × 4.8 km)",
        "launch also seen by IR-2",
        "tracked: height",
        "launch place narrowed",
        "thrust ended at 01:01:00 UTC",
        "expected to come down near 39.72°N 140.10°E, in Japan, in 3 min 58 s",
        "second object left the first",
        "enters the atmosphere",
        "lost: no sensor sees it any more",
        "down by now (predicted, not observed)",
    ]
    first_said = {w: next((k for k, line in enumerate(lines) if line.text.startswith(w)), None) for w in wanted}
    assert None not in first_said.values(), first_said
    order = [first_said[w] for w in wanted if w != "launch place narrowed"]
    assert order == sorted(order)
    assert lines[0].elapsed_s == 30.0
    assert lines[0].severity == "urgent"
    assert [line.time for line in lines] == sorted(line.time for line in lines)


def test_predictions_are_never_told_as_facts() -> None:
    for line in said(one_flight()):
        if "come down" in line.text or ("UTC ±" in line.text and line.object):
            assert "expected" in line.text
        assert "landed" not in line.text
        assert "hit" not in line.text.split()


def test_the_ellipse_is_said_when_it_halves_and_not_otherwise() -> None:
    spoken = texts([impact(70, 40e3), impact(71, 30e3), impact(72, 19e3), impact(73, 18e3), impact(74, 2e3)])
    assert [t.split(":")[0].split(" near")[0] for t in spoken] == [
        "expected to come down",
        "ellipse halved",
        "ellipse much smaller",
    ]


def test_while_it_burns_a_region_is_said_and_no_expected_place() -> None:
    burning = [impact(44, 900e3, "boost"), impact(46, 800e3, "boost"), impact(50, 400e3, "boost")]
    lines = said([*burning, impact(70, 40e3)])
    assert [line.text.split(":")[0].split(" near")[0] for line in lines] == [
        "still burns",
        "still burns",
        "expected to come down",
    ]
    assert [line.severity for line in lines[:2]] == ["notice", "notice"]
    assert "may come down anywhere within ±900 × 360 km of" in lines[0].text
    assert "in about 4 min" in lines[0].text


def test_a_moved_or_widened_prediction_is_said_but_not_at_once() -> None:
    away = (FALL[0] + 1.0, FALL[1])
    assert len(texts([impact(70, 5e3), impact(72, 5e3, fall=away)])) == 1
    assert texts([impact(70, 5e3), impact(90, 5e3, fall=away)])[1].startswith("moved: now expected")
    assert texts([impact(70, 5e3), impact(90, 50e3)])[1].startswith("ellipse widened: now expected")


def test_what_may_fall_on_land_is_urgent_and_at_sea_is_not() -> None:
    assert said([impact(70, 5e3)])[0].severity == "urgent"
    assert said([impact(70, 5e3, fall=(38.5, 135.5))])[0].severity == "notice"
    assert said([impact(70, 300e3, fall=(38.5, 135.5))])[0].severity == "urgent"


def test_orbit_is_expected_and_taken_back() -> None:
    launched = launch(30, 5e3)
    spoken = texts([launched, assessment(80, "space-launch", 0.9, 0.95), assessment(90, "space-launch", 0.9, 0.2)])
    assert "expected to reach orbit (0.95)" in spoken
    assert "no longer expected to reach orbit (0.20)" in spoken


def test_a_broken_assumption_is_said_once() -> None:
    flight = [state(100, "coast"), state(102, "coast", ballistic=False), state(104, "coast", ballistic=False)]
    spoken = texts([*flight, state(106, "coast")])
    assert spoken.count("breaks the ballistic assumption: the ellipse is widened") == 1
    assert spoken[-1] == "flies ballistically again"


def test_thrust_that_comes_back_for_a_moment_is_not_said() -> None:
    doubt = [state(100, "coast"), state(101, "boost"), state(103, "coast")]
    assert len(texts(doubt)) == 1
    relit = [state(100, "coast"), *(state(second, "boost") for second in range(101, 106))]
    assert [t.split(":")[0] for t in texts(relit)] == ["tracked", "thrust again"]


def test_down_is_the_last_word() -> None:
    end = [state(290, "lost"), state(300, "down"), state(310, "lost"), state(311, "down")]
    assert len([t for t in texts(end) if t.startswith("down")]) == 1


def test_withdrawn_and_seen_again() -> None:
    assert texts([launch(30, 9e3), launch(40, 9e3, "withdrawn")])[-1].startswith("withdrawn")
    lost_and_found = [state(100, "coast"), state(110, "lost"), state(120, "coast")]
    assert texts(lost_and_found)[-1].startswith("seen again")


def test_an_object_without_a_launch() -> None:
    line = said([state(100, "orbit", "S1", event=None)])[0]
    assert line.text.startswith("in orbit, no launch")
    assert (line.event, line.elapsed_s, line.severity) == (None, None, "detail")


def test_the_same_products_say_the_same() -> None:
    assert said(one_flight()) == said(one_flight())


def test_without_a_terminal_lines_are_plain_and_whole() -> None:
    stream = StringIO()
    with TerminalView(Console(file=stream, width=40)) as view:
        view.progress(0.5, LAUNCHED)
        view.line(
            Line(LAUNCHED + 30, "E1", None, "a text [that] is longer than the forty columns of it", "urgent", 30.0)
        )
    assert stream.getvalue() == (
        "01:00:30    +30 s  E1          a text [that] is longer than the forty columns of it\n"
    )


def test_on_a_terminal_there_is_a_bar_and_lines_are_folded() -> None:
    stream = StringIO()
    with TerminalView(Console(file=stream, width=80, force_terminal=True)) as view:
        view.progress(0.5, LAUNCHED)
        view.line(Line(LAUNCHED + 30, "E1", "E1/1", "word " * 20, "notice", 30.0))
    assert "50 %" in stream.getvalue()
    assert stream.getvalue().count("word") == 20


def test_on_the_coast_counts_as_land() -> None:
    line = said([impact(70, 500.0, fall=(27.10, 142.23))])[0]
    assert "on the coast of Japan" in line.text
    assert line.severity == "urgent"
