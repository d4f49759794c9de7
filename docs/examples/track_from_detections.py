"""From a folder of detections to predicted impacts: python track_from_detections.py FOLDER"""

import sys
from pathlib import Path

from nadhir.assessment import Assessor
from nadhir.model import ImpactProduct
from nadhir.sensors import Intake, Rejection, detections_file, read_lines, read_sensors
from nadhir.tracks import Tracker

folder = Path(sys.argv[1])
sensors = read_sensors(folder)
intake, tracker, assessor = Intake(sensors), Tracker(sensors), Assessor()
impacts: dict[str, ImpactProduct] = {}
for line in read_lines(detections_file(folder)):
    detection = intake.accept(line)
    if isinstance(detection, Rejection):
        continue
    for message in tracker.receive(detection):
        for product in assessor.assess(message, tracker.now):
            if isinstance(product, ImpactProduct):
                impacts[product.object] = product
for name, fall in impacts.items():
    print(f"{name}: {fall.latitude_deg:.3f} N {fall.longitude_deg:.3f} E, {fall.ellipse_90.semi_major_m / 1e3:.2f} km")
