"""Reading telemetry of real flights: tables of many makers become samples of one second in SI units."""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nadhir.exercise.dynamics import Array

LONGEST_GAP_S = 120.0
"""What comes after a longer gap is another part of the flight and is left out."""
LATEST_START_S = 60.0
RISE_TOP_M = 4e3
"""Up to here every rocket climbs so steeply that its speed, summed up, is nearly its height."""


class TelemetryError(ValueError):
    """Telemetry that cannot be used; the message says what is missing."""


@dataclass(frozen=True)
class Telemetry:
    """One sample a second: time after launch (s), Earth-relative speed (m/s), height (m), and where the source has it
    the distance over ground from the site (m, negative behind it) and the horizontal speed (m/s, signed)."""

    time_s: Array
    speed_mps: Array
    height_m: Array
    downrange_m: Array | None = None
    horizontal_mps: Array | None = None


_NAMES = {
    "time": ("time", "t", "met", "elapsed", "elapsed_time", "mission_time", "seconds"),
    "velocity": ("velocity", "speed", "v"),
    "altitude": ("altitude", "height", "alt", "h"),
    "downrange": ("downrange_distance", "downrange"),
    "level": ("velocity_x", "horizontal_velocity", "horizontal_speed"),
}
_UNITS = {
    "time": {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0},
    "velocity": {"": 1.0, "mps": 1.0, "m_s": 1.0, "kmh": 1 / 3.6, "km_h": 1 / 3.6, "kph": 1 / 3.6, "kmps": 1e3,
                 "km_s": 1e3, "mph": 0.44704, "fps": 0.3048, "ft_s": 0.3048},
    "altitude": {"": 1e3, "km": 1e3, "m": 1.0, "ft": 0.3048, "mi": 1609.344},
}  # fmt: skip
_UNITS |= {"downrange": _UNITS["altitude"], "level": _UNITS["velocity"]}
_UNNAMED_UNITS = ((1.0, 1.0), (1 / 3.6, 1.0), (1.0, 1e-3), (1 / 3.6, 1e-3))
"""Factors on speed and height that columns without a unit may need: m/s and km, km/h and km, m/s and m, km/h and m."""


def read_telemetry(path: Path) -> Telemetry:
    """Telemetry from JSON (plain or gzipped: a table of lists, or a list of records) or CSV with named columns.

    Columns: `time`, `velocity` (or `speed`), `altitude` (or `height`); if there, `downrange_distance` and
    `velocity_x`. A name may end in its unit (`speed_kmh`, `Altitude (m)`); without one they are s, m/s and km, unless
    the rise after launch shows km/h or metres. Samples are put into bins of one second by their median; they end at
    touchdown or before a gap of two minutes. Raises `TelemetryError`.
    """
    columns, named = _columns(path, _table(path))
    good = np.all([np.isfinite(columns[name]) for name in ("time", "velocity", "altitude")], axis=0)
    good &= (columns["time"] >= 0.0) & (columns["velocity"] >= 0.0)
    bins = np.round(columns["time"][good]).astype(int)
    seconds = np.unique(bins)
    if len(seconds) < 30:
        raise TelemetryError(f"{path}: fewer than 30 seconds of data")
    if seconds[0] > LATEST_START_S:
        raise TelemetryError(f"{path}: begins {seconds[0]} s after launch; the ascent from the ground is needed")
    order = np.argsort(bins, kind="stable")
    edges = np.searchsorted(bins[order], seconds)[1:]
    binned = {
        name: np.array([np.median(part) for part in np.split(values[good][order], edges)])
        for name, values in columns.items()
    }
    if not {"velocity", "altitude"} <= named:
        speed_factor, height_factor = _unnamed_units(path, binned, named)
        for name, values in binned.items():
            if name not in named and name != "time":
                binned[name] = values * (speed_factor if name in ("velocity", "level") else height_factor)
    keep = _plausible(binned["time"], binned["velocity"], 60.0)
    keep &= _plausible(binned["time"], binned["altitude"], 6e3)
    breaks = np.flatnonzero(np.diff(binned["time"]) > LONGEST_GAP_S)
    if len(breaks):
        keep[breaks[0] + 1 :] = False
    keep[_touchdown(binned["velocity"], np.where(keep, binned["altitude"], -np.inf)) :] = False
    if np.count_nonzero(keep) < 30:
        raise TelemetryError(f"{path}: fewer than 30 seconds of data without a gap")
    return Telemetry(
        time_s=binned["time"][keep],
        speed_mps=binned["velocity"][keep],
        height_m=binned["altitude"][keep],
        downrange_m=_complete(binned.get("downrange"), keep),
        horizontal_mps=_complete(binned.get("level"), keep),
    )


