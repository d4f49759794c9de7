"""Public names: the same inputs give them again, nobody gives one twice, and they count nothing."""

from __future__ import annotations

from nadhir.node.names import Names, names_key


def given(names: Names, start: float) -> list[str]:
    return [names.warning(f"JPN-{number:04d}", start + number // 2) for number in range(200)]


def test_a_node_that_rebuilds_names_its_warnings_as_before_and_a_fresh_one_never_so(tmp_path) -> None:
    key, other = names_key(tmp_path / "exercise"), names_key(tmp_path / "live")
    first = given(Names(key, "own"), 1000.0)
    assert given(Names(names_key(tmp_path / "exercise"), "own"), 1000.0) == first
    everything = [*first, *given(Names(other, "own"), 1000.0), *given(Names(key, "own"), 5000.0)]
    assert len(set(everything)) == len(everything)
    assert {len(name) for name in everything} == {16}


def test_a_warning_keeps_its_name_and_the_order_shows_nothing() -> None:
    names = Names(b"k" * 32, "own")
    name = names.warning("JPN-0001", 1.0)
    later = [names.warning(f"JPN-{number:04d}", float(number)) for number in range(2, 50)]
    assert names.warning("JPN-0001", 99.0) == name
    assert sorted(later) != later
