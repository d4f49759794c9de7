"""What real feeds do to lines: late, repeated, cut short, from unknown sensors, with impossible values and clocks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from nadhir.exercise.observation import Observed
from nadhir.exercise.spec import DirtSpec
from nadhir.model import RadarDetection


def soil(observed: Sequence[Observed], dirt: DirtSpec, rng: np.random.Generator) -> list[bytes]:
    """Lines (without line ends) of a feed with the given dirt. Damaged lines replace none: they are put in besides."""
    placed: list[tuple[float, bytes]] = []
    encode = msgspec.json.encode
    for one in observed:
        detection = one.detection
        line = encode(detection)
        stands = detection.received
        if rng.random() < dirt.late:
            stands += float(rng.uniform(*dirt.late_s))
        placed.append((stands, line))
        if rng.random() < dirt.repeated:
            placed.append((stands + float(rng.uniform(0.0, 5.0)), line))
        if rng.random() < dirt.damaged:
            cut = line[: int(rng.integers(1, len(line)))]
            broken = cut if rng.random() < 0.8 else b'{"sensor": "%s", "time": NaN}' % detection.sensor.encode()
            placed.append((stands, broken))
        if rng.random() < dirt.unknown_sensor:
            placed.append((stands, encode(msgspec.structs.replace(detection, sensor="NO-SUCH"))))
        if rng.random() < dirt.impossible and isinstance(detection, RadarDetection):
            wrong = {"range_m": float(rng.choice([-5.0, 0.0]))} if rng.random() < 0.7 else {"elevation_deg": 123.0}
            placed.append((stands, encode(msgspec.structs.replace(detection, **wrong))))
        if rng.random() < dirt.clock:
            shift = float(rng.choice([-3600.0, 86400.0]))
            placed.append((stands, encode(msgspec.structs.replace(detection, time=detection.time + shift))))
    placed.sort(key=lambda item: item[0])
    return [line for _, line in placed]
