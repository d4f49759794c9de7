"""The documentation says what is true: its example runs, its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "track_from_detections.py"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_library_example_finds_the_impact():
    command = [sys.executable, str(EXAMPLE), str(ROOT / "examples" / "toward-land")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    # The vehicle of this invented flight came down at 39.720 N 140.100 E, its stage at 39.736 N 140.006 E.
    places = [tuple(map(float, found)) for found in re.findall(r": (\S+) N (\S+) E", said)]
    for latitude_deg, longitude_deg in [(39.720, 140.100), (39.736, 140.006)]:
        assert any(abs(a - latitude_deg) < 0.01 and abs(b - longitude_deg) < 0.01 for a, b in places), said


def test_library_page_shows_the_example_as_it_is():
    assert f"```python\n{EXAMPLE.read_text()}```" in (ROOT / "docs" / "library.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
