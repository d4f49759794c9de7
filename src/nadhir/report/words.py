"""Quantities as a duty officer reads them: kilometres, minutes, degrees with a hemisphere, UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from nadhir.model import Ellipse, EndReason, WarningProduct

ENDS: dict[EndReason, str] = {
    "passed": "it is expected to have passed",
    "fell-at-sea": "it is expected to have come down at sea",
    "will-not-arrive": "it is not expected to come here any more",
    "error": "issued in error",
}
LISTED_AREAS = 12
"""A line names so many areas, the likeliest first."""


def clock(time: float) -> str:
    """`09:12:44` UTC for Unix seconds, to the nearest second."""
    return f"{datetime.fromtimestamp(round(time), UTC):%H:%M:%S}"


def date(time: float) -> str:
    """`3 March 2026` in UTC for Unix seconds."""
    day = datetime.fromtimestamp(round(time), UTC)
    return f"{day.day} {day:%B %Y}"


def iso(time: float) -> str:
    """RFC 3339 in UTC with milliseconds for Unix seconds."""
    return datetime.fromtimestamp(round(time, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """`45 s`, `6 min 10 s`, `1 h 12 min`."""
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    if whole < 60:
        return f"{sign}{whole} s"
    if whole < 3600:
        return f"{sign}{whole // 60} min {whole % 60:02d} s"
    return f"{sign}{whole // 3600} h {whole % 3600 // 60:02d} min"


def position(latitude_deg: float, longitude_deg: float) -> str:
    """`40.86°N 129.67°E`."""
    longitude_deg = (longitude_deg + 180.0) % 360.0 - 180.0
    north = "N" if latitude_deg >= 0 else "S"
    east = "E" if longitude_deg >= 0 else "W"
    return f"{abs(latitude_deg):.2f}°{north} {abs(longitude_deg):.2f}°{east}"


def kilometres(metres: float) -> str:
    """`0.04`, `0.36`, `3.2`, `48`, `1,003`: kilometres without their unit, two figures or whole."""
    value = metres / 1e3
    if abs(value) < 0.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if abs(value) < 9.95 else f"{value:,.0f}"


def distance(metres: float) -> str:
    """`3.2 km`, or `240 m` below a kilometre."""
    return f"{metres:.0f} m" if abs(metres) < 999.5 else f"{kilometres(metres)} km"


def ellipse(region: Ellipse) -> str:
    """`±12 × 8.0 km`, or `±340 × 120 m`: the half axes of a 90 % ellipse, the longer first."""
    if region.semi_major_m < 999.5:
        return f"±{region.semi_major_m:.0f} × {region.semi_minor_m:.0f} m"
    return f"±{kilometres(region.semi_major_m)} × {kilometres(region.semi_minor_m)} km"


def speed(metres_per_second: float) -> str:
    """`640 m/s` or `3.42 km/s`."""
    return f"{metres_per_second:.0f} m/s" if metres_per_second < 999.5 else f"{metres_per_second / 1e3:.2f} km/s"


def listing(names: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def count(number: int, noun: str) -> str:
    """`1 launch`, `3 launches`, `0 objects`, by the regular plural."""
    plural = noun + ("es" if noun.endswith(("ch", "s", "x")) else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def warning(product: WarningProduct) -> str:
    """One line of what people are told, hedged where it is predicted."""
    who = f"{product.authority}: " if product.authority else ""
    head = f"{who}{product.status}, {product.hazard}"
    if product.reason is not None:
        return f"{head}: {ENDS[product.reason]} ({areas(product)})"
    if product.fallen:
        return f"{head}: expected to have come down on land: stay in shelter ({areas(product)})"
    if not product.areas:
        return f"{head}: no area any more"
    first = min(area.arrival for area in product.areas)
    unseen = ", not seen any more: predicted from its last track" if product.lost else ""
    return f"{head}: {areas(product)}, not before {clock(first)} UTC{unseen}"


def areas(product: WarningProduct) -> str:
    """`JP-05 (0.93) and JP-02 (0.04)`: area codes with probabilities, the likeliest first."""
    ranked = sorted(product.areas, key=lambda area: -area.probability)
    named = [f"{area.code} ({area.probability:.2f})" for area in ranked[:LISTED_AREAS]]
    more = len(ranked) - len(named)
    return listing([*named, f"{more} more"] if more else named) if named else "no area"
