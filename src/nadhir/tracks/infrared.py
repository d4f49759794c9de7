"""Scans of infrared satellites: looks to launches and burning vehicles, and what looks that fail to come say."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import ecef_to_geodetic
from nadhir.geo.earth import Matrix, Vector
from nadhir.model import Detection, InfraredDetection, TrackMessage
from nadhir.tracks import mixture
from nadhir.tracks.ascent import LOOK_FROM, LOOK_SIGHT, burning_state, fit_ascent, place_at
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.kernels import predict_mean
from nadhir.tracks.motors import advance, follow_motor
from nadhir.tracks.objects import ASCENT_WINDOW_S, LIKELY, LOOKS_KEPT, Event, TrackedObject
from nadhir.tracks.ordering import Delays
from nadhir.tracks.picture import Picture
from nadhir.tracks.scan import assign, cloud_row, look_row, shares_of
from nadhir.tracks.sensing import BLANK_SCANS, Sensing

GATE = 20.0
NEWCOMERS = ((0.05, 2.5e3), (0.02, 100e3))
"""Where something was launched more follows: for each known launch so many new ones in a scan, seen first within so far
(m, standard deviation) of where that one was: from the same site, and from the same region."""
RAID_S = 1800.0
"""More is to be expected for so long."""
EVENT_PRIOR = -16.0
"""Log-odds that an unexplained look is a launch, before a second one agrees."""
BELONGS_M = 25e3
LEFT_BEHIND_M, STRONGEST_PUSH = 5e3, 60.0
"""What lit again is within so far of where its launch's track went on, and of what a motor (m/s²) has made of the time
since."""
FEW_LOOKS = 6
LEAST_RISE = 0.3
"""What leaves the clouds rises at least at this part of its speed: a meteor, fitted as an ascent, flies level there."""
LATE_LOOK_S, LATER_THAN_USUAL_S = 1.6, 0.5
"""A look that has not come so long after its due time is missed, where its satellite is not usually later."""
LATEST_S = 5.0
"""So long after it was taken a look says little of what its vehicle does now."""
LATE_FITS_M = 10e3


def start_from_looks(picture: Picture, vehicle: TrackedObject, event: Event) -> None:
    """Give a vehicle the state that the fit of its launch's looks says."""
    assert event.ascent is not None
    state, covariance = burning_state(event.ascent, event.last_look)
    picture.set(vehicle.slot, [(state, covariance, True, event.first_time, 1.0)], event.last_look)


