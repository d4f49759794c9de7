"""Random events through the press, over real areas in four languages, before every judge that there is."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from cap_messages import NOW, SCHEMA, schema_engines
from cap_signers import a_signer
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.alerts.people import Release
from nadhir.channels.cap import Enrolment, Outlines, Publisher, Trust, judge
from nadhir.channels.text import LANGUAGES, Voice
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, EndReason, Hazard, WarningProduct
from nadhir.node.publishing import Press, Told

AT = datetime.fromtimestamp(NOW + 600.0, UTC)
CODES = ["JP-01", "JP-05", "JP-13", "JP-42", "JP-47", "KR-11", "KR-46", "KR-49", "PH", "FJ", "RU", "XX"]
OUTLINES = Outlines({code: area.geometry for code, area in default_areas().areas.items()})


DRILL, REAL = a_signer("drill", AT), a_signer("real", AT)
PRESSES = {
    "exercise": Press(LANGUAGES, Voice(), Publisher("drill@warn.example"), DRILL, OUTLINES),
    "live": Press(
        LANGUAGES,
        Voice({"en": "Civil protection & co"}, True, frozenset(LANGUAGES)),
        Publisher("warn@warn.example", "https://warn.example/", "desk@warn.example"),
        REAL,
        OUTLINES,
        Enrolment("JPN", "warn@warn.example", REAL.fingerprint),
    ),
}

areas = st.builds(AreaWarning, st.sampled_from(CODES), st.floats(0.0, 1.0), st.floats(NOW - 3600.0, NOW + 7200.0))
states = st.builds(
    WarningProduct,
    warning=st.just("w1"),
    events=st.lists(st.sampled_from(["e1", "e2", "e3"]), min_size=1, unique=True),
    objects=st.lists(st.sampled_from(["o1", "o2"]), unique=True),
    issued=st.just(NOW),
    status=st.sampled_from(["pre-alert", "alert", "update"]),
    hazard=st.sampled_from(get_args(Hazard)),
    areas=st.lists(areas, min_size=1, max_size=12, unique_by=lambda area: area.code),
    mode=st.just("exercise"),
    authority=st.just("JPN"),
    launch_time=st.none() | st.floats(NOW - 3000.0, NOW),
    launch_area=st.none() | st.sampled_from(["KP", "RU", "XX"]),
    latest_arrival=st.none() | st.floats(NOW, NOW + 7200.0),
    fallen=st.booleans(),
    lost=st.booleans(),
    unseen=st.lists(st.sampled_from(["N-JPN-NORTH", "<&>"]), unique=True),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("press")
    for mode, signer in (("exercise", DRILL), ("live", REAL)):
        (made / f"{mode}.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
    return made


def xmlsec1_verifies(message: bytes, certificate: Path) -> bool:
    file = certificate.with_suffix(".xml")
    file.write_bytes(message)
    command = ["xmlsec1", "--verify", "--trusted-pem", certificate, "--verification-time", f"{AT:%Y-%m-%d %H:%M:%S}"]
    return subprocess.run([*command, file], capture_output=True, check=False).returncode == 0


@settings(max_examples=12, deadline=None)
@given(
    life=st.lists(states, min_size=1, max_size=3),
    reason=st.none() | st.sampled_from(get_args(EndReason)),
    cleared=st.integers(0, 12),
    mode=st.sampled_from(["exercise", "live"]),
)
def test_what_the_press_makes_of_any_event_passes_every_judge(
    folder: Path, life: list[WarningProduct], reason: EndReason | None, cleared: int, mode: str
) -> None:
    """`cleared`: how many areas an end clears; another warning holds the others."""
    if reason is not None:
        status = "cancel" if reason == "error" else "all-clear"
        life = [*life, msgspec.structs.replace(life[-1], status=status, reason=reason, areas=life[-1].areas[:cleared])]
    certificate = (DRILL if mode == "exercise" else REAL).certificate
    told: list[Told] = []
    for revision, state in enumerate(life):
        said = msgspec.structs.replace(state, mode=mode, revision=revision, issued=NOW + revision)
        told.append(PRESSES[mode].message(Release(said, "", "", True, (), ()), NOW + revision, told))
        message = told[-1].said.message.cap
        judged = judge(message, Trust(certificates=(certificate,), at=AT))
        assert judged.verdict == "valid", judged
        found = {finding.rule for alert in judged.alerts for finding in alert.findings}
        assert found <= (set() if said.areas else {"area-missing"}), judged
        assert told[-1].alert.status == ("Actual" if mode == "live" else "Exercise")
        if SCHEMA.exists():
            pytest.importorskip("xmlschema")
            assert {name: valid(message) for name, valid in schema_engines().items()} == {
                "libxml2": True,
                "xmlschema": True,
            }
        capvalidator = pytest.importorskip("capvalidator")
        assert capvalidator.check_schema(message).passed
    if shutil.which("xmlsec1"):
        assert xmlsec1_verifies(message, folder / f"{mode}.pem")
        other = "live" if mode == "exercise" else "exercise"
        assert not xmlsec1_verifies(message, folder / f"{other}.pem")
        assert not xmlsec1_verifies(message.replace(b"<urgency>", b"<urgency> ", 1), folder / f"{mode}.pem")
