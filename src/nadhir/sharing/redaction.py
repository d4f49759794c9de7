"""Redaction: the coarser copy of a record, with an uncertainty that covers what was taken away.

Positions, velocities and times are rounded to fixed grids (`redaction_grid`). Rounding to cells of width w adds w²/12,
the variance of an even spread over a cell.
"""

from __future__ import annotations

import hashlib
import math

import msgspec
import numpy as np
from msgspec.structs import replace

from nadhir.geo import ecef_to_geodetic, geodetic_to_ecef
from nadhir.geo.ellipse import CHI_SQUARED_90
from nadhir.model import (
    AreaWarning,
    AssessmentProduct,
    Body,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Record,
    TrackProduct,
    WarningProduct,
)
from nadhir.sharing.redaction_grid import cell_centre, interval_centre, interval_start, rounding_variance
from nadhir.sharing.release_form import Form

VELOCITY_CELL_PER_S = 0.01
"""Width of a velocity's cell (m/s) for each metre of a position's: what a hundred seconds of flight make of it."""
FREE_FLIGHT_MPS2 = 11.0
"""No free flight above the air accelerates more: gravity at the surface, and the Earth's rotation at orbital speed."""
POWERED_OR_BRAKED_MPS2 = 100.0
"""Generic bound for a burning stage, a re-entry, or what cannot be told."""

_UPPER = np.triu_indices(6)
_NAMES = msgspec.msgpack.Encoder(order="deterministic")


def coarsened(record: Record, form: Form) -> Record:
    """The record with positions and times as coarse as a form asks; the same record if it asks for neither."""
    if not form.coarsen_m and not form.coarsen_s:
        return record
    body = record.body
    coarse: Body
    match body:
        case TrackProduct():
            coarse = _track(body, form)
        case LaunchProduct() | ImpactProduct():
            coarse = _ground_point(body, form)
        case AssessmentProduct():
            coarse = _assessment(body, form)
        case WarningProduct():
            coarse = _warning(body, form)
        case _:
            raise ValueError("a detection carries no covariance and cannot be made coarse")
    if form.coarsen_s:
        record = replace(
            record,
            time=interval_start(record.time, form.coarsen_s),
            issued=interval_start(record.issued, form.coarsen_s),
        )
    return replace(record, body=coarse)


def renamed(copy: Record, original: Record, form: Form) -> Record:
    """A copy that differs from its original under an id of its own, which tells nothing of the original's."""
    if copy is original or copy == original:
        return original
    name = hashlib.blake2b(_NAMES.encode((original.id, form)), digest_size=16)
    return replace(copy, id=name.hexdigest(), derived_from=original.id)


def _start(time: float, form: Form) -> float:
    return interval_start(time, form.coarsen_s) if form.coarsen_s else time


def _centre(time: float, form: Form) -> float:
    return interval_centre(time, form.coarsen_s) if form.coarsen_s else time


def _track(body: TrackProduct, form: Form) -> TrackProduct:
    """State at the start of its interval of time, in the centre of its cell. How it hangs on a parting goes: that is of
    the state as it was."""
    position, velocity = np.array(body.position_m), np.array(body.velocity_mps)
    covariance = np.zeros((6, 6))
    covariance[_UPPER] = body.covariance
    covariance = np.triu(covariance) + np.triu(covariance, 1).T
    added = np.zeros(6)
    time = _start(body.time, form)
    if form.coarsen_s:
        back_s = body.time - time
        position = position - back_s * velocity
        flown = np.eye(6)
        flown[:3, 3:] = -back_s * np.eye(3)
        covariance = flown @ covariance @ flown.T
        # An acceleration a that is left out makes errors of a t²/2 and a t; t is spread evenly over the interval.
        free = body.ballistic and body.phase in ("coast", "orbit")
        acceleration = FREE_FLIGHT_MPS2 if free else POWERED_OR_BRAKED_MPS2
        added[:3] += acceleration**2 * form.coarsen_s**4 / 20.0
        added[3:] += acceleration**2 * form.coarsen_s**2 / 3.0
    if width_m := form.coarsen_m:
        latitude, longitude, height_m = ecef_to_geodetic(position)
        layer_m = interval_centre(height_m, width_m)
        # Measured at the top of the layer, no cell is wider than asked for anywhere in it.
        latitude, longitude = cell_centre(latitude, longitude, layer_m + width_m / 2.0, width_m)
        position = geodetic_to_ecef(latitude, longitude, layer_m)
        width_mps = width_m * VELOCITY_CELL_PER_S
        velocity = np.floor(velocity / width_mps + 0.5) * width_mps
        added[:3] += rounding_variance(width_m)
        added[3:] += rounding_variance(width_mps)
    covariance = covariance + np.diag(added)
    x, y, z = position.tolist()
    vx, vy, vz = velocity.tolist()
    return replace(
        body,
        issued=_start(body.issued, form),
        time=time,
        position_m=(x, y, z),
        velocity_mps=(vx, vy, vz),
        covariance=covariance[_UPPER].tolist(),
        burnout_time=None if body.burnout_time is None else _start(body.burnout_time, form),
        parting=None,
    )


def _ground_point(body: LaunchProduct | ImpactProduct, form: Form) -> LaunchProduct | ImpactProduct:
    """A place on the ground in the centre of its cell, a time in the centre of its interval."""
    latitude_deg, longitude_deg, ellipse = body.latitude_deg, body.longitude_deg, body.ellipse_90
    if form.coarsen_m:
        centre = cell_centre(math.radians(latitude_deg), math.radians(longitude_deg), 0.0, form.coarsen_m)
        latitude_deg, longitude_deg = map(math.degrees, centre)
        grown_m2 = CHI_SQUARED_90 * rounding_variance(form.coarsen_m)
        ellipse = Ellipse(
            math.sqrt(ellipse.semi_major_m**2 + grown_m2),
            math.sqrt(ellipse.semi_minor_m**2 + grown_m2),
            ellipse.azimuth_deg,
        )
    return replace(
        body,
        issued=_start(body.issued, form),
        time=_centre(body.time, form),
        time_sigma_s=math.sqrt(body.time_sigma_s**2 + rounding_variance(form.coarsen_s)),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        ellipse_90=ellipse,
    )


def _assessment(body: AssessmentProduct, form: Form) -> AssessmentProduct:
    apogee_m, sigma_m = body.apogee_m, body.apogee_sigma_m
    if form.coarsen_m and apogee_m is not None:
        apogee_m = interval_centre(apogee_m, form.coarsen_m)
        sigma_m = math.sqrt((sigma_m or 0.0) ** 2 + rounding_variance(form.coarsen_m))
    apogee_time = None if body.apogee_time is None else _centre(body.apogee_time, form)
    return replace(
        body,
        issued=_start(body.issued, form),
        apogee_m=apogee_m,
        apogee_sigma_m=sigma_m,
        apogee_time=apogee_time,
    )


def _warning(body: WarningProduct, form: Form) -> WarningProduct:
    """Arrivals are rounded to the safe side: the earliest to earlier, the latest to later."""
    latest = body.latest_arrival
    if form.coarsen_s and latest is not None:
        latest = interval_start(latest, form.coarsen_s) + form.coarsen_s
    return replace(
        body,
        issued=_start(body.issued, form),
        areas=[AreaWarning(area.code, area.probability, _start(area.arrival, form)) for area in body.areas],
        launch_time=None if body.launch_time is None else _start(body.launch_time, form),
        latest_arrival=latest,
    )
