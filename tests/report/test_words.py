import pytest

from nadhir.model import Ellipse
from nadhir.report import words


@pytest.mark.parametrize(
    ("seconds", "text"), [(45.4, "45 s"), (370, "6 min 10 s"), (59.7, "1 min 00 s"), (4320, "1 h 12 min"), (-5, "−5 s")]
)
def test_duration(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_quantities() -> None:
    assert words.position(-33.456, 190.0) == "33.46°S 170.00°W"
    assert words.distance(240.4) == "240 m"
    assert words.distance(1_003_400.0) == "1,003 km"
    assert words.distance(9_960.0) == "10 km"
    assert words.ellipse(Ellipse(12_000.0, 8_040.0, 10.0)) == "±12 × 8.0 km"
    assert words.ellipse(Ellipse(340.0, 40.0, 10.0)) == "±340 × 40 m"
    assert words.ellipse(Ellipse(1_200.0, 40.0, 10.0)) == "±1.2 × 0.04 km"
    assert words.speed(640.0) == "640 m/s"
    assert words.speed(3_418.0) == "3.42 km/s"
    assert words.clock(1_772_499_642.6) == "01:00:43"
    assert words.iso(1_772_499_642.6) == "2026-03-03T01:00:42.600Z"
    assert words.listing(["A", "B", "C"]) == "A, B and C"
    assert words.count(2, "launch") == "2 launches"
