"""When a vehicle of reported speed and height burns: from named events and from what the data show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nadhir.exercise.classes import MEAN_RADIUS_M
from nadhir.exercise.dynamics import Array
from nadhir.exercise.telemetry_reading import Telemetry, TelemetryError

STEERED_BELOW_M = 45e3
"""Unpowered flight on the way down below this steers (grid fins, lift); above it only drag acts."""
UPPER_STAGE_GAIN_MPS = 800.0
"""Data that gain so much speed after the first cutoff follow the upper stage."""
LEAST_FORCE_MPS2 = 4.0
SMEAR_S = 2.0
"""Smoothing shows a force for so long before it begins and after it ends."""
Span = tuple[float, float]


@dataclass(frozen=True)
class Burns:
    """When the vehicle burns (s after launch), the cutoff after which it coasts up, and whether the data end before
    that cutoff, which then stands at their end."""

    spans: list[Span]
    burnout_s: float
    unfinished: bool = False


def find_burns(telemetry: Telemetry, events: dict[str, float], cutoff_s: float | None) -> Burns:
    """Burns from named events (`meco`, `boostback_start`, ..., `seco1`) and from the force that the data show.

    Whether the data follow the first or the second stage is told by their speed. The first cutoff is placed to a tenth
    of a second by the break in the speed, unless `cutoff_s` names it.
    """
    time_s, last = telemetry.time_s, float(telemetry.time_s[-1])
    first = cutoff_s
    if first is None:
        first = refine_cutoff(telemetry, events["meco"] if "meco" in events else _first_cutoff(telemetry))
    if not 10.0 < first < last - 10.0:
        raise TelemetryError(f"the first cutoff ({first:.0f} s) is not inside the data, which end at {last:.0f} s")
    gain = float(telemetry.speed_mps.max()) - float(np.interp(first, time_s, telemetry.speed_mps))
    upper = gain > UPPER_STAGE_GAIN_MPS
    shown = _shown_burns(telemetry, first)
    if upper:
        # The cutoff of the upper stage matters, as the first one does: to a tenth of a second.
        shown = [(a, b if b > last - 3.0 else refine_cutoff(telemetry, b)) for a, b in shown]
    spans = []
    for burn in _UPPER_STAGE_BURNS if upper else _FIRST_STAGE_BURNS:
        start, end = (events.get(name) for name in burn.split())
        if start is not None and first < start < last - 2.0:
            spans.append((start, min(end, last) if end is not None else _shown_end(start, shown, last)))
    if upper and spans:
        shown = [(a, b) for a, b in shown if all(b < start or a > end for start, end in spans)]
    # Events are whole seconds, and may name a step of the burn: it lasts as long as the data show force.
    spans = [(0.0, first), *_united([*spans, *shown])]
    burnout = spans[-1][1] if upper else first
    return Burns(spans, burnout, upper and burnout > last - 1.0)


_UPPER_STAGE_BURNS = ("ses1 seco1", "ses2 seco2")
_FIRST_STAGE_BURNS = ("boostback_start boostback_end", "entry_start entry_end", "landing_start landing_end")


def _shown_end(start: float, shown: list[Span], last: float) -> float:
    """End of a burn of which only the start is named: where its force ends, else the end of the data."""
    return next((b for a, b in shown if a - 5.0 < start < b), last)


def _united(spans: list[Span]) -> list[Span]:
    """Spans in order, those that overlap made one."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _specific_force(telemetry: Telemetry) -> Array:
    """Force along the path but gravity (m/s²), from speed and height smoothed over seven seconds."""
    kernel = np.ones(7) / 7.0

    def smooth(values: Array) -> Array:
        return np.convolve(np.pad(values, 3, mode="edge"), kernel, mode="valid")

    rise = np.gradient(smooth(telemetry.height_m), telemetry.time_s)
    speed = smooth(telemetry.speed_mps)
    gravity = 9.81 * (MEAN_RADIUS_M / (MEAN_RADIUS_M + telemetry.height_m)) ** 2
    slope = np.clip(rise / np.maximum(speed, 1.0), -1.0, 1.0)
    return np.asarray(smooth(np.gradient(speed, telemetry.time_s) + gravity * slope))


def _first_cutoff(telemetry: Telemetry) -> float:
    force = _specific_force(telemetry)
    quiet = (np.abs(force) < LEAST_FORCE_MPS2) & (telemetry.time_s > 30.0) & (telemetry.height_m > 10e3)
    runs = np.flatnonzero(np.convolve(quiet, np.ones(4), mode="valid") == 4)
    if len(runs) == 0:
        raise TelemetryError("no cutoff found in the data: give --cutoff")
    return refine_cutoff(telemetry, float(telemetry.time_s[runs[0]]))


def _shown_burns(telemetry: Telemetry, cutoff_s: float) -> list[Span]:
    """Spans of strong force above thick air after the first cutoff."""
    strong = (np.abs(_specific_force(telemetry)) > LEAST_FORCE_MPS2) & (telemetry.time_s > cutoff_s + 6.0)
    strong &= telemetry.height_m > STEERED_BELOW_M
    edges = np.flatnonzero(np.diff(np.concatenate([[0], strong.astype(int), [0]])))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    last = float(telemetry.time_s[-1])
    spans = [(float(telemetry.time_s[a]), float(telemetry.time_s[b - 1])) for a, b in pairs if b - a > 4 + 2 * SMEAR_S]
    return [(a + SMEAR_S, b if b > last - 1.0 else b - SMEAR_S) for a, b in spans]


def refine_cutoff(telemetry: Telemetry, near_s: float) -> float:
    """Time within three seconds of `near_s` at which a break of slope fits the speed best."""
    window = np.abs(telemetry.time_s - near_s) < 10.0
    time_s, speed = telemetry.time_s[window], telemetry.speed_mps[window]
    best, best_error = near_s, math.inf
    for trial in np.arange(near_s - 3.0, near_s + 3.0, 0.1):
        since = time_s - trial
        basis = np.stack([np.ones_like(since), since, np.minimum(since, 0.0), np.minimum(since, 0.0) ** 2], axis=1)
        coefficients = np.linalg.lstsq(basis, speed, rcond=None)[0]
        error = float(np.sum((basis @ coefficients - speed) ** 2))
        if error < best_error:
            best, best_error = float(trial), error
    return best
