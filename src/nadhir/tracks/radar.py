"""Scans of radars: gate, fork, assign, update; what is left over begins an object or tells of a breach."""

from __future__ import annotations

import math

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import Detection, RadarDetection, Sensor, TrackMessage
from nadhir.tracks import breach, mixture, settled
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.births import adopt, as_launch, become, confirm, start
from nadhir.tracks.coarse_gate import nearby
from nadhir.tracks.infrared import start_from_looks
from nadhir.tracks.kinship import is_of_others, settle_roles, under_thrust, unseen_vehicle_of
from nadhir.tracks.layout import BIASES
from nadhir.tracks.motors import advance, follow_motor, may_split, separate, split
from nadhir.tracks.objects import ASCENT_WINDOW_S, LIKELY, STRANGE_AT, TrackedObject
from nadhir.tracks.pairs import absorb_pair, pair_likelihood
from nadhir.tracks.partners import NEARLY_RESOLVED_CELLS, closeness, follow_pair, may_be_pair, seen_apart
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import is_launch, was_launched
from nadhir.tracks.rivals import follow_rivals, settle_rivals
from nadhir.tracks.scan import GATE, Gate, GatedPairs, RadarScan, positions_of, radar_vector
from nadhir.tracks.sensing import Sensing

LATEST_S = 20.0
"""A detection is of use for so long after the state that it would correct."""
BARELY_RESOLVED_CELLS = 1.5
"""Closer than this, two that have parted may give one detection between them."""
LATEST_BURNING_S = 1.5
LONGEST_SILENCE_S = 7200.0
"""Nothing is flown on for longer to see whether a detection might be of it."""
BREACH_PUSH, BREACH_S = 20.0, 2.0
"""m/s² by which something else than gravity and drag may push an object before it shows, and for how long."""
SHADOWED_SCANS = 8
ORPHAN_HITS = 20
"""For so many detections it is asked whether an object left a known launch."""
CONFIRMING_HITS = 4
"""Nothing that only radars see is held to be real with fewer detections."""
COASTING_HITS = 8
"""From so many detections on, a track that only coasts may be held for what has been launched."""
SETTLED_AFTER_S = 90.0
"""So long after its cutoff no stage of a launch lights any more, and its roles are settled."""
LOG_SETTLED = math.log(0.98)
"""Log-weight at which a component is all that an object does."""
TOLD_EVERY_S = 0.5
RECENT_LOOK_S = 5.0
TELLING_HITS, TELLING_S, TELLING_HEIGHT_M = 5, 6.0, 40e3
"""An object tells of biases after so many detections, so long after its motor's last change, above this height."""
STRANGENESS_GAIN, STRANGEST, STRANGEST_SEEN = 0.3, 60.0, 25.0
"""One bad detection does not make an object strange; one that it cannot have given at all does."""


