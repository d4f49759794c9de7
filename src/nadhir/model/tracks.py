"""What the tracks stage says to the assessment: estimates with their full uncertainty, in process.

Arrays are not to be written to. States are those of the tracker: position (m) and velocity (m/s) in ECEF, natural
logarithm of the ballistic coefficient (kg/m²), acceleration by a motor (m/s²) and its rate (m/s³). In a coasting
component the place of the acceleration is taken by the velocity (m/s) at which a vehicle and its stage part, with no
variance where that is not estimated, and the rest is the tracker's own.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Role = Literal["vehicle", "stage", "unknown"]


class Component(msgspec.Struct, frozen=True):
    """One of the things that an object may be doing, with its probability."""

    weight: float
    burning: bool
    since: float
    """When the motor lit or its thrust ended, Unix seconds."""
    state: NDArray[np.float64]
    """(13,)"""
    covariance: NDArray[np.float64]
    """(13, 13)"""


class ObjectState(msgspec.Struct, frozen=True):
    """An object at one time."""

    object: str
    event: str | None
    time: float
    components: tuple[Component, ...]
    role: Role
    cutoff_time: float | None
    """When the thrust last ended, once the data tell."""
    launch_time: float | None
    stages_dropped: int
    ballistic: bool
    """False while something other than gravity and drag moves it after its burnout."""
    lost: bool
    biased: bool = False
    """Whether radars that it rests on were found to have constant biases; its covariances allow for what is left."""


class LaunchEstimate(msgspec.Struct, frozen=True):
    """Where and when something was launched."""

    event: str
    withdrawn: bool
    latitude: float
    """rad"""
    longitude: float
    """rad"""
    time: float
    covariance: NDArray[np.float64]
    """(3, 3) of east (m), north (m), time (s)"""
    looks: tuple[str, ...]
    """Sensors that saw it so far."""


TrackMessage = ObjectState | LaunchEstimate
