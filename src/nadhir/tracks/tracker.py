"""The tracker: detections in, estimates of objects and launches out. Pure: no clock, no input or output.

`receive` takes one detection at its time of receipt, `tick` says that time has passed. Detections of one revisit are
held for a few tenths of a second and assigned together; each scan runs gate, fork, assign, update. See
docs/how-it-works.md for the flow and docs/adr for the choices.
"""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import ecef_to_geodetic, fall
from nadhir.geo.earth import Matrix, Vector, height_above_ellipsoid
from nadhir.model import (
    Detection,
    InfraredDetection,
    LaunchEstimate,
    RadarDetection,
    Sensor,
    TrackMessage,
)
from nadhir.tracks import mixture, settled
from nadhir.tracks.ascent import burning_state, fit_ascent
from nadhir.tracks.bias import RadarBias, RadarBiases
from nadhir.tracks.kernels import BIAS_COLUMN, BIASES, PARTS, SENSOR_CONSTANTS, STATES, predict_mean
from nadhir.tracks.kinship import give_role, kin_of, settle_roles, under_thrust, unseen_vehicle_of
from nadhir.tracks.objects import (
    ASCENT_WINDOW_S,
    CERTAIN,
    LEAST_THRUST,
    LOG_BETA,
    LOOKS_KEPT,
    STAGE_LOG_BETA,
    STAGE_LOG_BETA_SIGMA,
    UNKNOWN_LOG_BETA,
    UNKNOWN_LOG_BETA_SIGMA,
    VEHICLE_LOG_BETA,
    Event,
    TrackedObject,
    sensor_constants,
)
from nadhir.tracks.pairs import DETECTIONS, absorb_pair, drag_of_stage, pair_likelihood, set_stage
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import is_launch, launch_from_track
from nadhir.tracks.scan import (
    BIRTH_PER_SCAN,
    Gate,
    assign,
    cloud_row,
    log_clutter_density,
    look_row,
    position_partials,
    positions_of,
    radar_vector,
    resolution_cell,
)

SCAN_SPREAD_S = {"radar": 0.2, "infrared": 0.45}
"""Detections of one revisit arrive within so long of each other."""
LATEST_S = 20.0
"""A detection is of use for so long after the state that it would correct."""
LATEST_BURNING_S = 1.5
GATE_RADAR, GATE_INFRARED = 30.0, 20.0
LIKELY = 8.0
"""Log-odds at which something is held to exist."""
EVENT_PRIOR = -16.0
"""Log-odds that an unexplained infrared look is a launch, before a second one agrees."""
TENTATIVE_SILENCE_S = 6.0
LOST_SILENCE_S = 15.0
FORGET_SILENCE_S = 900.0
LONGEST_SILENCE_S = 7200.0
"""Nothing is flown on for longer to see whether a detection might be of it."""
PARTNER_WAIT_S = 60.0
SPLIT_WINDOW_S = 5.0
SHADOWED_SCANS = 8
NEARLY_RESOLVED_CELLS = 3.0
"""Closer than this to its partner, an object may share a detection that suits neither."""
PAIR_DRAG = 1.0
"""m/s²: where a stage is braked more, it leaves its vehicle too fast for the two to be one estimate."""
LONGEST_PAIR_S = 400.0
"""For so long their relative motion is well described by the velocity at which they parted."""
SEEN_APART = 0.9
"""Probability at which two detections of a scan are held to be of vehicle and stage."""
BELONGS_M = 25e3
ORPHAN_HITS = 20
"""For so many detections it is asked whether an object left a known launch."""
SETTLED_AFTER_S = 90.0
"""So long after its cutoff no stage of a launch lights any more, and its roles are settled."""
LOG_SETTLED = math.log(0.98)
"""Log-weight at which a component is all that an object does."""
TOLD_EVERY_S = 0.5
RECENT_LOOK_S = 5.0
FEW_LOOKS = 6
SETTLED_HITS, SETTLED_S, SETTLED_HEIGHT_M = 5, 6.0, 40e3
"""An object tells of biases after so many detections, so long after its motor's last change, above this height."""
LATE_LOOK_S = 1.6
"""An infrared look that has not come so long after its due time is missed."""
FRESH_CUTOFF_S = 3.0
STRANGE_AT, STRANGE_BELOW = 11.0, 6.5
STRANGENESS_GAIN, STRANGEST, STRANGEST_SEEN = 0.3, 60.0, 25.0
"""One bad detection does not make an object strange; one that it cannot have given at all does."""


