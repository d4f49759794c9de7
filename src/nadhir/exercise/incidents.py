"""Incidents: public warnings that went wrong, as facts with their sources and as a flight to fly again.

`incidents.toml` holds them. A flight is a generic class that meets published figures; what the sensors then lost is an
outage of all radars. docs/incidents.md describes the file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import msgspec

from nadhir.exercise.spec import LaunchSpec, OutageSpec, Spec, load_sensors

A_DAY_S = 86_400.0
SEED = 1
"""Of what the published figures leave open: the same flight and the same noise each time."""


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened, seconds after the incident's start."""

    after_s: float
    said: str
    source: str


class Incident(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"counted_from": "from"}):
    """One incident. Without `launches` nothing flew, and only people acted."""

    title: str
    rule: str
    """What it teaches."""
    start: datetime
    authority: str
    """Whose warnings are compared."""
    facts: tuple[Fact, ...]
    counted_from: str = "launch"
    also: tuple[str, ...] = ()
    """Other authorities of the incident."""
    figures: str = ""
    """The published figures that the flight meets."""
    launches: tuple[LaunchSpec, ...] = ()
    lost_after_s: float | None = None
    """From then on no radar saw it."""
    exercise_at_s: float | None = None
    """When a drill was to go out."""
    rules: dict[str, Any] = {}
    """Decision rules of authorities that the shipped rules do not know, as in a rules file."""
    differs: tuple[str, ...] = ()


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: dict[str, str]
    incident: dict[str, Incident]


def _book() -> _Book:
    text = (resources.files("nadhir.exercise") / "incidents.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=_Book)


def incidents() -> dict[str, Incident]:
    """All incidents by name, the oldest first."""
    return dict(sorted(_book().incident.items()))


def sources() -> dict[str, str]:
    """What each source's key stands for."""
    return _book().sources


def sources_of(incident: Incident) -> list[str]:
    """Keys of the sources of an incident's facts and figures, in the order in which they are cited."""
    keys = sources()
    figures = [key for key in re.findall(r"\(([^()]+)\)", incident.figures) if key in keys]
    return list(dict.fromkeys([*figures, *(fact.source for fact in incident.facts)]))


def start_of(incident: Incident) -> float:
    """Unix time of an incident's start."""
    return incident.start.astimezone(UTC).timestamp()


def scenario_of(name: str, incident: Incident, one_satellite: bool = False) -> Spec:
    """The flight as a scenario for notional sensors, without the second infrared satellite if so wished."""
    spec = Spec(name=f"incident-{name}", note=f"an exercise: {incident.title}", start=start_of(incident))
    spec = msgspec.structs.replace(spec, launches=incident.launches)
    sensors = load_sensors(spec)
    silent = [sensor.id for sensor in sensors if sensor.kind == "infrared"][1:] if one_satellite else []
    outages = [OutageSpec(sensor, 0.0, A_DAY_S) for sensor in silent]
    if incident.lost_after_s is not None:
        outages += [OutageSpec(s.id, incident.lost_after_s, A_DAY_S) for s in sensors if s.kind == "radar"]
    return msgspec.structs.replace(spec, outages=tuple(outages))
