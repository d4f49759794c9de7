"""One self-contained HTML page about a replay: no script, nothing fetched, light and dark, fit to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from nadhir.model import ImpactProduct, LaunchProduct, Sensor
from nadhir.report import words
from nadhir.report.basemap import place
from nadhir.report.pictures import (
    COLOURS,
    charts,
    ellipse_shades,
    impact_close_up,
    launch_close_up,
    narrowing,
    overview,
)
from nadhir.report.record import EventRecord, ObjectRecord, Record, count_lines, read_record, read_sensors
from nadhir.report.shapes import ground_distance_m
from nadhir.report.timeline import Line, Timeline, may_fall_on_land
from nadhir.report.warned import alerted_areas, summary_rows

OPEN_EVENTS = 3
"""Up to so many events are laid out in full; more are folded behind a table."""
PICTURED_OBJECTS = 3
"""Close-ups of expected impacts for each event."""
LISTED = 40
"""Rows of long lists of lesser things."""
CAUSES = {
    "damaged": "not readable, or a field missing or of the wrong type",
    "unknown-sensor": "from a sensor that is not in the list",
    "impossible": "a value that cannot be measured",
    "clock": "measured after it was received, or more than ten minutes before",
    "repeat": "the same measurement again",
}


def write_report(folder_out: Path, scenario: Path, html: Path) -> None:
    """Write the page `html` about the replay in `folder_out` of the scenario folder `scenario`.

    The same input gives the same bytes. Raises RecordError when the replay cannot be read; a missing summary, list of
    rejected lines or scenario only leaves its part of the page out.
    """
    record = read_record(folder_out)
    page = _page(scenario.resolve().name, record, read_sensors(scenario), count_lines(scenario))
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(page, encoding="utf-8")


def _page(name: str, record: Record, sensors: Sequence[Sensor], lines: dict[str, tuple[int, float, float]]) -> str:
    timeline = Timeline()
    said = [line for product in record.products for line in timeline.add(product)]
    events = [e for e in record.events if not e.withdrawn]
    withdrawn = [e for e in record.events if e.withdrawn]
    start = min([e.start for e in record.events] + [p.issued for p in record.products[:1]], default=None)
    body = [
        '<div class="banner"><div><b>REPLAY</b> Not an official warning. '
        "<span>Made from recorded or simulated data by research software; no authority has issued or checked it."
        "</span></div></div><main>",
        f'<header><p class="kicker">Nadhir report{f" · {words.date(start)}" if start is not None else ""}'
        f" · all times UTC</p><h1>{escape(_title(name))}</h1>"
        f'<p class="lead">{escape(_sentence(events, withdrawn, record.others))}</p></header>',
    ]
    if drawing := overview(events, record.others, sensors, alerted_areas(record.products)):
        body.append(f"<figure style='margin-top:22px'>{drawing}<figcaption>{_map_legend()}</figcaption></figure>")
    if rows := summary_rows(record.products):
        body.append(f"<h2>Warnings</h2>{_warnings(rows)}")
    if len(events) > OPEN_EVENTS:
        body.append(f"<h2>{words.count(len(events), 'event')}</h2>{_event_table(events)}")
        body.append("<h2>Each event</h2>")
    body += [_event(event, said, folded=len(events) > OPEN_EVENTS) for event in events]
    if withdrawn:
        body.append(f"<h2>Withdrawn</h2>{_withdrawn(withdrawn)}")
    if record.others:
        body.append(f"<h2>Objects without a launch</h2>{_others(record.others)}")
    body.append(_timeline(said, folded=len(events) > OPEN_EVENTS))
    body.append(_input_quality(record, sensors, lines))
    body.append(_notes(sensors))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(_title(name))}: Nadhir replay, not an official warning</title>"
        f"<style>{files('nadhir.report').joinpath('page.css').read_text(encoding='utf-8')}</style></head>"
        f"<body>{''.join(body)}</main></body></html>\n"
    )


def _title(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def _principal(event: EventRecord) -> ObjectRecord | None:
    """The object that matters most to people: the first that is no spent stage."""
    return next((o for o in event.objects if (o.likely_class or ("", 0.0))[0] != "spent-stage"), None)


def _sentence(events: Sequence[EventRecord], withdrawn: Sequence[EventRecord], others: Sequence[ObjectRecord]) -> str:
    """What happened, for someone who reads one paragraph."""
    taken_back = (
        f" {words.count(len(withdrawn), 'report')} of a launch {_was(withdrawn)} withdrawn." if withdrawn else ""
    )
    if not events:
        seen = f"{words.count(len(others), 'object')} {_was(others)} followed, none tied to a launch."
        return f"No launch was reported. {seen if others else 'No object was followed.'}{taken_back}"
    if len(events) > 1:
        first, last = words.clock(events[0].start), words.clock(max(e.start for e in events))
        lowered = [o for e in events for o in e.objects if o.impacts and not o.reaches_orbit]
        threatening = sum(may_fall_on_land(o.impacts[-1]) for o in lowered)
        up = sum(o.reaches_orbit for e in events for o in e.objects)
        orbit = f"; {up} expected to stay in orbit" if up else ""
        countries = dict.fromkeys(place(p.latitude_deg, p.longitude_deg).country for e in events if (p := e.place))
        origin = f" from {words.listing(list(countries))}" if countries else ""
        return (
            f"{words.count(len(events), 'launch')}{origin} between {first} and {last}. Of "
            f"{words.count(sum(len(e.objects) for e in events), 'object')} that were followed, {len(lowered)} "
            f"{_was(lowered)} expected to come down, {threatening} of them on land or within an ellipse of "
            f"land{orbit}.{taken_back}"
        )
    event, text = events[0], ["One launch"]
    if event.place:
        spot = place(event.place.latitude_deg, event.place.longitude_deg).words
        seen_by = words.listing(list(dict.fromkeys(n for p in event.launches for n in p.looks))) or "sensors"
        text.append(f" {spot} at {words.clock(event.place.time)}, seen by {seen_by}")
    text.append(".")
    main = _principal(event)
    if main and main.likely_class:
        text.append(f" Likeliest class: {main.likely_class[0]} ({main.likely_class[1]:.2f}).")
    if main and main.reaches_orbit:
        text.append(" It was expected to reach orbit.")
    elif main and main.impacts:
        impact = main.impacts[-1]
        text.append(
            f" Expected to come down near {_spot(impact)}, at {words.clock(impact.time)}, 90 % within "
            f"{words.ellipse(impact.ellipse_90)}. The first such prediction came "
            f"{words.duration(impact.time - main.impacts[0].issued)} ahead."
        )
    elif not event.objects:
        text.append(" Nothing was followed after it.")
    return "".join(text) + taken_back


def _spot(product: LaunchProduct | ImpactProduct) -> str:
    where = place(product.latitude_deg, product.longitude_deg)
    return f"{words.position(product.latitude_deg, product.longitude_deg)}, {where.words}"


def _was(things: Sequence[object]) -> str:
    return "was" if len(things) == 1 else "were"


def _warnings(rows: Sequence[Sequence[str]]) -> str:
    head = ("Warning", "Authority", "Hazard", "Began", "Alert", "Areas, at last (probability)", "End")
    return _table(head, [[escape(cell) for cell in row] for row in rows])


def _event_table(events: Sequence[EventRecord]) -> str:
    rows = []
    for event in events:
        main, where = _principal(event), event.place
        launched = place(where.latitude_deg, where.longitude_deg).words if where else "launch not seen"
        likely = main.likely_class if main else None
        fate, when, region, threatens = "not known", "", "", False
        if main and main.reaches_orbit:
            fate = "expected to reach orbit"
        elif main and main.impacts:
            last = main.impacts[-1]
            fate = place(last.latitude_deg, last.longitude_deg).words
            threatens = may_fall_on_land(last)
            when, region = words.clock(last.time), words.ellipse(last.ellipse_90)
        cells = (
            f'<a href="#{_anchor(event)}">{escape(event.id)}</a>',
            words.clock(event.start),
            escape(launched),
            f"{likely[0]} {likely[1]:.2f}" if likely else "",
            f"<b>{escape(fate)}</b>" if threatens else escape(fate),
            when,
            region,
            str(len(event.objects)),
        )
        rows.append([*cells])
    head = ("Event", "Launched", "From", "Class", "Expected down", "At", "90 % within", "Objects")
    return _table(head, rows)


def _event(event: EventRecord, said: Sequence[Line], folded: bool) -> str:
    pictures = []
    if drawing := launch_close_up(event):
        pictures.append(_figure(drawing, "Where it was launched: each report's 90 % ellipse, early to late."))
    for flown in [o for o in event.objects if o.impacts][:PICTURED_OBJECTS]:
        caption = f"Where {flown.id} is expected to come down: 90 % ellipses, early to late."
        pictures.append(_figure(impact_close_up(flown), caption))
    cards = [_launch_card(event), *(_object_card(event, n, o) for n, o in enumerate(event.objects))]
    parts = [
        f'<div class="cards">{"".join(cards)}</div>',
        f'<div class="pictures">{"".join(pictures)}</div>' if pictures else "",
        f'<div class="charts">{"".join(charts(event))}</div>',
    ]
    if folded:
        own = [line for line in said if line.event == event.id]
        parts.append(f"<h3 style='margin-top:18px'>In words</h3>{_line_table(own)}")
        main = _principal(event)
        likely = f" · {main.likely_class[0]}" if main and main.likely_class else ""
        return (
            f'<details class="event" id="{_anchor(event)}"><summary><b>{escape(event.id)}</b> launched '
            f"{words.clock(event.start)}{likely}</summary>{''.join(parts)}</details>"
        )
    return f'<section class="event" id="{_anchor(event)}"><h2>Event {escape(event.id)}</h2>{"".join(parts)}</section>'


def _anchor(event: EventRecord) -> str:
    return "event-" + "".join(c if c.isalnum() else "-" for c in event.id)


def _figure(drawing: str, caption: str) -> str:
    return f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>"


def _launch_card(event: EventRecord) -> str:
    last = event.place
    if last is None:
        facts = [("Launch", "not seen; known by what flew")]
        return f'<div class="card"><h3>Launch</h3>{_facts(facts)}</div>'
    first = event.launches[0]
    facts = [
        ("Place", _spot(last)),
        ("90 % within", words.ellipse(last.ellipse_90)),
        ("Time", f"{words.clock(last.time)} ± {words.duration(max(1.645 * last.time_sigma_s, 1))}"),
        ("Seen by", words.listing(list(dict.fromkeys(n for p in event.launches for n in p.looks)))),
        ("First report", f"{words.clock(first.issued)}, {words.duration(first.issued - last.time)} after launch"),
        ("", f"then {words.ellipse(first.ellipse_90)}"),
    ]
    return f'<div class="card"><h3>Launch</h3>{_facts(facts)}</div>'


def _object_card(event: EventRecord, number: int, flown: ObjectRecord) -> str:
    start, facts = event.start, []
    if flown.likely_class:
        facts.append(("Class", f"{flown.likely_class[0]} ({flown.likely_class[1]:.2f})"))
    if flown.burnout_time is not None:
        facts.append(
            (
                "Thrust ended",
                f"{words.clock(flown.burnout_time)}, {words.duration(flown.burnout_time - start)} after launch",
            )
        )
    if flown.regions:
        first, last = flown.regions[0], flown.regions[-1]
        facts += [
            ("While it burned", f"90 % within {words.ellipse(first.ellipse_90)} at +{first.issued - start:.0f} s"),
            ("", f"at last {words.ellipse(last.ellipse_90)} at +{last.issued - start:.0f} s"),
        ]
    apogee = next((a for a in reversed(flown.assessments) if a.apogee_m is not None), None)
    if apogee and apogee.apogee_m is not None:
        spread = f" ± {words.distance(1.645 * apogee.apogee_sigma_m)}" if apogee.apogee_sigma_m is not None else ""
        facts.append(("Highest point", f"{words.distance(apogee.apogee_m)}{spread} (predicted)"))
    elif flown.tracks:
        facts.append(("Highest seen", words.distance(float(flown.path.height_m.max()))))
    if flown.assessments and flown.assessments[-1].reaches_orbit >= 0.02:
        facts.append(("Reaches orbit", f"{flown.assessments[-1].reaches_orbit:.2f}"))
    tag = ""
    if flown.impacts:
        last = flown.impacts[-1]
        tag = (
            '<span class="tag alarm">may fall on land</span>'
            if may_fall_on_land(last) and not flown.reaches_orbit
            else ""
        )
        facts += [
            ("Expected down", _spot(last)),
            ("At", f"{words.clock(last.time)} ± {words.duration(max(1.645 * last.time_sigma_s, 1))}"),
            ("90 % within", words.ellipse(last.ellipse_90)),
        ]
        if event.place:
            origin = (event.place.latitude_deg, event.place.longitude_deg)
            facts.append(("Range", words.distance(ground_distance_m(origin, (last.latitude_deg, last.longitude_deg)))))
    if flown.tracks:
        facts.append(("Last state", f"{flown.tracks[-1].phase}, {words.clock(flown.tracks[-1].time)}"))
        if not all(t.ballistic for t in flown.tracks):
            broken = next(t.time for t in flown.tracks if not t.ballistic)
            facts.append(("Not ballistic", f"from {words.clock(broken)}: ellipse widened"))
    narrowed = f"<dt>Over time</dt><dd>{_steps(flown, start)}</dd>" if len(flown.impacts) > 1 else ""
    return (
        f'<div class="card"><h3><i class="chip o{number % COLOURS}"></i>{escape(flown.id)}{tag}</h3>'
        f"{_facts(facts, narrowed)}</div>"
    )


def _steps(flown: ObjectRecord, start: float) -> str:
    kept = narrowing(flown.impacts)
    rows = [
        f'<li><i class="t{shade}"></i><span>+{p.issued - start:.0f} s</span>'
        f"<span>{words.ellipse(p.ellipse_90)}</span></li>"
        for p, shade in zip(kept, ellipse_shades(len(kept)), strict=True)
    ]
    return f'<ul class="steps">{"".join(rows)}</ul>'


def _facts(facts: Iterable[tuple[str, str]], more: str = "") -> str:
    strong = ("Expected down", "Place")
    return (
        "<dl>"
        + "".join(
            f"<dt>{escape(name)}</dt><dd{' class=main' if name in strong else ''}>{escape(value)}</dd>"
            for name, value in facts
        )
        + more
        + "</dl>"
    )


def _withdrawn(events: Sequence[EventRecord]) -> str:
    rows = []
    for event in events:
        first, last = event.launches[0], event.launches[-1]
        rows.append([escape(event.id), words.clock(first.issued), escape(_spot(first)), words.clock(last.issued)])
    return _table(("Event", "Reported", "Near", "Withdrawn"), rows)


def _others(others: Sequence[ObjectRecord]) -> str:
    rows = []
    for flown in others[:LISTED]:
        likely = flown.likely_class
        heights = seen = ""
        if flown.tracks:
            low, high = float(flown.path.height_m.min()), float(flown.path.height_m.max())
            heights = f"{words.kilometres(low)} to {words.kilometres(high)} km"
            seen = f"{words.clock(flown.tracks[0].time)} to {words.clock(flown.tracks[-1].time)}"
        last = flown.tracks[-1].phase if flown.tracks else ""
        rows.append([escape(flown.id), f"{likely[0]} {likely[1]:.2f}" if likely else "", heights, seen, last])
    more = f'<p class="small">and {len(others) - LISTED:,} more</p>' if len(others) > LISTED else ""
    return _table(("Object", "Class", "Height", "Seen", "Last phase"), rows) + more


def _timeline(said: Sequence[Line], folded: bool) -> str:
    if not said:
        return "<h2>Timeline</h2><p>Nothing was said: no product was issued.</p>"
    if folded:
        return (
            f"<h2>Timeline</h2><details><summary>All {words.count(len(said), 'line')}, all events together</summary>"
            f"{_line_table(said)}</details>"
        )
    return f"<h2>Timeline</h2>{_line_table(said)}"


def _line_table(said: Sequence[Line]) -> str:
    rows = "".join(
        f'<tr class="{line.severity}"><td class="t">{words.clock(line.time)}</td>'
        f'<td class="t n">{f"+{line.elapsed_s:.0f} s" if line.elapsed_s is not None else ""}</td>'
        f'<td class="w">{escape(line.object or line.event or "")}</td><td>{escape(line.text)}</td></tr>'
        for line in said
    )
    head = '<tr><th>UTC</th><th class="n">Since launch</th><th>Object</th><th>What was said</th></tr>'
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _input_quality(record: Record, sensors: Sequence[Sensor], lines: dict[str, tuple[int, float, float]]) -> str:
    parts = ["<h2>Input quality</h2>"]
    if summary := record.summary:
        rejected = sum(summary.rejected.values())
        numbers = (
            (summary.lines, "lines read"),
            (summary.used, "used"),
            (rejected, "set aside"),
            (summary.unused_late, "too late to use"),
        )
        tiles = "".join(f"<div><b>{value:,}</b><span>{text}</span></div>" for value, text in numbers)
        parts.append(f'<div class="numbers">{tiles}</div>')
        if rejected:
            rows = [
                [escape(cause), f"{number:,}", escape(CAUSES.get(cause, "")), _example(record, cause)]
                for cause, number in sorted(summary.rejected.items(), key=lambda item: -item[1])
                if number
            ]
            parts.append(_table(("Set aside as", "Lines", "Meaning", "First such line"), rows, numeric=(1,)))
    if sensors:
        rows = []
        for sensor in sensors:
            count, first, last = lines.get(sensor.id, (0, 0.0, 0.0))
            span = f"{words.clock(first)} to {words.clock(last)}" if count else "<b>nothing came</b>"
            rows.append([escape(sensor.id), escape(sensor.owner), sensor.kind, f"{count:,}", span])
        parts.append("<p></p>" + _table(("Sensor", "Owner", "Kind", "Lines", "Received"), rows, numeric=(3,)))
        silent = [s.id for s in sensors if s.id not in lines]
        if silent:
            parts.append(
                f'<p class="small">Nothing came from {escape(words.listing(silent))}: what only such a sensor covers '
                "was not watched, and an empty sky there says nothing.</p>"
            )
    return "".join(parts) if len(parts) > 1 else ""


def _example(record: Record, cause: str) -> str:
    found = next((line for line in record.set_aside if line.cause == cause), None)
    return f"<code>{found.line}: {escape(found.text[:90])}</code>" if found else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    """A table of cells that are HTML already."""
    right = [' class="n"' if k in numeric else "" for k in range(len(head))]
    top = "".join(f"<th{style}>{escape(text)}</th>" for text, style in zip(head, right, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{style}>{cell}</td>" for cell, style in zip(row, right, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><tr>{top}</tr>{body}</table></div>'


def _map_legend() -> str:
    def sample(kind: str, text: str, form: str = "M1,6H25") -> str:
        return f'<span><svg viewBox="0 0 26 12"><path class="{kind}" d="{form}"/></svg>{text}</span>'

    oval = "M3,6a10,4.5 0 1 0 20,0a10,4.5 0 1 0 -20,0Z"
    return (
        '<div class="legend">'
        + sample("launch-site", "launch", "M13,1l5,9h-10Z")
        + sample("path thrust", "under thrust")
        + sample("path o0", "free flight")
        + sample("path o0 predicted", "predicted or unseen")
        + sample("ellipse t0", "90 % ellipse, early", oval)
        + sample(f"ellipse t{COLOURS - 1}", "late", oval)
        + sample("warned impact", "alerted area", oval)
        + sample("sensor", "radar", "M9.5,2.5h7v7h-7Z")
        + sample("coverage", "its range", oval)
        + "</div>"
    )


def _notes(sensors: Sequence[Sensor]) -> str:
    above = [
        f"{s.id} above {words.position(s.position.latitude_deg, s.position.longitude_deg)}"
        for s in sensors
        if s.kind == "infrared"
    ]
    satellites = (
        f"<p><b>Infrared satellites</b> are off the map: {escape(words.listing(above))}. They see only what burns, "
        "above the clouds.</p>"
        if above
        else ""
    )
    return (
        '<h2>How to read this</h2><div class="notes"><p><b>A 90 % ellipse</b> holds the true place with probability '
        "0.9, as far as was known when it was issued: one time in ten the place lies outside. "
        "“±12 × 8 km” gives its half length and half width. Ellipses shrink as data come in; a later one "
        "replaces an earlier one. Times are given with ± for 90 % too.</p>"
        "<p><b>Predictions</b> are worded as such: “expected” is never “observed”. “Down by now” means that the "
        "predicted time has passed, not that anyone saw it. “Lost” means that no sensor sees the object; dashed lines "
        "are predicted.</p>"
        "<p><b>Classes</b> are generic, by range at the best angle: short-range up to 1,000 km, medium-range to 3,000, "
        "intermediate-range to 5,500, intercontinental beyond; the number is a probability.</p>"
        "<p><b>Areas</b> in colour were alerted at some time by the decision rules in use: of an impact, of debris, or "
        "of something passing over. Such a rule is not an authority’s decision.</p>"
        f"{satellites}<p><b>Map</b>: Lambert azimuthal equal-area, outlines Natural Earth (public domain), good to "
        "a few kilometres near Korea and Japan, to fifteen elsewhere; they state nothing about any border.</p></div>"
        "<footer>Nadhir, open early warning for research and civil protection. This page is a replay of recorded or "
        "simulated data and not an official warning. In danger follow your authorities.</footer>"
    )
