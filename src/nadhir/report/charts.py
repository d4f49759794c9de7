"""Line charts against time as SVG text, in the classes of the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from nadhir.report.maps import watermark

WIDTH, HEIGHT = 520.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 30.0, 34.0
POINTS = 300
"""A line is drawn with at most so many points."""


@dataclass(frozen=True)
class Series:
    """A line: x and y (n,), a class of the style sheet; not a number breaks it."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    kind: str


@dataclass(frozen=True)
class Moment:
    """A vertical line at x with a short text, or none."""

    x: float
    text: str


def chart(title: str, unit: str, series: Sequence[Series], moments: Sequence[Moment] = (), log: bool = False) -> str:
    """A chart of lines against minutes since launch; empty text where no series has a point.

    `log` draws the y axis by powers of ten; what is not above zero is then left out.
    """
    series = [s for s in (_usable(s, log) for s in series) if len(s.x) > 0]
    if not series:
        return ""
    x_low, x_high = min(float(s.x.min()) for s in series), max(float(s.x.max()) for s in series)
    x_low, x_high = min(x_low, 0.0), max(x_high, x_low + 0.5)
    y_low, y_high = (min(float(np.nanmin(s.y)) for s in series), max(float(np.nanmax(s.y)) for s in series))
    y_ticks = _decades(y_low, y_high) if log else _ticks(min(y_low, 0.0), y_high, 5)
    bottom, top = min(y_ticks[0], y_low), max(y_ticks[-1], y_high)
    if log:
        bottom, top = math.log10(bottom), math.log10(top)
    top = top if top > bottom else bottom + 1.0

    def across(x: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return LEFT + (np.asarray(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def down(y: NDArray[np.float64] | float) -> NDArray[np.float64]:
        value = np.log10(y) if log else np.asarray(y)
        return TOP + (top - value) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    parts = []
    for tick in y_ticks:
        y = float(down(tick))
        parts.append(f'<path class="grid" d="M{LEFT:g},{y:.1f}H{WIDTH - RIGHT:g}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6:g}" y="{y + 3.5:.1f}" text-anchor="end">{_number(tick)}</text>')
    for tick in _ticks(x_low, x_high, 8):
        if not x_low <= tick <= x_high:
            continue
        x = float(across(tick))
        parts.append(f'<path class="grid" d="M{x:.1f},{HEIGHT - BOTTOM:g}v4"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 16:g}" text-anchor="middle">{_number(tick)}</text>'
        )
    last = -math.inf
    for moment in sorted(moments, key=lambda m: m.x):
        if not x_low <= moment.x <= x_high:
            continue
        x = float(across(moment.x))
        parts.append(f'<path class="moment" d="M{x:.1f},{TOP:g}V{HEIGHT - BOTTOM:g}"/>')
        room = len(moment.text) * 5.6
        start = x + 3 if x + 3 + room < WIDTH - RIGHT else x - 3 - room
        if moment.text and start > last:
            parts.append(f'<text class="tick" x="{start:.1f}" y="{TOP + 9:g}">{escape(moment.text)}</text>')
            last = start + room
    parts += [f'<path class="{s.kind}" d="{_broken_path(across(s.x), down(s.y))}"/>' for s in series]
    axis = f'<path class="axis" d="M{LEFT:g},{TOP:g}V{HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}"/>'
    heading = f'{escape(title)}<tspan class="unit"> {escape(unit)}</tspan>'
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(title)}">'
        f'<text class="chart-title" x="{LEFT:g}" y="17">{heading}</text>'
        f"{watermark(WIDTH, HEIGHT)}{''.join(parts)}{axis}"
        f'<text class="tick" x="{WIDTH - RIGHT:g}" y="{HEIGHT - 4:g}" text-anchor="end">minutes since launch</text>'
        "</svg>"
    )


def _usable(series: Series, log: bool) -> Series:
    y = np.where(series.y > 0.0, series.y, np.nan) if log else series.y
    if not np.isfinite(y).any():
        return Series(np.empty(0), np.empty(0), series.kind)
    # Thinned evenly, and both ends and every gap stay.
    keep = np.zeros(len(y), bool)
    keep[:: max(len(y) // POINTS, 1)] = True
    keep |= ~np.isfinite(y)
    keep[[0, -1]] = True
    return Series(series.x[keep], y[keep], series.kind)


def _broken_path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    parts, pen_down = [], False
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if math.isfinite(b):
            parts.append(f"{'L' if pen_down else 'M'}{a:.1f},{b:.1f}")
        pen_down = math.isfinite(b)
    return "".join(parts)


def _ticks(low: float, high: float, wanted: int) -> list[float]:
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(f * power for f in (1.0, 2.0, 5.0, 10.0) if span / (f * power) <= wanted)
    return [k * step for k in range(math.floor(low / step), math.ceil(high / step - 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    return [10.0**k for k in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 6):g}".replace("-", "−")
