"""Decision rules: defaults, one authority an area, and what cannot be used."""

from __future__ import annotations

import pytest

from nadhir.alerts import RulesError, default_rules, read_rules
from nadhir.geo.areas import default_areas


def test_every_area_has_one_authority():
    rules = default_rules()
    owners = {code: rules.authority(code) for code in default_areas().codes}
    assert all(owners.values())
    assert {owners[code][0] for code in owners if code.startswith("JP-")} == {"JPN"}
    assert {owners[code][0] for code in owners if code.startswith("KR-")} == {"KOR"}
    assert owners["GU"][0] == owners["US"][0] == "USA"
    assert owners["PH"][0] == "PH"


def test_thresholds_are_in_order():
    for rule in default_rules().all():
        for hazard in ("impact", "overflight", "debris"):
            own = rule.hazard(hazard)
            for limit in (own.district, own.country) if own else ():
                assert 0.0 < limit.leave < limit.neighbour <= limit.alert < 1.0
                assert rule.sanity <= limit.leave


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[JPN", "Expected"),
        ("[JPN]\nareas = 3", "array"),
        ("[JPN]\nthreshold = 3", "unknown field"),
        ('[JPN]\nareas = ["JP"]\n[XYZ]\nareas = ["JP"]', "two authorities"),
    ],
)
def test_rules_that_cannot_be_used(tmp_path, text, said):
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(RulesError, match=said) as refused:
        read_rules(file)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(RulesError, match="cannot be read"):
        read_rules(tmp_path / "none.toml")


def test_own_rules(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text(
        '[ABC]\nareas = ["XA", "XB-1"]\n[ABC.impact]\n'
        "district = { alert = 0.2, leave = 0.1, neighbour = 0.15 }\n"
        "country = { alert = 0.3, leave = 0.1, neighbour = 0.2 }\n"
    )
    rules = read_rules(file)
    assert rules.authority("XA-7")[0] == rules.authority("XB-1")[0] == "ABC"
    assert rules.authority("XB-2") is None
    assert rules.authority("XA")[1].impact.district.alert == 0.2
    assert rules.approval("nobody", "impact").then == "hold"