class RadarScans:
    """Takes the scans of radars into the picture. `used` and `unused_late` count their detections."""

    def __init__(self, picture: Picture, sensing: Sensing, biases: RadarBiases) -> None:
        self._picture, self._sensing, self._biases = picture, sensing, biases
        self.used = 0
        self.unused_late = 0

    def scan(self, name: str, time: float, detections: list[Detection], now: float) -> list[TrackMessage]:
        """Take the detections of one scan; what changed."""
        scan = self._gated(name, time, detections, now)
        self._weigh(scan)
        self._follow_halves(scan)
        pairs = self._with_parents(scan, scan.pairs.assign())
        scan.taken.update(column for _, column in pairs)
        messages = self._absorb_settled(scan, [(row, column) for row, column in pairs if scan.settled[row]])
        changed = [(row, column) for row, column in pairs if not scan.settled[row]]
        constants = self._sensing.constants[name]
        follow_rivals(self._picture, scan, constants, dict(changed), self._biases.blank())
        for row, column in changed:
            self._absorb(scan, row, column)
        settle_rivals(self._picture, scan.candidates, time)
        messages += self._notice_breaches(scan, pairs)
        self._take_rest(scan)
        messages += self._without_detection(scan, [row for row, _ in pairs])
        for row, _ in changed:
            scan.candidates[row].shadowed = 0
            messages += self._after(scan.candidates[row], now)
        return messages

    def _gated(self, name: str, time: float, detections: list[Detection], now: float) -> RadarScan:
        constants, pool = self._sensing.constants[name], self._picture.pool
        measured = np.array([radar_vector(d) for d in detections if isinstance(d, RadarDetection)])
        measured[:, :BIASES] -= self._biases.correction[self._biases.columns(name)]
        positions, spread = positions_of(measured, constants)
        candidates = self._usable(name, time)
        halves = [o.partner.slot if o.partner is not None and o.partner.joint else -1 for o in candidates]
        slots = np.stack([_slots(candidates), np.array(halves, dtype=np.int64)], axis=1)
        starts, columns = nearby(pool, slots, time, positions, spread)
        return RadarScan(
            self._sensing.sensors[name],
            time,
            now,
            measured,
            positions,
            candidates,
            GatedPairs.unweighed(starts, columns),
            paired=np.zeros(len(candidates), dtype=np.bool_),
            cells=np.full(len(candidates), math.inf),
            settled=np.array([o.settled for o in candidates], dtype=np.bool_),
            base=self._base(name),
            passed=self._passed(name, time, positions, spread),
            taken=set(),
        )

    def _base(self, name: str) -> float:
        p_detect = self._sensing.sensors[name].p_detect
        return math.log(p_detect / (1.0 - min(p_detect, 0.999))) - self._sensing.log_clutter[name]

    def _passed(self, name: str, time: float, positions: Matrix, spread_m: Vector) -> Gate:
        """Which detections (m,) come too late for an object that they may be of: they begin none of their own."""
        pool = self._picture.pool
        ahead = [
            o
            for o in self._picture.objects
            if o.confirmed
            and o.radar_hits
            and (o.last_scan == (name, time) or (o.burning and pool.time[o.slot] - time >= LATEST_BURNING_S))
        ]
        passed = np.zeros(len(positions), dtype=np.bool_)
        if ahead:
            _, columns = nearby(pool, _slots(ahead)[:, None], time, positions, spread_m)
            passed[columns] = True
        return passed

    def _weigh(self, scan: RadarScan) -> None:
        """Bring what may have given a detection to the time of the scan, and weigh each against clutter."""
        sensor, pool = scan.sensor, self._picture.pool
        constants, cell = self._sensing.constants[sensor.id], self._sensing.cells[sensor.id]
        pairs, gated = scan.pairs, scan.pairs.per_row > 0
        settled.score(
            pool,
            _slots(scan.candidates),
            np.flatnonzero(gated & scan.settled),
            scan.time,
            constants,
            scan.measured,
            False,
            scan.base,
            GATE,
            pairs.starts,
            pairs.columns,
            pairs.scores,
            pairs.allowed,
        )
        for row in np.flatnonzero(gated & ~scan.settled).tolist():
            candidate = scan.candidates[row]
            advance(self._picture, candidate, candidate.slot, scan.time)
            scan.paired[row] = may_be_pair(self._picture, candidate)
            for pair in pairs.of(row):
                measured = scan.measured[pairs.columns[pair]]
                if scan.paired[row]:
                    log_likelihood, squared = pair_likelihood(
                        pool, candidate.slot, scan.time, constants, cell, sensor.p_detect, measured
                    )
                else:
                    log_likelihood, squared = mixture.likelihood(
                        pool, candidate.slot, scan.time, constants, measured, False
                    )
                gain = log_likelihood + scan.base + candidate.log_doubt
                if squared < GATE and gain > 0.0:
                    pairs.scores[pair], pairs.allowed[pair] = gain, True

    def _follow_halves(self, scan: RadarScan) -> None:
        """How near halves of pairs are to each other. A detection of two that have parted and that this radar cannot
        tell apart now is of neither: they fly on."""
        constants = self._sensing.constants[scan.sensor.id]
        rows = {id(one): row for row, one in enumerate(scan.candidates) if one.partner is not None}
        for row in (row for row in rows.values() if scan.pairs.of(row)):
            candidate = scan.candidates[row]
            scan.cells[row] = closeness(self._picture, candidate, scan.sensor, constants)
            partner = candidate.partner
            other = rows.get(id(partner), -1)
            if partner is None or partner.joint or other < row or scan.cells[row] > BARELY_RESOLVED_CELLS:
                continue
            near = {*scan.pairs.columns_of(row), *scan.pairs.columns_of(other)}
            if len(near) != 1 or not self._between(scan, row, min(near)):
                continue
            if scan.cells[row] < 1.0 or not (scan.pairs.allowed_of(row) or scan.pairs.allowed_of(other)):
                scan.taken |= near
                scan.pairs.forbid(row)
                scan.pairs.forbid(other)
                for one in (candidate, partner):
                    one.last_seen = max(one.last_seen, scan.time)

    def _absorb(self, scan: RadarScan, row: int, column: int) -> None:
        """Take an object's detection, and a second one beside it that may be of what it has left."""
        candidate, sensor, time = scan.candidates[row], scan.sensor, scan.time
        constants, log_clutter = self._sensing.constants[sensor.id], self._sensing.log_clutter[sensor.id]
        told = self._biases.blank()
        beside = [pair for pair in scan.pairs.allowed_of(row) if int(scan.pairs.columns[pair]) not in scan.taken]
        second = int(scan.pairs.columns[max(beside, key=lambda pair: scan.pairs.scores[pair])]) if beside else None
        part, dropped = None, -math.inf
        if second is not None and may_split(self._picture, candidate, time):
            scan.taken.add(second)
            part, dropped = split(self._picture, candidate, time, constants, scan.measured[second], told)
        telling = self._tell_biases([candidate], time)[0]
        if scan.paired[row]:
            log_likelihood, squared, apart = absorb_pair(
                self._picture.pool,
                candidate.slot,
                time,
                constants,
                self._sensing.cells[sensor.id],
                sensor.p_detect,
                log_clutter,
                scan.measured[[column] if second is None else [column, second]],
                dropped,
                told,
            )
            if second is not None and apart > 0.5:
                scan.taken.add(second)
                if part is not None:
                    self._picture.remove(part)
            seen_apart(candidate, sensor.id, apart)
        else:
            log_likelihood, squared = mixture.absorb(
                self._picture.pool, candidate.slot, time, constants, scan.measured[column], False, 0.0, told
            )
        if telling:
            self._biases.learn(told)
        self._seen(candidate, sensor.id, time, log_likelihood - log_clutter, squared)

    def _take_rest(self, scan: RadarScan) -> None:
        """What is nobody's detection may begin an object, where nothing that is hard to tell apart is near."""
        self.used += len(scan.taken)
        too_late = scan.passed | (scan.now - scan.time > LATEST_S)
        rest = [column for column in np.flatnonzero(~too_late).tolist() if column not in scan.taken]
        self.unused_late += len(scan.measured) - len(scan.taken) - len(rest)
        self.used += len(rest)
        name = scan.sensor.id
        crowded = set(scan.pairs.columns[(scan.cells <= NEARLY_RESOLVED_CELLS)[scan.pairs.rows]].tolist())
        for column in rest:
            if column not in crowded:
                measured, position = scan.measured[column], scan.positions[column]
                constants = self._sensing.constants[name]
                start(self._picture, self._biases, name, constants, scan.time, measured, position)

    def _without_detection(self, scan: RadarScan, assigned: list[int]) -> list[TrackMessage]:
        """What it says of objects that they got no detection: not there, or another one's shadow."""
        messages: list[TrackMessage] = []
        empty = np.ones(len(scan.candidates), dtype=np.bool_)
        empty[assigned] = False
        for row in np.flatnonzero(empty & ~scan.settled).tolist():
            candidate = scan.candidates[row]
            if candidate.parent is not None or (candidate.confirmed and candidate.radar_hits):
                continue
            if self._should_see(candidate, scan.sensor, scan.time):
                candidate.overlooked += 1
                if not candidate.confirmed:
                    candidate.score += math.log(1.0 - 0.9 * scan.sensor.p_detect)
        shaded = np.zeros(len(scan.candidates), dtype=np.bool_)
        shaded[scan.pairs.rows[scan.pairs.allowed]] = True
        for row in np.flatnonzero(empty & shaded & (scan.cells > 1.0)).tolist():
            candidate = scan.candidates[row]
            if candidate.confirmed:
                candidate.shadowed += 1
                if candidate.shadowed >= SHADOWED_SCANS and not self._back_to_looks(candidate, scan.now):
                    # It follows what another one follows.
                    candidate.lost = True
                    messages += self._picture.tell(candidate)
                    self._picture.remove(candidate)
                    event = candidate.event
                    if event is not None and not candidate.radar_hits and is_of_others(self._picture, event):
                        messages.append(self._picture.withdraw(event))
        return messages

    def _between(self, scan: RadarScan, row: int, column: int) -> bool:
        """Whether the only detection near an object may be of its partner too, where they are hardly told apart."""
        candidate = scan.candidates[row]
        alone = scan.cells[row] <= NEARLY_RESOLVED_CELLS and len(scan.pairs.of(row)) == 1
        if candidate.partner is None or not alone:
            return False
        constants, measured = self._sensing.constants[scan.sensor.id], scan.measured[column]
        pool, slot = self._picture.pool, candidate.slot
        return breach.squared_between(pool, slot, candidate.partner.slot, scan.time, constants, measured) < GATE

    def _notice_breaches(self, scan: RadarScan, pairs: list[tuple[int, int]]) -> list[TrackMessage]:
        """Objects that are not seen where they should be, while something else is: what they would be, if pushed."""
        messages: list[TrackMessage] = []
        columns = dict(pairs)
        left = ~scan.passed
        left[list(scan.taken)] = False
        for row in np.unique(scan.pairs.rows[left[scan.pairs.columns] & ~scan.pairs.allowed]).tolist():
            candidate = scan.candidates[row]
            seen = row in columns and (not scan.paired[row] or self._is_itself(scan, row, columns[row]))
            if seen or candidate.lost or not candidate.confirmed:
                continue
            if not self._pushed(scan, row, left):
                continue
            candidate.strangeness += STRANGENESS_GAIN * (STRANGEST - candidate.strangeness)
            candidate.strange = candidate.strange or candidate.strangeness > STRANGE_AT
            candidate.breached = candidate.breached or (candidate.strange and candidate.cutoff_time is not None)
            candidate.settled = candidate.settled and not candidate.strange
            messages += self._picture.tell(candidate)
        return messages

    def _is_itself(self, scan: RadarScan, row: int, column: int) -> bool:
        """Whether the detection that a pair took is of its vehicle, or of both: not of the stage alone."""
        constants, pool = self._sensing.constants[scan.sensor.id], self._picture.pool
        slot, measured = scan.candidates[row].slot, scan.measured[column]
        _, squared = breach.pushed_likelihood(pool, slot, scan.time, constants, measured, 0.0, 0.0)
        return squared < GATE or self._between(scan, row, column)

    def _pushed(self, scan: RadarScan, row: int, left: Gate) -> bool:
        """Whether a detection that is left over would be an object's, if something had pushed it lately."""
        candidate, constants = scan.candidates[row], self._sensing.constants[scan.sensor.id]
        doubt = math.log(mixture.LATE_IGNITION_RATE * BREACH_S) - self._sensing.log_clutter[scan.sensor.id]
        for pair in scan.pairs.of(row):
            column = int(scan.pairs.columns[pair])
            if scan.pairs.allowed[pair] or not left[column]:
                continue
            log_likelihood, squared = breach.pushed_likelihood(
                self._picture.pool,
                candidate.slot,
                scan.time,
                constants,
                scan.measured[column],
                BREACH_PUSH,
                BREACH_S + max(scan.time - candidate.last_seen, 0.0),
            )
            if squared < GATE and log_likelihood + doubt > 0.0 and not self._between(scan, row, column):
                return True
        return False

    def _absorb_settled(self, scan: RadarScan, pairs: list[tuple[int, int]]) -> list[TrackMessage]:
        """Take the detections of objects that only coast; what is new of them is told twice a second."""
        if not pairs:
            return []
        objects = [scan.candidates[row] for row, _ in pairs]
        columns = np.array([column for _, column in pairs])
        name, time = scan.sensor.id, scan.time
        told = self._biases.blank(len(pairs))
        pool, slots, constants = self._picture.pool, _slots(objects), self._sensing.constants[name]
        telling = self._tell_biases(objects, time)
        log_likelihoods, squared = settled.absorb_all(
            pool, slots, columns, time, constants, scan.measured, False, told, telling
        )
        self._biases.learn(told)
        messages: list[TrackMessage] = []
        log_clutter = self._sensing.log_clutter[name]
        for candidate, log_likelihood, innovation in zip(
            objects, log_likelihoods.tolist(), squared.tolist(), strict=True
        ):
            self._seen(candidate, name, time, log_likelihood - log_clutter, innovation)
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
        if candidate.event is None or (partner is None and not candidate.event.seen_burning):
            return candidate.radar_hits > ORPHAN_HITS
        since = candidate.cutoff_time
        return since is not None and float(pool.time[slot]) - since > SETTLED_AFTER_S

    def _back_to_looks(self, candidate: TrackedObject, now: float) -> bool:
        """A vehicle that satellites still see, and that took what radars saw of another, starts anew from its looks."""
        event = candidate.event
        if event is None or event.ascent is None or candidate.role != "vehicle":
            return False
        fresh = event.last_look - event.first_time < ASCENT_WINDOW_S and now - event.last_look < RECENT_LOOK_S
        if not fresh or candidate.cutoff_time is not None:
            return False
        candidate.radar_hits = candidate.shadowed = 0
        candidate.sensors.clear()
        start_from_looks(self._picture, candidate, event)
        return True

    def _with_parents(self, scan: RadarScan, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """A partner that is only supposed needs a detection beside its parent's; a lone one is the parent's."""
        supposed = {row for row, _ in pairs if _is_supposed(scan.candidates[row])}
        if not supposed:
            return pairs
        rows = {id(candidate): row for row, candidate in enumerate(scan.candidates)}
        assigned = {row for row, _ in pairs}
        result = []
        for row, column in pairs:
            if row in supposed:
                parent = rows.get(id(scan.candidates[row].parent))
                if parent is None or parent not in assigned:
                    if parent is not None and scan.pairs.allows(parent, column):
                        result.append((parent, column))
                        assigned.add(parent)
                    continue
            result.append((row, column))
        return result

    def _usable(self, name: str, time: float) -> list[TrackedObject]:
        """Objects that may have given detections of a radar at a time: each gives one in a scan."""
        scan = (name, time)
        objects = [o for o in self._picture.objects if not o.joint and o.last_scan != scan and time >= o.first_time]
        age_s = self._picture.pool.time[_slots(objects)] - time
        latest_s = np.where([o.burning for o in objects], LATEST_BURNING_S, LATEST_S)
        usable = (age_s >= -LONGEST_SILENCE_S) & (age_s < latest_s)
        return [objects[k] for k in np.flatnonzero(usable).tolist()]

    def _tell_biases(self, objects: list[TrackedObject], time: float) -> Gate:
        """Whose looks (k,) only noise and biases disturb: it is sure what they do, out of the thick air."""
        quiet_s = np.array([-math.inf if o.event is None else TELLING_S for o in objects])
        telling: Gate = mixture.undisturbed(self._picture.pool, _slots(objects), time, TELLING_HEIGHT_M, quiet_s)
        telling &= np.array([_is_sure(o) for o in objects])
        return telling

    def _seen(self, candidate: TrackedObject, name: str, time: float, gain: float, squared: float) -> None:
        candidate.hits += 1
        candidate.radar_hits += 1
        candidate.steady_hits = 1 if candidate.lost else candidate.steady_hits + 1
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
        constants = self._sensing.constants[sensor.id]
        state = self._picture.pool.state[candidate.slot, 0]
        line = state[:3] + (time - self._picture.pool.time[candidate.slot]) * state[3:6] - constants[:3]
        distance = float(np.linalg.norm(line))
        coverage = sensor.coverage
        up = float(line @ constants[9:12])
        # Not divided by the distance: a false detection may lie in the radar itself.
        if distance > coverage.max_range_m or up < distance * math.sin(math.radians(coverage.min_elevation_deg)):
            return False
        if coverage.sector_deg is None:
            return True
        azimuth = math.degrees(math.atan2(float(line @ constants[3:6]), float(line @ constants[6:9]))) % 360.0
        start, end = coverage.sector_deg
        return (azimuth - start) % 360.0 <= (end - start) % 360.0 or (end - start) % 360.0 == 0.0

    def _was_launched(self, candidate: TrackedObject) -> bool:
        # Lost and flown on unseen it may be anywhere, and what was found there may be clutter.
        steady = candidate.steady_hits
        if steady >= COASTING_HITS and was_launched(self._picture, candidate):
            return True
        return steady >= CONFIRMING_HITS and is_launch(self._picture, candidate)

    def _after(self, candidate: TrackedObject, now: float) -> list[TrackMessage]:
        messages: list[TrackMessage] = []
        if not candidate.confirmed:
            if candidate.parent is not None:
                if candidate.hits >= 2 and candidate.score > LIKELY:
                    separate(self._picture, candidate)
            elif candidate.hits >= CONFIRMING_HITS and candidate.score > LIKELY:
                confirm(self._picture, self._sensing, candidate, now)
            if not candidate.confirmed:
                return messages
        follow_motor(self._picture, candidate)
        orphan = candidate.event is None and candidate.radar_hits <= ORPHAN_HITS
        if orphan and not under_thrust(self._picture, candidate):
            adopt(self._picture, candidate, False, now)
        if candidate.event is None and self._was_launched(candidate):
            vehicle = unseen_vehicle_of(self._picture, candidate)
            if vehicle is not None:
                # The name that it has no longer.
                messages += [replace(told, lost=True) for told in self._picture.tell(candidate)]
                become(self._picture, self._sensing, candidate, vehicle)
            else:
                messages += as_launch(self._picture, self._sensing, candidate)
        if candidate.event is not None:
            settle_roles(self._picture, candidate.event, now)
        messages += self._picture.tell(candidate)
        messages += follow_pair(self._picture, self._sensing, candidate)
        if self._settles(candidate):
            mixture.keep_heaviest(self._picture.pool, candidate.slot)
            candidate.settled = True
        return messages


def _slots(objects: list[TrackedObject]) -> NDArray[np.int64]:
    return np.array([o.slot for o in objects], dtype=np.int64)


def _is_supposed(candidate: TrackedObject) -> bool:
    """Whether it is a part that no radar has surely seen apart from what it left."""
    return candidate.parent is not None and not candidate.confirmed


def _is_sure(candidate: TrackedObject) -> bool:
    """Whether, by the book, nothing is open of what an object does."""
    # Where nobody saw a vehicle and its stage part, what is held for one may be two.
    event = candidate.event
    least = ORPHAN_HITS if event is None else TELLING_HITS if event.seen_burning else math.inf
    steady = not candidate.strange and not candidate.relit and candidate.rivals is None
    return candidate.confirmed and steady and candidate.radar_hits >= least
