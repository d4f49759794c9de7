"""Messages for the tests of the channels: one warning over two prefectures, in any state of its life."""

from __future__ import annotations

from typing import Any

from nadhir.channels.port import Outgoing, Ring
from nadhir.channels.text import LANGUAGES, Voice, write
from nadhir.model import AreaWarning, EndReason, Mode, WarningProduct, WarningStatus

AOMORI: Ring = ((40.2, 140.0), (40.2, 141.7), (41.5, 141.4), (41.2, 140.3), (40.2, 140.0))
IWATE: Ring = ((38.8, 140.7), (38.8, 141.7), (40.4, 141.9), (40.4, 140.8), (38.8, 140.7))


def outgoing(
    warning: str = "w1",
    status: WarningStatus = "alert",
    reason: EndReason | None = None,
    mode: Mode = "exercise",
    revision: int = 0,
    issued: float = 1_800_000_000.0,
    codes: tuple[str, ...] = ("JP-02", "JP-03"),
    valid_s: float = 1800.0,
    outlines: dict[str, tuple[Ring, ...]] | None = None,
    **more: Any,
) -> Outgoing:
    product = WarningProduct(
        warning=warning,
        events=["e1"],
        objects=["o1"],
        issued=issued,
        status=status,
        hazard="impact",
        areas=[AreaWarning(code, 0.8 - 0.1 * place, issued + 300.0) for place, code in enumerate(codes)],
        mode=mode,
        reason=reason,
        revision=revision,
        authority="JPN",
        launch_time=issued - 60.0,
        launch_area="KP",
    )
    voice = Voice(enrolled=True, reviewed=frozenset(LANGUAGES))
    return Outgoing(
        warning=product,
        expires=issued + valid_s,
        identifier=f"{warning}-{revision}",
        cap=f"<alert>{warning} {revision} ü</alert>".encode(),
        texts={language: write(product, language, voice, issued + valid_s) for language in LANGUAGES},
        outlines={"JP-02": (AOMORI,), "JP-03": (IWATE,)} if outlines is None else outlines,
        **more,
    )


def the_end(warning: str = "w1", revision: int = 1, **more: Any) -> Outgoing:
    return outgoing(warning, "all-clear", "passed", revision=revision, **more)