class InfraredScans:
    """Takes the scans of satellites into the picture. `used` and `unused_late` count their looks."""

    def __init__(self, picture: Picture, sensing: Sensing, biases: RadarBiases, delays: Delays) -> None:
        self._picture, self._sensing, self._biases, self._delays = picture, sensing, biases, delays
        self.used = 0
        self.unused_late = 0

    def scan(self, name: str, time: float, detections: list[Detection], now: float) -> list[TrackMessage]:
        """Take the looks of one scan; what changed."""
        sensor, constants = self._sensing.sensors[name], self._sensing.at(name, time)
        self._sensing.note_look(name, time)
        measured = np.array([(*d.line_of_sight, 0.0) for d in detections if isinstance(d, InfraredDetection)])
        vehicles = [o for o in self._picture.objects if o.event is not None and self._awaits(o, name, time)]
        scores = np.zeros((len(vehicles), len(measured)))
        allowed = np.zeros(scores.shape, dtype=np.bool_)
        base = math.log(sensor.p_detect / (1.0 - min(sensor.p_detect, 0.999))) - self._sensing.log_clutter[name]
        newcomer = self._newcomer(name, time, constants, measured)
        for row, vehicle in enumerate(vehicles):
            advance(self._picture, vehicle, vehicle.slot, min(time, now))
            for column in range(len(measured)):
                log_likelihood, squared = mixture.likelihood(
                    self._picture.pool, vehicle.slot, time, constants, measured[column], True
                )
                gain = log_likelihood + base - newcomer[column]
                if squared < GATE and gain > 0.0:
                    scores[row, column], allowed[row, column] = gain, True
        rows, columns = np.nonzero(allowed)
        pairs = assign(rows, columns, scores[allowed])
        shares = shares_of(scores, allowed)
        dark = self._sensing.log_clutter[name]
        told = self._biases.blank()
        messages: list[TrackMessage] = []
        for row, column in pairs:
            vehicle = vehicles[row]
            event = vehicle.event
            assert event is not None
            log_likelihood, _ = mixture.absorb(
                self._picture.pool, vehicle.slot, time, constants, measured[column], True, dark, told
            )
            event.score += min(log_likelihood - dark, 20.0)
            vehicle.hits += 1
            vehicle.last_scan = (name, time)
            vehicle.last_seen = max(vehicle.last_seen, time)
            self._add_look(event, name, time, constants, measured[column], float(shares[row, column]))
            messages += self._after_look(vehicle, event)
        taken, assigned = {column for _, column in pairs}, [vehicles[row] for row, _ in pairs]
        for column in range(len(measured)):
            if column in taken:
                continue
            if now - time > max(LATEST_S, self._delays.usual_s(name) + LATER_THAN_USUAL_S):
                messages += self._take_late(name, time, constants, measured[column])
            elif not self._belongs(name, time, constants, measured[column], assigned):
                self._start_event(name, time, constants, measured[column])
        self.used += len(measured)
        return messages

    def _newcomer(self, name: str, time: float, constants: Vector, measured: Matrix) -> Vector:
        """Log-ratio (n,) of what newcomers and clutter give at looks (n, 4) to clutter alone: launches share sites."""
        density = np.zeros(len(measured))
        for event in self._picture.events:
            if not event.confirmed or event.first_place is None or time - event.first_time > RAID_S:
                continue
            line = event.first_place - constants[:3]
            distance = float(np.linalg.norm(line))
            off = np.linalg.norm(measured[:, :3] - line / distance, axis=1)
            for expected, within_m in NEWCOMERS:
                spread = math.hypot(within_m / distance, self._sensing.sensors[name].sigma.line_of_sight_rad)
                density += expected * np.exp(-0.5 * (off / spread) ** 2) / (2.0 * math.pi * spread**2)
        return np.asarray(np.log1p(density / math.exp(self._sensing.log_clutter[name])))

    def _take_late(self, name: str, time: float, constants: Vector, measured: Vector) -> list[TrackMessage]:
        """A look that comes too late for a vehicle's state may still place its launch; it begins none of its own."""
        nearest, found = LATE_FITS_M, None
        for vehicle in self._picture.objects:
            event = vehicle.event
            if vehicle.role != "vehicle" or event is None or event.ascent is None:
                continue
            if 0.0 < time - event.first_time < ASCENT_WINDOW_S:
                line = burning_state(event.ascent, time)[0][:3] - constants[:3]
                distance = float(np.linalg.norm(line))
                off = float(np.linalg.norm(line / distance - measured[:3])) * distance
                if off < nearest:
                    nearest, found = off, vehicle
        if found is None or found.event is None:
            self.used -= 1
            self.unused_late += 1
            return []
        self._add_look(found.event, name, time, constants, measured)
        if not found.confirmed:
            return self._after_look(found, found.event)
        self._fit(found.event)
        return [self._picture.estimate(found.event)]

    def watch(self, now: float) -> list[TrackMessage]:
        """Looks that are due and have not come say that a motor may have stopped."""
        messages: list[TrackMessage] = []
        for vehicle in self._picture.objects:
            event = vehicle.event
            if event is None or vehicle.role != "vehicle" or not event.next_look:
                continue
            missed = False
            for name, due in sorted(event.next_look.items()):
                sensor = self._sensing.sensors[name]
                late_s = max(LATE_LOOK_S, self._delays.usual_s(name) + LATER_THAN_USUAL_S)
                while due + late_s < now and due - event.last_look < 10.0 * sensor.period_s:
                    advance(self._picture, vehicle, vehicle.slot, due)
                    if float(self._picture.pool.time[vehicle.slot]) - due < 3.0:
                        mixture.unseen(self._picture.pool, vehicle.slot, math.log(1.0 - min(sensor.p_detect, 0.98)))
                    due += sensor.period_s
                    missed = True
                event.next_look[name] = due
            if missed and vehicle.confirmed:
                was = vehicle.burning
                follow_motor(self._picture, vehicle)
                if was != vehicle.burning:
                    messages.append(self._picture.state(vehicle))
        return messages

    def _belongs(
        self, name: str, time: float, constants: Vector, measured: Vector, assigned: list[TrackedObject]
    ) -> bool:
        """Whether a look that fits no prediction is near what a launch has left of itself: its next motor lit.

        Right after a cutoff the vehicle's track may follow what it dropped, and expect no light any more.
        """
        for known in self._picture.objects:
            event = known.event
            if event is None or not known.confirmed or not known.radar_hits or known in assigned:
                continue
            if known.role != "vehicle" and known.parent is None:
                continue
            reach = BELONGS_M
            if known.cutoff_time is not None:
                dark = time - known.cutoff_time
                if dark > mixture.IGNITION_WINDOW_S:
                    continue
                reach = min(reach, LEFT_BEHIND_M + 0.5 * STRONGEST_PUSH * dark * dark)
            state = self._picture.pool.state[known.slot, 0]
            line = state[:3] + (time - float(self._picture.pool.time[known.slot])) * state[3:6] - constants[:3]
            distance = float(np.linalg.norm(line))
            if float(np.linalg.norm(line / distance - measured[:3])) * distance < reach:
                event.last_look = max(event.last_look, time)
                event.next_look[name] = time + self._sensing.sensors[name].period_s
                return True
        return False

    def _awaits(self, vehicle: TrackedObject, name: str, time: float) -> bool:
        pool, slot = self._picture.pool, vehicle.slot
        if vehicle.last_scan == (name, time) or (vehicle.parent is not None and not vehicle.confirmed):
            return False
        return bool(pool.burning[slot, : pool.components[slot]].any()) and float(pool.time[slot]) - time < LATEST_S

    def _add_look(
        self, event: Event, name: str, time: float, constants: Vector, measured: Vector, share: float = 1.0
    ) -> None:
        """Note a look of a launch; `share` is the probability that it is of this one and no other."""
        sensor = self._sensing.sensors[name]
        if name not in event.sensors:
            event.sensors.append(name)
        if not event.looks:
            event.first_time = time
        if time - event.first_time < ASCENT_WINDOW_S and len(event.looks) < LOOKS_KEPT:
            event.looks_worth += share
            event.looks.append(look_row(time, constants[:3], measured, sensor.sigma.line_of_sight_rad))
            if name not in event.next_look:
                event.cloud.append(cloud_row(sensor, time))
        event.last_look = max(event.last_look, time)
        event.next_look[name] = max(time + sensor.period_s, event.next_look.get(name, -math.inf))

    def _after_look(self, vehicle: TrackedObject, event: Event) -> list[TrackMessage]:
        fresh = event.last_look - event.first_time < ASCENT_WINDOW_S
        if fresh:
            self._fit(event)
            if vehicle.radar_hits == 0 and vehicle.cutoff_time is None:
                start_from_looks(self._picture, vehicle, event)
        if not vehicle.confirmed:
            if len(event.looks) < 3 or event.score < LIKELY or not self._is_ascent(event):
                return []
            if self._unseen_by_another(vehicle, event):
                return []
            seen_before = self._seen_by_radar(vehicle)
            if seen_before is not None:
                return self._join(vehicle, event, seen_before)
            vehicle.confirmed = event.confirmed = True
            vehicle.id = self._picture.name_of(vehicle)
        follow_motor(self._picture, vehicle)
        messages: list[TrackMessage] = [self._picture.state(vehicle)]
        if fresh:
            messages.insert(0, self._picture.estimate(event))
        return messages

    def _seen_by_radar(self, vehicle: TrackedObject) -> TrackedObject | None:
        """The vehicle of a launch that radars saw first, where these looks are of the same one."""
        pool = self._picture.pool
        state = pool.state[vehicle.slot, 0]
        for other in self._picture.objects:
            if other.event is None or not other.radar_hits or not other.confirmed or other.role != "vehicle":
                continue
            if len(other.event.looks) > len(vehicle.event.looks if vehicle.event else []):
                continue  # it has looks of its own: these are another one's
            there = pool.state[other.slot, self._picture.heaviest(other)].copy()
            elapsed = float(pool.time[vehicle.slot] - pool.time[other.slot])
            predict_mean(there, other.burning, elapsed)
            if float(np.linalg.norm(there[:3] - state[:3])) < BELONGS_M:
                return other
        return None

    def _join(self, vehicle: TrackedObject, event: Event, other: TrackedObject) -> list[TrackMessage]:
        """Give the looks of a supposed launch to the known one that they are of."""
        known = other.event
        assert known is not None
        known.ascent, known.cloud = event.ascent, event.cloud
        known.looks, known.looks_worth = event.looks, event.looks_worth
        known.first_time, known.last_look, known.next_look = event.first_time, event.last_look, event.next_look
        known.sensors += [name for name in event.sensors if name not in known.sensors]
        self._picture.remove(vehicle)
        self._picture.events.remove(event)
        return [self._picture.estimate(known)]

    def _is_ascent(self, event: Event) -> bool:
        """Whether the looks fit a powered ascent: closely while they are few, since any path fits a few.

        One that rises where it is first seen.
        """
        assert event.ascent is not None
        state, _ = burning_state(event.ascent, event.first_time)
        rise = float(state[:3] @ state[3:6]) / float(np.linalg.norm(state[:3]))
        if rise < LEAST_RISE * float(np.linalg.norm(state[3:6])):
            return False
        looks = len(event.looks)
        limit = 2.0 * looks + 5.0 * math.sqrt(looks) if looks <= FEW_LOOKS else 4.0 * looks + 25.0
        return event.ascent.cost < limit

    def _unseen_by_another(self, vehicle: TrackedObject, event: Event) -> bool:
        """Whether a satellite that is at work, and has the place in view, does not see what another one sees.

        Then these are looks of something higher, taken for one that has just left the clouds: of a known vehicle whose
        motor has changed, most of all.
        """
        place = self._picture.pool.state[vehicle.slot, 0, :3]
        for name, times in self._sensing.looked.items():
            if name in event.sensors or len(times) < BLANK_SCANS or times[0] <= event.first_time:
                continue
            if self._sensing.has_in_view(name, place):
                return True
        return False

    def _fit(self, event: Event) -> None:
        rows = event.rows()
        reference = event.ascent.reference if event.ascent is not None else None
        start = event.ascent if len(event.looks) > 3 else None
        if reference is None:
            latitude, longitude = _under(rows[0], float(event.cloud[0][1]))
            time = float(rows[0, 0])
        else:
            latitude, longitude, time = (float(value) for value in reference)
        event.ascent = fit_ascent(rows, np.array(event.cloud).reshape(-1, 4), start, latitude, longitude, time)
        event.first_place = place_at(event.ascent, event.first_time)

    def _start_event(self, name: str, time: float, constants: Vector, measured: Vector) -> None:
        """An unexplained infrared look may be the first of a launch."""
        event = self._picture.new_event(time)
        event.score = EVENT_PRIOR
        self._add_look(event, name, time, constants, measured)
        self._fit(event)
        vehicle = self._picture.add(event, "vehicle", confirmed=False, time=time)
        vehicle.hits = 1
        vehicle.burning, vehicle.burning_since = True, time
        start_from_looks(self._picture, vehicle, event)


def _under(look: Vector, cloud_tops_m: float) -> tuple[float, float]:
    """Latitude and longitude where a line of sight meets the cloud tops; at the limb where it misses them."""
    origin, line = look[LOOK_FROM : LOOK_FROM + 3], look[LOOK_SIGHT : LOOK_SIGHT + 3]
    radius = 6371e3 + cloud_tops_m + 1e3
    along = -float(origin @ line)
    under = along * along - float(origin @ origin) + radius * radius
    point = origin + line * (along - math.sqrt(max(under, 0.0)))
    latitude, longitude, _ = ecef_to_geodetic(point)
    return latitude, longitude
