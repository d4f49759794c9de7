import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from made_up_flights import launch, one_flight, state, write_replay

from nadhir.model import LaunchProduct, Product
from nadhir.report import RecordError, write_report


def page_of(folder: Path, products: list[Product]) -> str:
    out, scenario = write_replay(folder, products)
    write_report(out, scenario, folder / "deep" / "report.html")
    return (folder / "deep" / "report.html").read_text()


def renamed(product: Product, number: int) -> Product:
    """The same product of another event, a little later and elsewhere."""
    fields = {"event": f"E{number}", "issued": product.issued + number}
    if not isinstance(product, LaunchProduct):
        fields["object"] = product.object.replace("E1", f"E{number}")
    return msgspec.structs.replace(product, **fields)


def test_a_page_is_whole_and_asks_for_nothing(tmp_path: Path) -> None:
    page = page_of(tmp_path, one_flight())
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(", page)
    assert "Not an official warning" in page
    assert page.count("REPLAY · not an official warning") == page.count('class="watermark"') >= 7
    assert "One launch in North Korea at 01:00:00, seen by IR-1 and IR-2" in page
    for part in (
        "Toward-land",
        "Event E1",
        "Timeline",
        "Input quality",
        "90 % ellipse",
        "medium-range (0.95)",
        "RADAR-1",
    ):
        assert part in page
    assert "{&quot;sensor&quot;: &lt;b&gt;" in page
    assert page.count("<svg") == page.count("</svg>")


def test_the_same_replay_gives_the_same_page(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert page_of(tmp_path / "a", one_flight()) == page_of(tmp_path / "b", one_flight())


def test_no_products_is_a_page_too(tmp_path: Path) -> None:
    page = page_of(tmp_path, [])
    assert "No launch was reported. No object was followed." in page
    assert "Nothing came from IR-1" in page


def test_missing_pieces_leave_their_part_out(tmp_path: Path) -> None:
    out, _ = write_replay(tmp_path, one_flight()[3:])
    (out / "summary.json").unlink()
    (out / "rejected.jsonl").unlink()
    write_report(out, tmp_path / "gone", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "Launch" in page
    assert "Input quality" not in page


def test_a_folder_without_products_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such file"):
        write_report(tmp_path, tmp_path, tmp_path / "report.html")
    (tmp_path / "products.jsonl").write_text('{"kind": "advice"}\n{"kind": "track"}\n')
    with pytest.raises(RecordError, match="line 2"):
        write_report(tmp_path, tmp_path, tmp_path / "report.html")


def test_many_events_are_a_table_with_details(tmp_path: Path) -> None:
    products = [renamed(p, k) for k in range(1, 31) for p in one_flight()[:: 4 if k > 1 else 1]]
    page = page_of(tmp_path, products)
    assert "30 launches from North Korea" in page
    assert page.count('<details class="event"') == 30
    assert len(page) < 6e6


def test_withdrawn_events_are_named_as_such(tmp_path: Path) -> None:
    page = page_of(tmp_path, [launch(30, 9e3), launch(50, 9e3, "withdrawn")])
    assert "1 report of a launch was withdrawn" in page
    assert "<h2>Withdrawn</h2>" in page


def test_satellites_are_summed_up(tmp_path: Path) -> None:
    page = page_of(tmp_path, [state(k, "orbit", f"S{k}", event=None) for k in range(60)])
    assert "60 objects were followed, none tied to a launch" in page
    assert "and 20 more" in page


def test_a_path_across_the_dateline_is_one_line(tmp_path: Path) -> None:
    page = page_of(tmp_path, one_flight(fall=(37.3, 185.0)))
    lines = [re.findall(r"[ML](-?[\d.]+),", data) for data in re.findall(r'<path class="path o0" d="([^"]+)"', page)]
    flown = [[float(x) for x in line] for line in lines if len(line) > 10]
    assert flown
    for line in flown:
        assert max(abs(a - b) for a, b in pairwise(line)) < 60


def test_names_are_escaped(tmp_path: Path) -> None:
    bad = msgspec.structs.replace(launch(30, 9e3), event="<script>", looks=["<b>"])
    page = page_of(tmp_path, [bad, msgspec.structs.replace(state(60, "coast"), object="<i>&", event="<script>")])
    assert "<script>" not in page
    assert "<b>," not in page