class Tracker:
    """Tracks of everything that the sensors see.

    `receive` and `tick` return what changed. `unused_late` counts detections that came too late to be of use.
    """

    def __init__(self, sensors: list[Sensor]) -> None:
        self._biases = RadarBiases([])
        self._picture = Picture(self._biases)
        self._sensors: dict[str, Sensor] = {}
        self._constants: dict[str, Vector] = {}
        self._cells: dict[str, Vector] = {}
        self._log_clutter: dict[str, float] = {}
        self._infrared: list[str] = []
        for sensor in sensors:
            self.add_sensor(sensor)
        self._pending: dict[tuple[str, float], tuple[float, list[Detection]]] = {}
        self.now = -math.inf
        self.unused_late = 0
        self.used = 0

    @property
    def live(self) -> bool:
        """Whether anything is tracked that may still change without new detections."""
        return bool(self._picture.objects or self._pending)

    def add_sensor(self, sensor: Sensor) -> None:
        """Know one more sensor, or that one has moved: a partner's become known by what it shares."""
        name = sensor.id
        self._sensors[name], self._constants[name] = sensor, sensor_constants(sensor)
        self._cells[name], self._log_clutter[name] = resolution_cell(sensor), log_clutter_density(sensor)
        if sensor.kind == "radar":
            if self._biases.add(name):
                self._picture.follow_biases()
            self._constants[name][BIAS_COLUMN] = self._biases.columns(name).start
        elif name not in self._infrared:
            self._infrared.append(name)
        self._infrared_constants = np.array([self._constants[name] for name in self._infrared]).reshape(
            -1, SENSOR_CONSTANTS
        )
        self._told = np.zeros((DETECTIONS * PARTS, len(self._biases.correction) + 2))

    def receive(self, detection: Detection) -> list[TrackMessage]:
        """Take one detection, in the order of receipt."""
        self.now = max(self.now, detection.received)
        messages = self._close_scans()
        key = (detection.sensor, detection.time)
        if key in self._pending:
            self._pending[key][1].append(detection)
        else:
            self._pending[key] = (self.now, [detection])
        return messages

    def tick(self, now: float) -> list[TrackMessage]:
        """Let time pass to `now` (Unix seconds)."""
        self.now = max(self.now, now)
        change = self._biases.settle(self.now)
        if change.any():
            mixture.shift(self._picture.pool, change)
        messages = self._close_scans()
        messages += self._watch_infrared()
        messages += self._retire()
        return messages

    @property
    def biases(self) -> list[RadarBias]:
        """What is known of each radar's bias."""
        return self._biases.by_radar()

    # Scans

    def _close_scans(self) -> list[TrackMessage]:
        if not self._pending:
            return []
        newest: dict[str, float] = {}
        for sensor, time in self._pending:
            newest[sensor] = max(time, newest.get(sensor, -math.inf))
        due = [
            (time, sensor)
            for (sensor, time), (opened, _) in self._pending.items()
            if self.now - opened >= SCAN_SPREAD_S[self._sensors[sensor].kind] or time < newest[sensor]
        ]
        messages: list[TrackMessage] = []
        for time, sensor in sorted(due):
            _, detections = self._pending.pop((sensor, time))
            if self._sensors[sensor].kind == "radar":
                messages += self._radar_scan(sensor, time, detections)
            else:
                messages += self._infrared_scan(sensor, time, detections)
        return messages

    def _radar_scan(self, name: str, time: float, detections: list[Detection]) -> list[TrackMessage]:
        sensor, constants = self._sensors[name], self._constants[name]
        measured = np.array([radar_vector(d) for d in detections if isinstance(d, RadarDetection)])
        measured[:, :BIASES] -= self._biases.correction[self._biases.columns(name)]
        positions, spread = positions_of(measured, constants)
        candidates = [o for o in self._picture.objects if not o.joint and self._usable(o, name, time)]
        gate = np.zeros((len(candidates), len(measured)), dtype=np.bool_)
        slots = np.array([o.slot for o in candidates], dtype=np.int64)
        if candidates:
            pool = self._picture.pool
            mixture.nearby(pool, slots, time, positions, spread, gate)
            for row, candidate in enumerate(candidates):
                stage = candidate.partner
                if stage is not None and stage.joint:
                    mixture.nearby(pool, np.array([stage.slot]), time, positions, spread, gate[row : row + 1])
        scores = np.zeros(gate.shape)
        paired = np.zeros(len(candidates), dtype=np.bool_)
        cells = np.full(len(candidates), math.inf)
        allowed = np.zeros(gate.shape, dtype=np.bool_)
        base = math.log(sensor.p_detect / (1.0 - min(sensor.p_detect, 0.999))) - self._log_clutter[name]
        cell = self._cells[name]
        gated = gate.any(axis=1)
        is_settled = np.array([o.settled for o in candidates], dtype=np.bool_)
        settled.score(
            self._picture.pool,
            slots,
            np.flatnonzero(gated & is_settled),
            time,
            constants,
            measured,
            False,
            base,
            GATE_RADAR,
            gate,
            scores,
            allowed,
        )
        for row in np.flatnonzero(gated & ~is_settled).tolist():
            candidate = candidates[row]
            self._advance(candidate, time)
            cells[row] = self._closeness(candidate, sensor)
            paired[row] = self._may_be_pair(candidate)
            for column in np.flatnonzero(gate[row]).tolist():
                if paired[row]:
                    log_likelihood, squared = pair_likelihood(
                        self._picture.pool, candidate.slot, time, constants, cell, sensor.p_detect, measured[column]
                    )
                else:
                    log_likelihood, squared = mixture.likelihood(
                        self._picture.pool, candidate.slot, time, constants, measured[column], False
                    )
                gain = log_likelihood + base + (0.0 if candidate.confirmed else min(candidate.score, 0.0) - 2.0)
                if squared < GATE_RADAR and gain > 0.0:
                    scores[row, column], allowed[row, column] = gain, True
        pairs = self._with_parents(candidates, assign(scores, allowed), allowed)
        taken = {column for _, column in pairs}
        changed: list[TrackedObject] = []
        messages = self._absorb_settled(
            name, time, measured, [(candidates[row], column) for row, column in pairs if is_settled[row]]
        )
        for row, column in pairs:
            if is_settled[row]:
                continue
            candidate = candidates[row]
            beside = [c for c in np.flatnonzero(allowed[row]).tolist() if c not in taken]
            second = max(beside, key=lambda c: scores[row, c]) if beside else None
            part, dropped = None, -math.inf
            if second is not None and self._may_split(candidate, time):
                taken.add(second)
                part, dropped = self._split(candidate, name, time, measured[second])
            telling = self._tells_biases(candidate, time)
            if paired[row]:
                both = [column] if second is None else [column, second]
                log_likelihood, squared, apart = absorb_pair(
                    self._picture.pool,
                    candidate.slot,
                    time,
                    constants,
                    cell,
                    sensor.p_detect,
                    self._log_clutter[name],
                    measured[both],
                    dropped,
                    self._told,
                )
                if second is not None and apart > 0.5:
                    taken.add(second)
                    if part is not None:
                        self._picture.remove(part)
                self._seen_apart(candidate, name, time, apart)
            else:
                log_likelihood, squared = mixture.absorb(
                    self._picture.pool, candidate.slot, time, constants, measured[column], False, 0.0, self._told
                )
            if telling:
                self._biases.learn(self._told)
            self._seen(candidate, name, time, log_likelihood - self._log_clutter[name], squared)
            changed.append(candidate)
        self.used += len(taken)
        late = self.now - time > LATEST_S
        for column in range(len(measured)):
            if column not in taken:
                if late:
                    self.unused_late += 1
                else:
                    self.used += 1
                    if not (gate[:, column] & (cells <= NEARLY_RESOLVED_CELLS)).any():
                        self._start(name, time, measured[column], positions[column])
        empty = np.ones(len(candidates), dtype=np.bool_)
        empty[[row for row, _ in pairs]] = False
        for row in np.flatnonzero(empty & ~is_settled).tolist():
            candidate = candidates[row]
            tentative = not candidate.confirmed and candidate.parent is None
            if tentative and self._should_see(candidate, sensor, time):
                candidate.score += math.log(1.0 - 0.9 * sensor.p_detect)
        for row in np.flatnonzero(empty & gated).tolist():
            candidate = candidates[row]
            unexplained = not allowed[row].any() and taken.isdisjoint(np.flatnonzero(gate[row]).tolist())
            if candidate.confirmed and unexplained and cells[row] > NEARLY_RESOLVED_CELLS:
                # What is seen beside it lies outside all that it may do: its motor may have lit.
                candidate.strangeness += STRANGENESS_GAIN * (STRANGEST - candidate.strangeness)
                candidate.strange = candidate.strange or candidate.strangeness > STRANGE_AT
                candidate.settled = candidate.settled and not candidate.strange
            if candidate.confirmed and cells[row] > 1.0 and allowed[row].any():
                candidate.shadowed += 1
                if candidate.shadowed >= SHADOWED_SCANS and not self._back_to_looks(candidate):
                    # It follows what another one follows.
                    candidate.lost = True
                    messages.append(self._picture.state(candidate))
                    self._picture.remove(candidate)
        for candidate in changed:
            candidate.shadowed = 0
            messages += self._after_radar(candidate)
        return messages

    def _absorb_settled(
        self, name: str, time: float, measured: Matrix, pairs: list[tuple[TrackedObject, int]]
    ) -> list[TrackMessage]:
        """Take the detections of objects that only coast; what is new of them is told twice a second."""
        if not pairs:
            return []
        told = np.zeros((len(pairs) * len(self._told), self._told.shape[1]))
        telling = np.array([self._tells_biases(o, time) for o, _ in pairs])
        slots, columns = np.array([o.slot for o, _ in pairs]), np.array([column for _, column in pairs])
        constants = self._constants[name]
        log_likelihoods, squared = settled.absorb_all(
            self._picture.pool, slots, columns, time, constants, measured, False, told, telling
        )
        self._biases.learn(told)
        messages: list[TrackMessage] = []
        for (candidate, _), log_likelihood, innovation in zip(
            pairs, log_likelihoods.tolist(), squared.tolist(), strict=True
        ):
            self._seen(candidate, name, time, log_likelihood - self._log_clutter[name], innovation)
            candidate.shadowed = 0
            if candidate.strangeness > STRANGE_AT:
                candidate.strange, candidate.settled = True, False
            if time - candidate.told >= TOLD_EVERY_S or candidate.strange:
                candidate.told = time
                messages.append(self._picture.state(candidate))
        return messages

    def _settles(self, candidate: TrackedObject) -> bool:
        """Whether an object only coasts from here on, as far as is known, and cannot be taken for its partner."""
        pool, slot = self._picture.pool, candidate.slot
        best = self._picture.heaviest(candidate)
        if (
            pool.burning[slot, best]
            or pool.log_weight[slot, best] < LOG_SETTLED
            or candidate.strange
            or candidate.relit
        ):
            return False
        partner = candidate.partner
        if candidate.joint or (partner is not None and partner.joint):
            return False
        if candidate.event is None:
            return candidate.radar_hits > ORPHAN_HITS
        since = candidate.cutoff_time
        return since is not None and float(pool.time[slot]) - since > SETTLED_AFTER_S

    def _back_to_looks(self, candidate: TrackedObject) -> bool:
        """A vehicle that satellites still see, and that took what radars saw of another, starts anew from its looks."""
        event = candidate.event
        if event is None or event.ascent is None or candidate.role != "vehicle":
            return False
        fresh = event.last_look - event.first_time < ASCENT_WINDOW_S and self.now - event.last_look < RECENT_LOOK_S
        if not fresh or candidate.cutoff_time is not None:
            return False
        candidate.radar_hits = candidate.shadowed = 0
        candidate.sensors.clear()
        self._set_from_ascent(candidate, event)
        return True

    def _with_parents(
        self, candidates: list[TrackedObject], pairs: list[tuple[int, int]], allowed: Gate
    ) -> list[tuple[int, int]]:
        """A partner that is only supposed needs a detection beside its parent's; a lone one is the parent's."""
        rows = {id(candidate): row for row, candidate in enumerate(candidates)}
        assigned = {row for row, _ in pairs}
        result = []
        for row, column in pairs:
            candidate = candidates[row]
            if candidate.parent is not None and not candidate.confirmed:
                parent = rows.get(id(candidate.parent))
                if parent is None or parent not in assigned:
                    if parent is not None and allowed[parent, column]:
                        result.append((parent, column))
                        assigned.add(parent)
                    continue
            result.append((row, column))
        return result

    def _closeness(self, candidate: TrackedObject, sensor: Sensor) -> float:
        """How far an object is from its partner, in resolution cells of a radar; infinite without a partner."""
        partner = candidate.partner
        if partner is None or candidate.cutoff_time is None or sensor.resolution is None:
            return math.inf
        pool = self._picture.pool
        if pool.components[partner.slot] == 0 or partner.partner is not candidate:
            candidate.partner = None
            return math.inf
        own, other = (pool.state[o.slot, self._picture.heaviest(o)] for o in (candidate, partner))
        lag = float(pool.time[candidate.slot] - pool.time[partner.slot])
        line = own[:3] - self._constants[sensor.id][:3]
        distance = float(np.linalg.norm(line))
        line = line / distance
        apart = own[:3] - other[:3] - lag * other[3:6]
        faster = own[3:6] - other[3:6]
        resolution = sensor.resolution
        along = abs(float(apart @ line))
        across = float(np.linalg.norm(apart - line * (apart @ line))) / distance
        return max(
            along / resolution.range_m,
            across / math.radians(resolution.angle_deg),
            abs(float(faster @ line)) / resolution.range_rate_mps,
        )

    def _may_be_pair(self, candidate: TrackedObject) -> bool:
        """Whether what a radar sees of a vehicle may be its spent stage, or both: it burns, or has just cut off."""
        if candidate.role != "vehicle" or candidate.event is None or not candidate.radar_hits:
            return False
        if candidate.cutoff_time is not None:
            return candidate.partner is not None and candidate.partner.joint
        return self._drag_apart(candidate) < PAIR_DRAG

    def _drag_apart(self, candidate: TrackedObject) -> float:
        state = self._picture.pool.state[candidate.slot, self._picture.heaviest(candidate)]
        return drag_of_stage(state, STAGE_LOG_BETA)

    def _seen_apart(self, vehicle: TrackedObject, name: str, time: float, apart: float) -> None:
        """What a scan told of the stage of a pair, which it saw apart from its vehicle with probability `apart`."""
        stage = vehicle.partner
        if stage is None or not stage.joint:
            return
        if apart > SEEN_APART:
            stage.hits += 1
            stage.radar_hits += 1
            stage.sensors.add(name)

    def _follow_pair(self, vehicle: TrackedObject) -> list[TrackMessage]:
        """The stage of a pair, after its vehicle; the two go their own ways once every radar tells them apart."""
        stage = vehicle.partner
        if stage is None or not stage.joint:
            return []
        set_stage(self._picture.pool, vehicle.slot, stage.slot, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA)
        stage.last_seen, stage.last_scan = vehicle.last_seen, vehicle.last_scan
        if not stage.confirmed and stage.hits >= 2:
            stage.confirmed = True
            stage.id = self._picture.name_of(stage)
        closest = min(
            (self._closeness(vehicle, self._sensors[name]) for name in sorted(vehicle.sensors)), default=math.inf
        )
        since = self._picture.pool.time[vehicle.slot] - (vehicle.cutoff_time or 0.0)
        resolved = closest > NEARLY_RESOLVED_CELLS or since > LONGEST_PAIR_S
        if vehicle.burning or resolved or self._drag_apart(vehicle) > PAIR_DRAG:
            stage.joint = False
            stage.apart_since = float(self._picture.pool.time[stage.slot])
            for o in (vehicle, stage):
                mixture.forget_separation(self._picture.pool, o.slot)
        return [self._picture.state(stage)] if stage.confirmed else []

    def _usable(self, candidate: TrackedObject, name: str, time: float) -> bool:
        age = self._picture.pool.time[candidate.slot] - time
        if candidate.last_scan == (name, time) or age < -LONGEST_SILENCE_S:
            return False
        return bool(age < (LATEST_BURNING_S if candidate.burning else LATEST_S)) and time >= candidate.first_time

    def _tells_biases(self, candidate: TrackedObject, time: float) -> bool:
        """Whether it is sure what an object does, out of the thick air: only noise and biases disturb its looks."""
        if not candidate.confirmed or candidate.strange or candidate.relit or candidate.radar_hits < SETTLED_HITS:
            return False
        pool, slot = self._picture.pool, candidate.slot
        best = self._picture.heaviest(candidate)
        if candidate.event is not None and time - pool.since[slot, best] < SETTLED_S:
            return False
        return height_above_ellipsoid(*pool.state[slot, best, :3]) > SETTLED_HEIGHT_M

    def _advance(self, candidate: TrackedObject, time: float) -> None:
        log_beta, sigma = LOG_BETA["stage" if candidate.role == "stage" else "vehicle"]
        rate = mixture.LATE_IGNITION_RATE
        may_ignite = candidate.strange or candidate.event is None
        cutoff = candidate.cutoff_time
        if candidate.role == "vehicle" and cutoff is not None and time - cutoff < mixture.IGNITION_WINDOW_S:
            may_ignite, rate = True, mixture.IGNITION_RATE
        if candidate.role == "vehicle" and candidate.cutoff_time is None:
            may_ignite, rate = True, mixture.IGNITION_RATE
        mixture.advance(self._picture.pool, candidate.slot, time, log_beta, sigma, may_ignite, rate)

    def _seen(self, candidate: TrackedObject, name: str, time: float, gain: float, squared: float) -> None:
        candidate.hits += 1
        candidate.radar_hits += 1
        candidate.last_scan = (name, time)
        candidate.last_seen = max(candidate.last_seen, time)
        candidate.sensors.add(name)
        candidate.lost = False
        if candidate.event is not None and name not in candidate.event.sensors and candidate.role == "vehicle":
            candidate.event.sensors.append(name)
        candidate.strangeness += STRANGENESS_GAIN * (min(squared, STRANGEST_SEEN) - candidate.strangeness)
        if not candidate.confirmed:
            candidate.score += gain

    def _should_see(self, candidate: TrackedObject, sensor: Sensor, time: float) -> bool:
        constants = self._constants[sensor.id]
        state = self._picture.pool.state[candidate.slot, 0]
        line = state[:3] + (time - self._picture.pool.time[candidate.slot]) * state[3:6] - constants[:3]
        distance = float(np.linalg.norm(line))
        coverage = sensor.coverage
        up = float(line @ constants[9:12]) / distance
        if distance > coverage.max_range_m or up < math.sin(math.radians(coverage.min_elevation_deg)):
            return False
        if coverage.sector_deg is None:
            return True
        azimuth = math.degrees(math.atan2(float(line @ constants[3:6]), float(line @ constants[6:9]))) % 360.0
        start, end = coverage.sector_deg
        return (azimuth - start) % 360.0 <= (end - start) % 360.0 or (end - start) % 360.0 == 0.0

    def _after_radar(self, candidate: TrackedObject) -> list[TrackMessage]:
        messages: list[TrackMessage] = []
        if not candidate.confirmed:
            if candidate.parent is not None:
                if candidate.hits >= 2 and candidate.score > LIKELY:
                    self._separate(candidate)
            elif candidate.hits >= 4 and candidate.score > LIKELY:
                self._confirm(candidate)
            if not candidate.confirmed:
                return messages
        self._follow_motor(candidate)
        if candidate.event is None and candidate.radar_hits <= ORPHAN_HITS:
            burning = under_thrust(self._picture, candidate)
            if not burning:
                self._adopt(candidate, burning)
        if candidate.event is None and is_launch(self._picture, candidate):
            vehicle = unseen_vehicle_of(self._picture, candidate)
            if vehicle is not None:
                self._become(candidate, vehicle)
            else:
                messages.append(self._as_launch(candidate))
        if candidate.event is not None:
            settle_roles(self._picture, candidate.event, self.now)
        messages.append(self._picture.state(candidate))
        messages += self._follow_pair(candidate)
        if self._settles(candidate):
            mixture.keep_heaviest(self._picture.pool, candidate.slot)
            candidate.settled = True
        return messages

    # Motors: cutoff, staging, separation

    def _follow_motor(self, candidate: TrackedObject) -> None:
        pool, slot = self._picture.pool, candidate.slot
        count = pool.components[slot]
        weights = np.exp(pool.log_weight[slot, :count])
        thrust = np.linalg.norm(pool.state[slot, :count, 7:10], axis=1)
        burning = pool.burning[slot, :count] & (thrust > LEAST_THRUST)
        lit = float(weights[burning].sum())
        best = int(np.argmax(weights))
        since = float(pool.since[slot, best])
        candidate.strange = candidate.strangeness > (STRANGE_BELOW if candidate.strange else STRANGE_AT)
        # Right after a cutoff the tail of the thrust looks like a weak motor: it takes more to believe in another one.
        fresh = candidate.cutoff_time is not None and pool.time[slot] - candidate.cutoff_time < FRESH_CUTOFF_S
        needed = 0.9995 if fresh else CERTAIN
        if lit > needed and burning[best] and weights[burning].max() > 0.9 * lit:
            position, velocity = pool.state[slot, best, :3], pool.state[slot, best, 3:6]
            cutoff = candidate.cutoff_time
            late = cutoff is not None and since - cutoff > mixture.IGNITION_WINDOW_S
            if cutoff is not None and (late or float(position @ velocity) < 0.0):
                # No next stage lights so late, or on the way down: it does something of its own.
                candidate.relit = True
            elif not candidate.burning:
                candidate.burning, candidate.burning_since, candidate.cutoff_time = True, since, None
            elif candidate.burning_since is not None and since > candidate.burning_since + 0.5:
                candidate.burning_since = since
                if candidate.role == "vehicle" and candidate.event is not None and weights[best] > CERTAIN:
                    candidate.stages_dropped += 1
                    self._expect_partner(candidate, best, since, paired=False)
        elif lit < 1.0 - CERTAIN and candidate.relit:
            candidate.relit = False
        elif lit < 1.0 - CERTAIN and candidate.burning:
            candidate.burning = False
            coasting = [c for c in range(count) if not pool.burning[slot, c]] or [best]
            best = max(coasting, key=lambda c: weights[c])
            candidate.cutoff_time = float(np.average(pool.since[slot, coasting], weights=weights[coasting]))
            candidate.strangeness = 4.0
            if candidate.event is not None and candidate.role == "vehicle":
                self._expect_partner(candidate, best, candidate.cutoff_time, paired=True)

    def _expect_partner(self, parent: TrackedObject, component: int, time: float, paired: bool) -> None:
        """What left its vehicle at `time`: held as a possible object until detections show it."""
        known = self._expected(parent, time)
        joint = paired and self._drag_apart(parent) < PAIR_DRAG
        if known is not None:
            if paired and known.partner is None:
                parent.apart_since, parent.partner, known.partner = time, known, parent
                known.joint = joint and not known.confirmed
            return
        pool = self._picture.pool
        state, covariance, by_bias = mixture.separated(
            pool, parent.slot, component, time, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA
        )
        now = float(pool.time[parent.slot])
        age = now - time + 0.2
        mixture.set_separation(state, covariance)
        # What left moves against the separation velocity, which is the vehicle's relative to it.
        velocity, spread = state[7:10].copy(), covariance[7:10, 7:10].copy()
        state[:3] -= velocity * age
        state[3:6] -= velocity
        covariance[:3, :3] += spread * age**2
        covariance[:3, 3:6] += spread * age
        covariance[3:6, :3] += spread * age
        covariance[3:6, 3:6] += spread
        covariance[7:10, :3] = covariance[:3, 7:10] = -spread * age
        covariance[7:10, 3:6] = covariance[3:6, 7:10] = -spread
        partner = self._picture.add(parent.event, "stage", confirmed=False, time=now)
        partner.parent, partner.apart_since, partner.cutoff_time = parent, time, time
        if paired:
            parent.apart_since, parent.partner, partner.partner = time, partner, parent
            partner.joint = joint
        self._picture.set(partner.slot, [(state, covariance, False, time, 1.0)], now)
        self._picture.pool.by_bias[partner.slot, 0] = by_bias

    def _may_split(self, candidate: TrackedObject, time: float) -> bool:
        """Whether a second detection beside its own may be of something that just left this vehicle."""
        if not candidate.confirmed or candidate.event is None or candidate.role != "vehicle":
            return False
        lately = candidate.cutoff_time is not None and time - candidate.cutoff_time < SPLIT_WINDOW_S
        return (candidate.burning or lately) and candidate.radar_hits > 2 and not self._expected(candidate, time)

    def _expected(self, parent: TrackedObject, time: float) -> TrackedObject | None:
        """What is already supposed, or known, to have left a vehicle at about this time."""
        for other in self._picture.objects:
            since = other.apart_since
            if other.parent is parent and since is not None and abs(since - time) < SPLIT_WINDOW_S:
                return other
        return None

    def _split(self, parent: TrackedObject, name: str, time: float, measured: Vector) -> tuple[TrackedObject, float]:
        """Two detections where one vehicle was: all that the first might be doing, seen at the second's place.

        With the log-likelihood of that.
        """
        pool = self._picture.pool
        part = self._picture.add(parent.event, "stage", confirmed=False, time=time)
        pool = self._picture.pool
        for array in (
            pool.state,
            pool.covariance,
            pool.by_bias,
            pool.log_weight,
            pool.burning,
            pool.since,
            pool.components,
            pool.time,
        ):
            array[part.slot] = array[parent.slot]
        part.parent, part.apart_since, part.cutoff_time = parent, time, time
        part.hits = part.radar_hits = 1
        constants = self._constants[name]
        log_likelihood, _ = mixture.absorb(pool, part.slot, time, constants, measured, False, 0.0, self._told)
        return part, log_likelihood

    def _separate(self, partner: TrackedObject) -> None:
        """The data show two objects where one was followed."""
        partner.confirmed = True
        partner.id = self._picture.name_of(partner)
        self._follow_motor(partner)

    # Starts and ends

    def _start(self, name: str, time: float, measured: Vector, position: Vector) -> None:
        """An unassigned radar detection may be the first of an object: coasting, or under a motor's thrust."""
        constants = self._constants[name]
        state = np.zeros(STATES)
        line = (position - constants[:3]) / measured[0]
        state[:3], state[3:6], state[6] = position, measured[3] * line, UNKNOWN_LOG_BETA
        covariance = np.zeros((STATES, STATES))
        along = np.outer(line, line)
        across = np.eye(3) - along
        angle = max(constants[13], constants[14]) * measured[0]
        covariance[:3, :3] = along * constants[12] ** 2 + across * angle**2
        covariance[3:6, 3:6] = along * constants[15] ** 2 + across * 3500.0**2
        covariance[6, 6] = UNKNOWN_LOG_BETA_SIGMA**2
        lit_covariance = covariance.copy()
        lit_covariance[7:10, 7:10] = np.eye(3) * 30.0**2
        lit_covariance[10:13, 10:13] = np.eye(3) * 1.0**2
        started = self._picture.add(None, "unknown", confirmed=False, time=time)
        started.score = math.log(BIRTH_PER_SCAN) - math.log(BIRTH_PER_SCAN + 1.0) - 4.0
        started.hits = started.radar_hits = 1
        started.sensors.add(name)
        self._picture.set(
            started.slot, [(state, covariance, False, time, 0.5), (state, lit_covariance, True, time, 0.5)], time
        )
        columns = self._biases.columns(name)
        self._picture.pool.by_bias[started.slot, :2, :3, columns] = -position_partials(measured, constants)

    def _confirm(self, candidate: TrackedObject) -> None:
        """A radar track that is real: part of a known launch, a launch of its own, or something else that flies."""
        candidate.confirmed = True
        burning = under_thrust(self._picture, candidate)
        vehicle = unseen_vehicle_of(self._picture, candidate) if burning else None
        if vehicle is not None:
            self._become(candidate, vehicle)
            return
        self._adopt(candidate, burning)
        candidate.id = self._picture.name_of(candidate)

    def _become(self, candidate: TrackedObject, vehicle: TrackedObject) -> None:
        """What radars see is a launch's vehicle that only satellites saw: the same object under its name."""
        candidate.event, candidate.id = vehicle.event, vehicle.id
        candidate.stages_dropped, candidate.first_time = vehicle.stages_dropped, vehicle.first_time
        candidate.burning, candidate.burning_since = True, vehicle.burning_since
        give_role(self._picture, candidate, "vehicle", [])
        self._picture.remove(vehicle)

    def _adopt(self, candidate: TrackedObject, burning: bool) -> None:
        """Give an object to the launch that it may have left."""
        kin = kin_of(self._picture, candidate, burning, self.now)
        if kin is not None:
            candidate.event = kin.event
            give_role(self._picture, candidate, "stage", [])
            candidate.cutoff_time = kin.cutoff_time if kin.cutoff_time is not None else candidate.first_time

    def _as_launch(self, candidate: TrackedObject) -> LaunchEstimate:
        """A radar track that shows a motor's ascent and belongs to no known launch is one."""
        event = self._picture.new_event(candidate.first_time)
        event.confirmed = True
        event.sensors += sorted(candidate.sensors)
        candidate.event, candidate.role = event, "vehicle"
        candidate.id = self._picture.name_of(candidate)
        for c in range(int(self._picture.pool.components[candidate.slot])):
            self._picture.pool.state[candidate.slot, c, 6] = VEHICLE_LOG_BETA
        return launch_from_track(self._picture, candidate, event)

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
            if event is not None and not candidate.radar_hits and len(event.looks) <= 4 and silence > 20.0:
                # A few looks, then nothing on any sensor: it was no launch.
                event.withdrawn = True
                messages.append(self._picture.estimate(event))
                self._picture.remove(candidate)
                continue
            if not candidate.lost and silence > LOST_SILENCE_S:
                candidate.lost = True
                messages.append(self._picture.state(candidate))
            if silence > FORGET_SILENCE_S and (event is None or self._is_down(candidate)):
                self._picture.remove(candidate)
            elif candidate.lost and event is not None and self._is_down(candidate):
                messages.append(self._picture.state(candidate))
                self._picture.remove(candidate)
        self._picture.events = [e for e in self._picture.events if not e.withdrawn]
        return messages

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

    # Infrared

    def _infrared_scan(self, name: str, time: float, detections: list[Detection]) -> list[TrackMessage]:
        sensor, constants = self._sensors[name], self._constants[name]
        measured = np.array([(*d.line_of_sight, 0.0) for d in detections if isinstance(d, InfraredDetection)])
        vehicles = [o for o in self._picture.objects if o.event is not None and self._awaits(o, name, time)]
        scores = np.zeros((len(vehicles), len(measured)))
        allowed = np.zeros(scores.shape, dtype=np.bool_)
        base = math.log(sensor.p_detect / (1.0 - min(sensor.p_detect, 0.999))) - self._log_clutter[name]
        for row, vehicle in enumerate(vehicles):
            self._advance(vehicle, min(time, self.now))
            for column in range(len(measured)):
                log_likelihood, squared = mixture.likelihood(
                    self._picture.pool, vehicle.slot, time, constants, measured[column], True
                )
                gain = log_likelihood + base
                if squared < GATE_INFRARED and gain > 0.0:
                    scores[row, column], allowed[row, column] = gain, True
        pairs = assign(scores, allowed)
        dark = self._log_clutter[name]
        messages: list[TrackMessage] = []
        for row, column in pairs:
            vehicle = vehicles[row]
            event = vehicle.event
            assert event is not None
            log_likelihood, _ = mixture.absorb(
                self._picture.pool, vehicle.slot, time, constants, measured[column], True, dark, self._told
            )
            event.score += min(log_likelihood - dark, 20.0)
            vehicle.hits += 1
            vehicle.last_scan = (name, time)
            vehicle.last_seen = max(vehicle.last_seen, time)
            self._add_look(event, name, time, measured[column])
            messages += self._after_look(vehicle, event)
        taken = {column for _, column in pairs}
        for column in range(len(measured)):
            assigned = {row for row, _ in pairs}
            if column not in taken and not self._belongs(name, time, measured[column], assigned, vehicles):
                self._start_event(name, time, measured[column])
        self.used += len(measured)
        return messages

    def _belongs(
        self, name: str, time: float, measured: Vector, assigned: set[int], vehicles: list[TrackedObject]
    ) -> bool:
        """Whether a look that fits no prediction is near a launch that has none in this scan: its motor changed."""
        constants = self._constants[name]
        for row, vehicle in enumerate(vehicles):
            if row in assigned or not vehicle.burning or vehicle.event is None or not vehicle.radar_hits:
                continue
            state = self._picture.pool.state[vehicle.slot, 0]
            line = state[:3] + (time - float(self._picture.pool.time[vehicle.slot])) * state[3:6] - constants[:3]
            distance = float(np.linalg.norm(line))
            if float(np.linalg.norm(line / distance - measured[:3])) * distance < BELONGS_M:
                vehicle.event.last_look = max(vehicle.event.last_look, time)
                vehicle.event.next_look[name] = time + self._sensors[name].period_s
                return True
        return False

    def _awaits(self, vehicle: TrackedObject, name: str, time: float) -> bool:
        pool, slot = self._picture.pool, vehicle.slot
        if vehicle.last_scan == (name, time) or (vehicle.parent is not None and not vehicle.confirmed):
            return False
        return bool(pool.burning[slot, : pool.components[slot]].any()) and float(pool.time[slot]) - time < 5.0

    def _add_look(self, event: Event, name: str, time: float, measured: Vector) -> None:
        sensor = self._sensors[name]
        if name not in event.sensors:
            event.sensors.append(name)
        if not event.looks:
            event.first_time = time
        if name not in event.next_look and time - event.first_time < ASCENT_WINDOW_S:
            event.cloud.append(cloud_row(sensor, time))
        event.last_look = max(event.last_look, time)
        event.next_look[name] = max(time + sensor.period_s, event.next_look.get(name, -math.inf))
        if time - event.first_time < ASCENT_WINDOW_S and len(event.looks) < LOOKS_KEPT:
            event.looks.append(look_row(time, self._infrared.index(name), measured, sensor.sigma.line_of_sight_rad))

    def _after_look(self, vehicle: TrackedObject, event: Event) -> list[TrackMessage]:
        fresh = event.last_look - event.first_time < ASCENT_WINDOW_S
        if fresh:
            self._fit(event)
            if vehicle.radar_hits == 0 and vehicle.cutoff_time is None:
                self._set_from_ascent(vehicle, event)
        if not vehicle.confirmed:
            if len(event.looks) < 3 or event.score < LIKELY or not self._is_ascent(event):
                return []
            seen_before = self._seen_by_radar(vehicle)
            if seen_before is not None:
                return self._join(vehicle, event, seen_before)
            vehicle.confirmed = event.confirmed = True
            vehicle.id = self._picture.name_of(vehicle)
        self._follow_motor(vehicle)
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
        known.ascent, known.looks, known.cloud = event.ascent, event.looks, event.cloud
        known.first_time, known.last_look, known.next_look = event.first_time, event.last_look, event.next_look
        known.sensors += [name for name in event.sensors if name not in known.sensors]
        self._picture.remove(vehicle)
        self._picture.events.remove(event)
        return [self._picture.estimate(known)]

    def _is_ascent(self, event: Event) -> bool:
        """Whether the looks fit a powered ascent: closely while they are few, since any path fits a few."""
        assert event.ascent is not None
        looks = len(event.looks)
        limit = 2.0 * looks + 5.0 * math.sqrt(looks) if looks <= FEW_LOOKS else 4.0 * looks + 25.0
        return event.ascent.cost < limit

    def _fit(self, event: Event) -> None:
        rows = event.rows()
        reference = event.ascent.reference if event.ascent is not None else None
        start = event.ascent if len(event.looks) > 3 else None
        if reference is None:
            latitude, longitude = self._under(rows[0])
            time = float(rows[0, 0])
        else:
            latitude, longitude, time = (float(value) for value in reference)
        event.ascent = fit_ascent(
            rows, self._infrared_constants, np.array(event.cloud).reshape(-1, 4), start, latitude, longitude, time
        )

    def _under(self, row: Vector) -> tuple[float, float]:
        """Latitude and longitude where a line of sight meets the cloud tops; at the limb where it misses them."""
        name = self._infrared[int(row[2])]
        origin, line = self._constants[name][:3], row[3:6]
        radius = 6371e3 + self._sensors[name].coverage.min_height_m + 1e3
        along = -float(origin @ line)
        under = along * along - float(origin @ origin) + radius * radius
        point = origin + line * (along - math.sqrt(max(under, 0.0)))
        latitude, longitude, _ = ecef_to_geodetic(point)
        return latitude, longitude

    def _start_event(self, name: str, time: float, measured: Vector) -> None:
        """An unexplained infrared look may be the first of a launch."""
        event = self._picture.new_event(time)
        event.score = EVENT_PRIOR
        self._add_look(event, name, time, measured)
        self._fit(event)
        vehicle = self._picture.add(event, "vehicle", confirmed=False, time=time)
        vehicle.hits = 1
        vehicle.burning, vehicle.burning_since = True, time
        self._set_from_ascent(vehicle, event)

    def _set_from_ascent(self, vehicle: TrackedObject, event: Event) -> None:
        assert event.ascent is not None
        state, covariance = burning_state(event.ascent, event.last_look)
        self._picture.set(vehicle.slot, [(state, covariance, True, event.first_time, 1.0)], event.last_look)

    def _watch_infrared(self) -> list[TrackMessage]:
        """Looks that are due and have not come say that a motor may have stopped."""
        messages: list[TrackMessage] = []
        for vehicle in self._picture.objects:
            event = vehicle.event
            if event is None or vehicle.role != "vehicle" or not event.next_look:
                continue
            missed = False
            for name, due in sorted(event.next_look.items()):
                sensor = self._sensors[name]
                while due + LATE_LOOK_S < self.now and due - event.last_look < 10.0 * sensor.period_s:
                    self._advance(vehicle, due)
                    if float(self._picture.pool.time[vehicle.slot]) - due < 3.0:
                        mixture.unseen(self._picture.pool, vehicle.slot, math.log(1.0 - min(sensor.p_detect, 0.98)))
                    due += sensor.period_s
                    missed = True
                event.next_look[name] = due
            if missed and vehicle.confirmed:
                was = vehicle.burning
                self._follow_motor(vehicle)
                if was != vehicle.burning:
                    messages.append(self._picture.state(vehicle))
        return messages
