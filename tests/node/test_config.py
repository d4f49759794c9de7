"""A node's configuration: what `nadhir init` writes is read, and every slip is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from nadhir.cli.init import CONFIG
from nadhir.node.config import BusSection, read_config
from nadhir.node.service import recipients
from nadhir.node.toml import ConfigError
from nadhir.sharing.floor import Recipient
from nadhir.sharing.keys import TrustedKey
from nadhir.sharing.partners import Card, Partner


def written(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text)
    return path


def test_what_init_writes_is_the_default(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, CONFIG.format(nation="KOR", port=7422)))
    assert (config.node.nation, config.node.mode) == ("KOR", "exercise")
    assert config.bus == BusSection()
    assert config == read_config(written(tmp_path, '[node]\nnation = "KOR"\n'))
    assert config.node.identity == tmp_path
    assert config.log_folder == tmp_path / "data" / "exercise" / "log"
    assert config.release.folder == tmp_path / "policies"
    assert config.sensors.file is None


def test_every_commented_line_is_a_key(tmp_path: Path) -> None:
    """Whoever takes the # away gets a setting, not an error."""
    text = CONFIG.format(nation="KOR", port=7422).replace("# nats", "nats").replace("# file", "file")
    for key in ("product_label", "[release.ceilings]", "JPN", "areas"):
        text = text.replace(f"# {key}", key)
    config = read_config(written(tmp_path, text))
    assert config.bus.nats_server == Path("/usr/local/bin/nats-server")
    assert config.sensors.file == tmp_path / "sensors.json"
    assert (config.warning.file, config.warning.areas) == (tmp_path / "warning.toml", tmp_path / "areas.geojson")
    assert (config.release.product_label, config.release.ceilings) == ("UNCLASSIFIED", {"JPN": "RESTRICTED"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[node]\nnation = "KOR"\nmod = "live"', "unknown field `mod`.*node"),
        ('[node]\nnation = "KOR"\n[buss]', "unknown field `buss`"),
        ('[node]\nnation = "KOR"\nmode = "replay"', r"replay.*mode"),
        ('[node]\nnation = "KOR"\n[bus]\nport = "x"', r"Expected `int`.*bus\.port"),
        ('[node]\nnation = "KOR"\n[release]\nproduct_label = "secret"', r"release\.product_label"),
        ("[node]", "missing required field `nation`"),
        ("[node", "node.toml"),
    ],
)
def test_slips_are_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_config(written(tmp_path, text))


def test_a_partner_may_hold_what_its_ceiling_says(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, '[node]\nnation = "KOR"\n[release.ceilings]\nJPN = "SECRET"'))
    partners = {
        name: Partner(Card(name, 0.0, (), "", "", 0, ""), (TrustedKey(name, b"", 0.0, 1.0, revoked),))
        for name, revoked in (("JPN", None), ("USA", 0.5))
    }
    assert recipients(config, partners) == {
        "JPN": Recipient("JPN", "exercise", "SECRET"),
        "USA": Recipient("USA", "exercise", "UNCLASSIFIED", revoked=True),
    }
    with pytest.raises(ConfigError, match=r"\[release\.ceilings\] names JPN"):
        recipients(config, {"USA": partners["USA"]})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"node\.toml cannot be read"):
        read_config(tmp_path / "node.toml")
