"""A node's configuration: what `nadhir init` writes is read, and every slip is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from nadhir.cli.init import CONFIG
from nadhir.node.config import BusSection, read_config
from nadhir.node.toml import ConfigError


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
    config = read_config(written(tmp_path, text))
    assert config.bus.nats_server == Path("/usr/local/bin/nats-server")
    assert config.sensors.file == tmp_path / "sensors.json"
    assert config.warning.file == tmp_path / "warning.toml"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[node]\nnation = "KOR"\nmod = "live"', "unknown field `mod`.*node"),
        ('[node]\nnation = "KOR"\n[buss]', "unknown field `buss`"),
        ('[node]\nnation = "KOR"\nmode = "replay"', r"replay.*mode"),
        ('[node]\nnation = "KOR"\n[bus]\nport = "x"', r"Expected `int`.*bus\.port"),
        ("[node]", "missing required field `nation`"),
        ("[node", "node.toml"),
    ],
)
def test_slips_are_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_config(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"node\.toml cannot be read"):
        read_config(tmp_path / "node.toml")