def read_events(path: Path) -> dict[str, float]:
    """The `events.json` beside a telemetry file: seconds after launch by name in lower case; nulls are left out."""
    beside = path.parent / "events.json"
    if not beside.exists():
        return {}
    try:
        table = json.loads(beside.read_bytes())
    except (ValueError, RecursionError) as error:
        raise TelemetryError(f"{beside}: no JSON ({error})") from error
    if not isinstance(table, dict):
        raise TelemetryError(f"{beside}: must be an object of event names and seconds after launch")
    events = {_EVENT_NAMES.get(name.lower(), name.lower()): _number(value) for name, value in table.items()}
    return {name: value for name, value in events.items() if math.isfinite(value)}


_EVENT_NAMES = {"meco1": "meco", "meco_1": "meco", "ses": "ses1", "ses_1": "ses1", "seco": "seco1", "seco_1": "seco1"}


def _table(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8-sig")
        if ".csv" in path.suffixes:
            table: Any = list(csv.DictReader(text.splitlines()))
        else:
            table = json.loads(text)
    except (ValueError, RecursionError, EOFError, gzip.BadGzipFile) as error:
        raise TelemetryError(f"{path}: neither a JSON table nor CSV ({error})") from error
    except OSError as error:
        raise TelemetryError(f"cannot read {path}: {error.strerror or error}") from error
    if isinstance(table, list) and table and all(isinstance(record, dict) for record in table):
        table = {name: [record.get(name) for record in table] for name in table[0]}
    if not isinstance(table, dict):
        raise TelemetryError(f"{path}: must be a table of named columns")
    return table


def _columns(path: Path, table: dict[str, Any]) -> tuple[dict[str, Array], set[str]]:
    """Columns by what they hold, in seconds, m/s and metres, and those whose name says the unit."""
    columns, named = {}, set()
    for quantity, names in _NAMES.items():
        for title, values in table.items():
            plain = re.sub(r"[^a-z0-9]+", "_", str(title).lower()).strip("_")
            base = max((name for name in names if plain == name or plain.startswith(name + "_")), key=len, default=None)
            unit = None if base is None else plain[len(base) :].strip("_")
            if quantity not in columns and unit in _UNITS[quantity] and isinstance(values, list):
                columns[quantity] = _UNITS[quantity][unit] * np.array([_number(value) for value in values])
                if unit:
                    named.add(quantity)
    missing = [name for name in ("time", "velocity", "altitude") if name not in columns]
    if missing:
        raise TelemetryError(f"{path}: no column {', '.join(missing)} (found: {', '.join(map(str, table)) or 'none'})")
    if len({len(values) for values in columns.values()}) != 1:
        raise TelemetryError(f"{path}: columns of different length")
    return columns, named


def _number(value: Any) -> float:
    """A float, also from a clock such as T+00:02:38; NaN for what is empty or no number."""
    if isinstance(value, bool):
        return math.nan
    try:
        clock = str(value).strip().removeprefix("T").removeprefix("+").split(":")
        parts = [float(part) for part in clock]
    except ValueError:
        return math.nan
    return sum(part * 60.0**k for k, part in enumerate(reversed(parts)))


def _unnamed_units(path: Path, binned: dict[str, Array], named: set[str]) -> tuple[float, float]:
    """Factors on speed and height that make the speed, summed up over the rise, a little more than the height."""
    for speed_factor, height_factor in _UNNAMED_UNITS:
        if ("velocity" in named and speed_factor != 1.0) or ("altitude" in named and height_factor != 1.0):
            continue
        height = height_factor * binned["altitude"]
        rise = slice(0, int(np.argmax(height > RISE_TOP_M)) + 1)
        climbed = float(height[rise][-1])
        flown = float(np.trapezoid(speed_factor * binned["velocity"][rise], binned["time"][rise]))
        if climbed > RISE_TOP_M and 0.6 * climbed < flown < 1.8 * climbed:
            return speed_factor, height_factor
    raise TelemetryError(f"{path}: speed and height do not fit together in m/s and km, km/h or m: name their units")


def _touchdown(speed_mps: Array, height_m: Array) -> int:
    """Index of the first sample after the highest one that stands on the ground; else the length of the data."""
    peak = int(np.argmax(height_m))
    down = np.flatnonzero((speed_mps[peak:] < 15.0) & (height_m[peak:] < 1e3))
    return peak + int(down[0]) if len(down) else len(speed_mps)


def _complete(values: Array | None, keep: NDArray[np.bool_]) -> Array | None:
    """Kept values with holes filled from their neighbours; None where the column is absent or mostly holes."""
    if values is None:
        return None
    kept = values[keep]
    known = np.isfinite(kept)
    if np.count_nonzero(known) < 0.8 * len(kept):
        return None
    places = np.arange(len(kept))
    return np.interp(places, places[known], kept[known])


def _plausible(time_s: Array, values: Array, rate: float) -> NDArray[np.bool_]:
    """Where values stay near the median of their eleven neighbours, allowing for a change of `rate` each second."""
    padded = np.pad(values, 5, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 11), axis=1)
    gap = np.maximum(1.0, np.gradient(time_s))
    return np.asarray(np.abs(values - middle) < 5.0 * rate * gap)
