"""A warning as a CAP 1.2 message: one info a language, all from one typed `WarningProduct`.

| warning | msgType | response | urgency | severity | certainty |
|---|---|---|---|---|---|
| pre-alert | Alert, then Update | Prepare | Expected | by hazard | Possible |
| alert, update | Alert, then Update | Shelter | Immediate within the hour, else Expected | by hazard | by probability |
| fallen on land | Update | Shelter | Immediate | by hazard | Observed |
| all-clear | Update | AllClear | Past | Minor | Observed; Unlikely where it will not arrive |
| cancel | Cancel | AllClear | Past | Minor | Unlikely |
| an end that clears no area | the same | Monitor | Past | Minor | the same |

Certainty is never Observed for what is predicted, and Possible at most for what is no longer seen. Values are those of
CAP 1.2 section 3.2.2; event codes those of the OASIS Event Terms List 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from nadhir.channels.cap.model import (
    Alert,
    Area,
    CapText,
    Enrolment,
    Info,
    MessageType,
    NamedValue,
    Polygon,
    Publisher,
    Status,
)
from nadhir.channels.cap.signing import NotEnrolledError
from nadhir.model import WarningProduct

SOURCE = "Nadhir"
LIFETIME_S = 1800.0
"""A message lasts at least so long, and so long after the latest arrival: updates come sooner, ends are typed."""
FALLEN_LIFETIME_S = 86_400.0
"""After an impact on land only a person clears the areas."""

MISSILE_THREAT, SPACE_DEBRIS, PRACTICE = "OET-129", "OET-184", "OET-147"
_EVENT_CODES = {"impact": MISSILE_THREAT, "overflight": MISSILE_THREAT, "debris": SPACE_DEBRIS}
_CATEGORIES = {"impact": ("Security", "CBRNE"), "overflight": ("Security", "CBRNE"), "debris": ("Safety", "Other")}
_SEVERITIES = {"impact": "Extreme", "overflight": "Severe", "debris": "Severe"}


class NothingToEndError(ValueError):
    """An all-clear or a cancel of which no message has gone out: there is nobody to tell."""


def status_of(warning: WarningProduct, enrolment: Enrolment | None) -> Status:
    """Actual for a live warning of the enrolled authority, and for nothing else.

    A replay is a Test: recipients disregard it. Raises `NotEnrolledError` for a live warning without an enrolment.
    """
    match warning.mode:
        case "exercise":
            return "Exercise"
        case "replay":
            return "Test"
        case "live" if enrolment is not None and enrolment.authority == warning.authority:
            return "Actual"
    raise NotEnrolledError(f"{warning.warning}: live, and {warning.authority or 'its authority'} has not enrolled us")


def expires_of(warning: WarningProduct) -> float:
    """When what this message says has run out (Unix seconds, whole)."""
    arrivals = [area.arrival for area in warning.areas]
    latest = max([warning.issued, *arrivals, *([warning.latest_arrival] if warning.latest_arrival else [])])
    return float(int(latest + (FALLEN_LIFETIME_S if warning.fallen else LIFETIME_S)))


def compose(
    warning: WarningProduct,
    texts: Mapping[str, CapText],
    polygons: tuple[Polygon, ...],
    publisher: Publisher,
    earlier: Sequence[Alert] = (),
    enrolment: Enrolment | None = None,
) -> Alert:
    """The message that says this state of a warning.

    `texts` are by language tag, `polygons` cover its areas (`Outlines.rings`); `earlier` are all messages of this
    warning that went out before, of which every one that still runs is referred to, and the last in any case. Raises
    `NotEnrolledError`, `NothingToEndError` for an end without a beginning, ValueError without texts.
    """
    if not texts:
        raise ValueError(f"{warning.warning}: no text in any language")
    status = status_of(warning, enrolment)
    sender = enrolment.sender if status == "Actual" and enrolment is not None else publisher.sender
    ends = warning.status in ("all-clear", "cancel")
    if ends and not earlier:
        raise NothingToEndError(f"{warning.warning}: {warning.status}, and nothing has been said of it")
    message_type: MessageType = "Cancel" if warning.status == "cancel" else "Update" if earlier else "Alert"
    sent = max([_instant(warning.issued), *(alert.sent for alert in earlier)])
    return Alert(
        identifier=_identifier(warning),
        sender=sender,
        sent=sent,
        status=status,
        message_type=message_type,
        source=SOURCE,
        note=_note(warning, status),
        references=tuple(alert.reference for alert in earlier if alert is earlier[-1] or not alert.expired(sent)),
        incidents=" ".join(quote(event, safe="-._~:") for event in warning.events) or None,
        infos=tuple(_info(warning, status, language, text, polygons, publisher) for language, text in texts.items()),
    )


def _identifier(warning: WarningProduct) -> str:
    parts = (warning.mode, warning.authority or "none", warning.warning, str(warning.revision))
    return ".".join(quote(part, safe="-_~:") for part in parts)


def _note(warning: WarningProduct, status: Status) -> str | None:
    """CAP asks for the exercise's name in an Exercise, and for the reason in a Cancel."""
    notes = []
    if status != "Actual":
        notes.append(f"{status.upper()}, no real danger: {quote(warning.warning)}")
    if warning.status == "cancel":
        notes.append("Issued in error")
    return "; ".join(notes) or None


