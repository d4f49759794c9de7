"""The tracker: detections in, estimates of objects and launches out. Pure: no clock, no input or output.

`receive` takes one detection at its time of receipt, `tick` says that time has passed. Detections of one revisit are
gathered and put in order (`ordering`), then assigned together (`radar`, `infrared`). See docs/how-it-works.md for the
flow and docs/adr for the choices.
"""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import fall
from nadhir.model import Detection, Sensor, TrackMessage
from nadhir.tracks import mixture
from nadhir.tracks.bias import RadarBias, RadarBiases
from nadhir.tracks.infrared import InfraredScans
from nadhir.tracks.kinship import is_of_others
from nadhir.tracks.layout import BIAS_COLUMN
from nadhir.tracks.objects import Event, TrackedObject
from nadhir.tracks.ordering import Delays, ScanOrder
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar import RadarScans
from nadhir.tracks.sensing import Sensing

TENTATIVE_SILENCE_S = 6.0
LOST_SILENCE_S = 15.0
FORGET_SILENCE_S = 900.0
PARTNER_WAIT_S = 60.0
OTHERS_SILENCE_S, OVERLOOKED = 10.0, 8
"""So long after its last look, and in so many scans of radars that should see it, there was nothing of it."""


class Tracker:
    """Tracks of everything that the sensors see.

    `receive` and `tick` return what changed. `used` counts detections, `unused_late` those that came too late for it.
    """

    def __init__(self, sensors: list[Sensor]) -> None:
        self._biases = RadarBiases([])
        self._picture = Picture(self._biases)
        self._sensing = Sensing()
        self._radar = RadarScans(self._picture, self._sensing, self._biases)
        delays = Delays()
        self._infrared = InfraredScans(self._picture, self._sensing, self._biases, delays)
        for sensor in sensors:
            self.add_sensor(sensor)
        self._order = ScanOrder(delays)
        self.now = -math.inf

    @property
    def live(self) -> bool:
        """Whether anything is tracked that may still change without new detections."""
        return bool(self._picture.objects or self._order)

    @property
    def used(self) -> int:
        """How many detections were of use so far."""
        return self._radar.used + self._infrared.used

    @property
    def unused_late(self) -> int:
        """How many came too late to be of use."""
        return self._radar.unused_late + self._infrared.unused_late

    @property
    def biases(self) -> list[RadarBias]:
        """What is known of each radar's bias."""
        return self._biases.by_radar()

    def add_sensor(self, sensor: Sensor) -> None:
        """Know one more sensor, or that one has moved: a partner's become known by what it shares."""
        self._sensing.add(sensor)
        if sensor.kind == "radar":
            if self._biases.add(sensor.id):
                self._picture.follow_biases()
            self._sensing.constants[sensor.id][BIAS_COLUMN] = self._biases.columns(sensor.id).start

    def receive(self, detection: Detection) -> list[TrackMessage]:
        """Take one detection, in the order of receipt."""
        self.now = max(self.now, detection.received)
        messages = self._close_scans()
        self._order.add(detection, self._sensing.sensors[detection.sensor], self.now)
        return messages

    def tick(self, now: float) -> list[TrackMessage]:
        """Let time pass to `now` (Unix seconds)."""
        self.now = max(self.now, now)
        change = self._biases.settle(self.now)
        if change.any():
            mixture.shift(self._picture.pool, change)
        return self._close_scans() + self._infrared.watch(self.now) + self._retire()

    def _close_scans(self) -> list[TrackMessage]:
        messages: list[TrackMessage] = []
        for scan in self._order.due(self.now):
            scans = self._radar if scan.sensor.kind == "radar" else self._infrared
            messages += scans.scan(scan.sensor.id, scan.time, scan.detections, self.now)
        return messages

    def _retire(self) -> list[TrackMessage]:
        messages: list[TrackMessage] = []
        for candidate in list(self._picture.objects):
            silence = self.now - candidate.last_seen
            event = candidate.event
            if candidate.joint and candidate.partner in self._picture.objects:
                continue
            if not candidate.confirmed:
                wait = PARTNER_WAIT_S if candidate.parent is not None else TENTATIVE_SILENCE_S
                if event is not None and candidate.parent is None:
                    wait = 20.0
                reference = candidate.apart_since if candidate.parent is not None else candidate.last_seen
                silent = reference is None or self.now - max(reference, candidate.last_seen) > wait
                if silent or candidate.score < -20.0:
                    self._picture.remove(candidate)
                    if event is not None and candidate.parent is None:
                        self._picture.events.remove(event)
                continue
            if event is not None and not candidate.radar_hits and self._was_none(candidate, event, silence):
                messages.append(self._picture.withdraw(event))
                self._picture.remove(candidate)
                continue
            if not candidate.lost and silence > LOST_SILENCE_S:
                candidate.lost = True
                messages += self._picture.tell(candidate)
            if silence > FORGET_SILENCE_S and (event is None or self._is_down(candidate)):
                self._picture.remove(candidate)
            elif candidate.lost and event is not None and self._is_down(candidate):
                messages.append(self._picture.state(candidate))
                self._picture.remove(candidate)
        self._picture.events = [e for e in self._picture.events if not e.withdrawn]
        return messages

    def _was_none(self, candidate: TrackedObject, event: Event, silence_s: float) -> bool:
        """Whether it was no launch: a few looks, or such as others explain, then nothing on any sensor."""
        if len(event.looks) <= 4:
            return silence_s > 20.0
        return silence_s > OTHERS_SILENCE_S and candidate.overlooked > OVERLOOKED and is_of_others(self._picture, event)

    def _is_down(self, candidate: TrackedObject) -> bool:
        pool, slot = self._picture.pool, candidate.slot
        best = int(np.argmax(pool.log_weight[slot, : pool.components[slot]]))
        state = pool.state[slot, best].copy()
        elapsed = self.now - float(pool.time[slot])
        if elapsed > 4.0 * 3600.0:
            return True
        if pool.burning[slot, best]:
            return elapsed > 1800.0
        down, after, _, _ = fall(state, state[6])
        return bool(down and after + 30.0 < elapsed)
