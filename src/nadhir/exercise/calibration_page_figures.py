"""Figures of the calibration page, each as inline SVG: the same campaign gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nadhir.exercise.calibrate import Campaign
from nadhir.exercise.calibrate_samples import MOMENTS, Sample
from nadhir.exercise.calibrate_statistics import (
    STATE_DIMENSION,
    Coverage,
    Spread,
    consistency_by_moment,
    headline,
    quantiles_against_theory,
    spread_by_moment,
)
from nadhir.exercise.score_impacts import RMS_TO_ELLIPSE

COLOURS = ("#1b5e8c", "#c4611a")
Runs = Sequence[tuple[str, Campaign]]
"""One or two named campaigns."""


def _style(salt: str) -> AbstractContextManager[None]:
    """The look of all figures; the salt keeps their ids apart on one page and the same on every run."""
    return mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": salt,
            "font.family": "sans-serif",
            "font.size": 10.0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e3e3e3",
            "legend.frameon": False,
        }
    )


def coverage_figure(runs: Sequence[tuple[str, Sequence[Coverage]]], groups: Sequence[str]) -> str:
    """Coverage of each group with its 95 % interval, one row a group; the aim of 0.86 to 0.94 is shaded."""
    shown = [group for group in groups if any(row.group == group for _, rows in runs for row in rows)]
    with _style("coverage" + "".join(shown)):
        figure = Figure(figsize=(7.2, 0.7 + 0.34 * max(1, len(shown))), layout="constrained")
        axes = figure.subplots()
        axes.axvspan(0.86, 0.94, color="#dcebdc", zorder=0)
        axes.axvline(0.9, color="#4c8a4c", linewidth=1)
        for number, (name, rows) in enumerate(runs):
            offset = (number - (len(runs) - 1) / 2) * 0.28
            for row in rows:
                place = shown.index(row.group) + offset
                axes.plot([row.low, row.high], [place, place], color=COLOURS[number], linewidth=1.6)
                axes.plot(row.share, place, "o", color=COLOURS[number], markersize=5)
            axes.plot([], [], "o-", color=COLOURS[number], label=name)
        axes.set_yticks(range(len(shown)), shown)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(min([0.6, *(row.low - 0.02 for _, rows in runs for row in rows)]), 1.01)
        axes.set_xlabel("share of 90 % ellipses that held the true point")
        if len(runs) > 1:
            figure.legend(loc="outside upper right", ncols=len(runs))
        return _svg(figure)


def quantile_figure(runs: Runs) -> str:
    """Squared distances of the headline samples against the chi-squared distribution that they should have."""
    with _style("quantiles"):
        figure = Figure(figsize=(7.2, 4.2), layout="constrained")
        axes = figure.subplots()
        for number, (name, campaign) in enumerate(runs):
            distances = [s.distance_squared for s in headline(campaign.samples) if s.distance_squared is not None]
            if distances:
                theory, sample, low, high = quantiles_against_theory(distances)
                if number == 0:
                    axes.fill_between(theory, low, high, color="#dcebdc", label="95 % band of each rank")
                axes.plot(theory, sample, ".", markersize=3, color=COLOURS[number], label=name)
        ends = [1e-3, 20.0]
        axes.plot(ends, ends, color="#4c8a4c", linewidth=1, label="an honest ellipse")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(*ends)
        axes.set_xlabel("chi-squared quantile, two degrees of freedom")
        axes.set_ylabel("squared distance, in covariances")
        axes.legend(loc="upper left")
        return _svg(figure)


def consistency_figure(runs: Runs) -> str:
    """Mean and median NEES at each moment, with the band that holds the mean of a consistent tracker in 95 of 100."""
    with _style("consistency"):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.subplots()
        for number, (name, campaign) in enumerate(runs):
            rows = consistency_by_moment(campaign.samples)
            at = [MOMENTS.index(row.moment) for row in rows]
            if number == 0:
                lows, highs = [row.low for row in rows], [row.high for row in rows]
                axes.errorbar(
                    at,
                    [STATE_DIMENSION] * len(at),
                    yerr=[np.subtract(STATE_DIMENSION, lows), np.subtract(highs, STATE_DIMENSION)],
                    fmt="none",
                    ecolor="#b9d8b9",
                    elinewidth=14,
                    label="95 % band of the mean",
                )
            axes.plot(at, [row.mean for row in rows], "o-", color=COLOURS[number], label=f"{name}: mean")
            axes.plot(at, [row.median for row in rows], "x:", color=COLOURS[number], label=f"{name}: median")
        axes.axhline(STATE_DIMENSION, color="#4c8a4c", linewidth=1)
        axes.set_yscale("log")
        axes.set_ylabel("NEES (six expected)")
        _moment_axis(axes)
        figure.legend(loc="outside upper right", ncols=3)
        return _svg(figure)


def over_bound_figure(runs: Runs) -> str:
    """Impact error and ellipse over the Cramér-Rao bound: median, and the middle eight tenths of the flights."""
    with _style("bound"):
        figure = Figure(figsize=(7.2, 5.6), layout="constrained")
        for axes, title, value in zip(
            figure.subplots(2, 1, sharex=True),
            ("error / bound", "ellipse / bound"),
            (error_over_bound, ellipse_over_bound),
            strict=True,
        ):
            for number, (name, campaign) in enumerate(runs):
                _spread(axes, spread_by_moment(campaign.samples, value), number, len(runs), name)
            axes.axhline(1.0, color="#4c8a4c", linewidth=1)
            axes.set_yscale("log")
            axes.set_ylabel(title)
            _moment_axis(axes)
            if len(runs) > 1:
                figure.legend(loc="outside upper right", ncols=3)
        return _svg(figure)


def error_over_bound(sample: Sample) -> float | None:
    """Impact error in units of its bound, where there are both."""
    return sample.error_km / sample.bound_km if sample.error_km is not None and sample.bound_km else None


def ellipse_over_bound(sample: Sample) -> float | None:
    """Semi-major axis in units of that of a round 90 % ellipse as large as the bound, where there are both."""
    return sample.major_km / (RMS_TO_ELLIPSE * sample.bound_km) if sample.major_km and sample.bound_km else None


def _spread(axes: Axes, rows: Sequence[Spread], number: int, of: int, name: str) -> None:
    offset = (number - (of - 1) / 2) * 0.2
    for row in rows:
        place = MOMENTS.index(row.moment) + offset
        axes.plot([place, place], [row.low, row.high], color=COLOURS[number], linewidth=1.6)
        axes.plot(place, row.median, "o", color=COLOURS[number], markersize=5)
    axes.plot([], [], "o-", color=COLOURS[number], label=name)


def _moment_axis(axes: Axes) -> None:
    axes.set_xticks(range(len(MOMENTS)), [moment.replace(" ", "\n", 1) for moment in MOMENTS], fontsize=8)
    axes.set_xlim(-0.5, len(MOMENTS) - 0.5)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