def _info(
    warning: WarningProduct,
    status: Status,
    language: str,
    text: CapText,
    polygons: tuple[Polygon, ...],
    publisher: Publisher,
) -> Info:
    arrivals = [area.arrival for area in warning.areas]
    ends = warning.status in ("all-clear", "cancel")
    return Info(
        language=language,
        categories=_CATEGORIES[warning.hazard],
        event=text.event,
        response_types=_responses(warning),
        urgency=_urgency(warning),
        severity=_SEVERITIES[warning.hazard] if not ends else "Minor",
        certainty=_certainty(warning),
        # A drill never carries the code of a real threat: a siren that looks only at codes stays silent.
        event_codes=(NamedValue("OET:v1.2", _EVENT_CODES[warning.hazard] if status == "Actual" else PRACTICE),),
        onset=_instant(min(arrivals)) if arrivals and not ends else None,
        expires=_instant(expires_of(warning)),
        sender_name=text.sender_name,
        headline=text.headline,
        description=text.description,
        instruction=text.instruction,
        web=publisher.web,
        contact=publisher.contact,
        parameters=_parameters(warning),
        areas=(
            Area(
                description=text.area_description,
                polygons=polygons,
                geocodes=tuple(NamedValue(_code_list(area.code), area.code) for area in warning.areas),
            ),
        )
        if warning.areas
        else (),
    )


def _responses(warning: WarningProduct) -> tuple[str, ...]:
    match warning.status:
        case "pre-alert":
            return ("Prepare",)
        case "all-clear" | "cancel":
            return ("AllClear",) if warning.areas else ("Monitor",)
    return ("Shelter",)


def _urgency(warning: WarningProduct) -> str:
    match warning.status:
        case "pre-alert":
            return "Expected"
        case "all-clear" | "cancel":
            return "Past"
    soonest = min((area.arrival for area in warning.areas), default=warning.issued)
    return "Immediate" if soonest - warning.issued <= 3600 else "Expected"


def _certainty(warning: WarningProduct) -> str:
    match warning.status:
        case "cancel":
            return "Unlikely"
        case "all-clear":
            return "Unlikely" if warning.reason == "will-not-arrive" else "Observed"
    if warning.fallen:
        return "Observed"
    if warning.status == "pre-alert" or warning.lost:
        return "Possible"
    return "Likely" if max((area.probability for area in warning.areas), default=0.0) > 0.5 else "Possible"


def _parameters(warning: WarningProduct) -> tuple[NamedValue, ...]:
    """The state in words of the format, for programs that tell pre-alert, alert, update and end apart."""
    stated = {
        "status": warning.status,
        "hazard": warning.hazard,
        "reason": warning.reason,
        "mode": warning.mode,
        "revision": str(warning.revision),
        "fallen": "yes" if warning.fallen else None,
        "lost": "yes" if warning.lost else None,
    }
    return tuple(NamedValue(f"nadhir:{name}", value) for name, value in stated.items() if value is not None)


def _code_list(code: str) -> str:
    return "ISO 3166-2" if "-" in code else "ISO 3166-1"


def _instant(unix_s: float) -> datetime:
    return datetime.fromtimestamp(int(unix_s), UTC)
