"""One self-contained page about a campaign: are the ellipses honest? Two campaigns compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

import numpy as np

from nadhir.exercise.calibrate import Campaign
from nadhir.exercise.calibrate_samples import AFTER_BURNOUT_S, MOMENTS, Sample
from nadhir.exercise.calibrate_statistics import (
    BREACH_GROUPS,
    Coverage,
    by_breach,
    class_confusion,
    consistency_by_moment,
    coverage,
    coverage_by,
    headline,
    orbit_confusion,
)
from nadhir.exercise.calibration_page_figures import (
    Runs,
    consistency_figure,
    coverage_figure,
    ellipse_over_bound,
    error_over_bound,
    over_bound_figure,
    quantile_figure,
)
from nadhir.exercise.score import CLASS_OF_KIND
from nadhir.model import CLASSES

KINDS = tuple(CLASS_OF_KIND)
PHASES = ("boost", "coast", "reentry", "orbit", "lost", "down")
OVERALL = "all"
LATER = "after burnout"

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.7rem; margin: 0.6rem 0 0; }} h2 {{ font-size: 1.2rem; margin: 2.4rem 0 0.4rem; }}
p.note {{ color: #555; margin: 0.2rem 0 0.8rem; }}
.banner {{ background: #fff3d6; border-left: 4px solid #d08a00; padding: 0.5rem 0.8rem; }}
table {{ border-collapse: collapse; margin: 0.6rem 0; font-variant-numeric: tabular-nums; font-size: 0.92rem; }}
th, td {{ padding: 0.2rem 0.7rem; border-bottom: 1px solid #ddd; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
td.met {{ color: #1d6b1d; }} td.unmet {{ color: #a11212; font-weight: 600; }} td.right {{ background: #e5f1e5; }}
svg {{ max-width: 100%; height: auto; display: block; }}
</style></head><body>
<p class="banner">Simulated flights seen by notional sensors. An exercise; not an official warning.</p>
"""


def write_page(campaign: Campaign, file: Path, other: Campaign | None = None) -> Path:
    """Write the page about a campaign, with another one beside it where given; returns the file."""
    runs: Runs = [("this run", campaign)] + ([("other run", other)] if other else [])
    sections = [
        _summary(runs),
        _aims(runs),
        _impact_coverage(runs),
        _section(
            "Squared distance against theory",
            "Each point is one flight at 10, 30, 60 or 120 s after burnout. Above the line ellipses are too small, "
            "below it too large. The samples of one flight hang together: the band is for independent ones, so it is "
            "a little narrow.",
            quantile_figure(runs),
        ),
        _section(
            "Consistency of the states (NEES)",
            "Squared error of position and velocity in the stated covariance. A consistent tracker's mean stays in the "
            "band; above it, it is surer than it may be.",
            consistency_figure(runs) + _consistency_table(runs),
        ),
        _section(
            "Error and ellipse over the Cramér-Rao bound",
            "Dots are medians, bars hold the middle eight tenths of the flights. The bound counts coasting radar "
            "detections only: boost data may go below it.",
            over_bound_figure(runs) + _bound_table(runs),
        ),
        _launches(runs),
        _confusions(runs),
        _failures(runs),
    ]
    title = f"Calibration: {campaign.spec.name}"
    head = _HEAD.format(title=escape(title)) + f"<h1>{escape(title)}</h1>"
    file.write_text(head + "".join(sections) + "</body></html>\n", encoding="utf-8")
    return file


def _section(title: str, note: str, body: str) -> str:
    return f'<h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{body}'


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells that are markup already begin with `<td`."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(
        "<tr>" + "".join(cell if cell.startswith("<td") else f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _by_run(runs: Runs, names: Sequence[str], cells: Callable[[Campaign], Sequence[str]]) -> str:
    """A table with one row a name and one column a run."""
    columns = [cells(campaign) for _, campaign in runs]
    return _table(["", *(name for name, _ in runs)], zip(names, *columns, strict=True))


def _summary(runs: Runs) -> str:
    def cells(campaign: Campaign) -> list[str]:
        seeds = [outcome.seed for outcome in campaign.outcomes]
        failed = sum(outcome.failure is not None for outcome in campaign.outcomes)
        kinds = ", ".join(
            f"{kind} {count}" for kind in KINDS if (count := sum(flight.kind == kind for flight in campaign.flights))
        )
        return [campaign.spec.name, f"{len(seeds)} (to {max(seeds)})", str(failed), kinds or "none"]

    return _by_run(runs, ("spec", "scenarios flown", "failed", "payloads by kind"), cells)


def _distances(samples: Iterable[Sample]) -> list[float]:
    return [sample.distance_squared for sample in samples if sample.distance_squared is not None]


def _launch_coverage(campaign: Campaign) -> Coverage:
    return coverage("last", [f.last_distance_squared for f in campaign.flights if f.last_distance_squared is not None])


def _placed(campaign: Campaign, kind: str | None = None) -> list[float]:
    """Squared distances of launch places by the newest report at 10, 30, 60 and 120 s after burnout."""
    counted = [sample for sample in headline(campaign.samples) if kind in (None, sample.kind)]
    return [sample.launch_distance_squared for sample in counted if sample.launch_distance_squared is not None]


def _kind_coverage(campaign: Campaign) -> list[Coverage]:
    return coverage_by(headline(campaign.samples), lambda sample: sample.kind, KINDS)


def _aims(runs: Runs) -> str:
    def cell(value: float, low: float, high: float) -> str:
        if np.isnan(value):
            return "no sample"
        return f'<td class="{"met" if low <= value <= high else "unmet"}">{value:.3f}</td>'

    def cells(campaign: Campaign) -> list[str]:
        overall = coverage(OVERALL, _distances(headline(campaign.samples)))
        shares = [row.share for row in _kind_coverage(campaign)] or [np.nan]
        launches = [_launch_coverage(campaign), coverage("", _placed(campaign))]
        broken = [row for row in by_breach(campaign.samples) if row.group == BREACH_GROUPS[1]]
        late = [s for s in campaign.samples if s.after_burnout_s is not None and s.after_burnout_s >= 30]
        sizes = [size for sample in late if (size := ellipse_over_bound(sample)) is not None]
        return [
            cell(overall.share if overall.of else np.nan, 0.86, 0.94),
            cell(min(shares), 0.80, 0.97),
            cell(max(shares), 0.80, 0.97),
            cell(float(np.median(sizes)) if sizes else np.nan, 0.0, 2.0),
            *(cell(launch.share if launch.of else np.nan, 0.86, 0.94) for launch in launches),
            cell(broken[0].share if broken else np.nan, 0.80, 1.0),
        ]

    names = (
        "impact coverage, aim 0.86 to 0.94",
        "lowest of a class, aim 0.80 to 0.97",
        "highest of a class, aim 0.80 to 0.97",
        "median ellipse over bound from 30 s, aim at most 2",
        "launch coverage of last reports, aim 0.86 to 0.94",
        "launch coverage at those moments, aim 0.86 to 0.94",
        "impact coverage after a breach began, aim at least 0.80",
    )
    return _section("Aims", "Coverage counts one sample a flight at each of 10, 30, 60 and 120 s after burnout.",
                    _by_run(runs, names, cells))  # fmt: skip


def _impact_coverage(runs: Runs) -> str:
    def groups(campaign: Campaign) -> list[Coverage]:
        samples, counted = campaign.samples, headline(campaign.samples)
        rows = [coverage(OVERALL, _distances(counted))] if _distances(counted) else []
        rows += _kind_coverage(campaign)
        rows += by_breach(samples)
        rows += coverage_by(samples, lambda sample: sample.phase, PHASES)
        return rows + coverage_by(samples, lambda sample: sample.moment, MOMENTS)

    def cross(campaign: Campaign) -> str:
        rows = []
        for kind in KINDS:
            of_kind = [sample for sample in campaign.samples if sample.kind == kind]
            cells = [coverage("", _distances(s for s in of_kind if s.after_burnout_s == at)) for at in AFTER_BURNOUT_S]
            if any(row.of for row in cells):
                rows.append([kind, *(f"{row.held} of {row.of}" if row.of else "–" for row in cells)])
        return _table(["held", *(f"{at:+d} s" for at in AFTER_BURNOUT_S)], rows)

    found = [(name, groups(campaign)) for name, campaign in runs]
    tables = "".join(f"<p class='note'>{name}</p>{cross(campaign)}" for name, campaign in runs)
    return _section(
        "Coverage of predicted impacts",
        "By class (at 10, 30, 60 and 120 s after burnout), before and after a breach of the ballistic assumption (at "
        "all moments), by phase as stated, and by moment. Bars are 95 % Wilson intervals. Of the newest prediction of "
        "each object of a launch, the one nearest the payload's fall counts.",
        coverage_figure(found, [OVERALL, *KINDS, *BREACH_GROUPS, *PHASES, *MOMENTS]) + tables,
    )


def _consistency_table(runs: Runs) -> str:
    header = ("", "flights", "mean", "95 % band of the mean", "median", "inside single 95 %")
    return "".join(
        f"<p class='note'>{name}</p>"
        + _table(
            header,
            (
                (
                    row.moment,
                    str(row.count),
                    f"{row.mean:.2f}",
                    f"{row.low:.2f} to {row.high:.2f}",
                    f"{row.median:.2f}",
                    f"{row.inside_95:.2f}",
                )
                for row in consistency_by_moment(campaign.samples)
            ),
        )
        for name, campaign in runs
    )


def _bound_table(runs: Runs) -> str:
    def cells(campaign: Campaign) -> list[str]:
        texts = []
        for after_s in AFTER_BURNOUT_S:
            samples = [s for s in campaign.samples if s.after_burnout_s == after_s]
            errors = [ratio for s in samples if (ratio := error_over_bound(s)) is not None]
            sizes = [ratio for s in samples if (ratio := ellipse_over_bound(s)) is not None]
            texts.append(f"{np.median(errors):.2f}, {np.median(sizes):.2f} ({len(errors)})" if errors else "–")
        return texts

    names = [f"burnout {after_s:+d} s: median error, ellipse (flights)" for after_s in AFTER_BURNOUT_S]
    return _by_run(runs, names, cells)


def _launches(runs: Runs) -> str:
    def rows(campaign: Campaign) -> list[Coverage]:
        first = [f.first_distance_squared for f in campaign.flights if f.first_distance_squared is not None]
        found = [coverage("first", first)] if first else []
        last = [(f.kind, f.last_distance_squared) for f in campaign.flights if f.last_distance_squared is not None]
        groups = [("last", last)] + [(kind, [pair for pair in last if pair[0] == kind]) for kind in KINDS]
        found += [coverage(group, [distance for _, distance in pairs]) for group, pairs in groups if pairs]
        late = [(LATER, _placed(campaign)), *((f"{kind}, {LATER}", _placed(campaign, kind)) for kind in KINDS)]
        return found + [coverage(group, distances) for group, distances in late if distances]

    def cells(campaign: Campaign) -> list[str]:
        flights = campaign.flights
        delays = [flight.delay_s for flight in flights if flight.delay_s is not None]
        judged = [flight.late for flight in flights if flight.late is not None]
        errors = [flight.last_error_km for flight in flights if flight.last_error_km is not None]
        return [
            f"{sum(flight.reported for flight in flights)} of {len(flights)}",
            f"{sum(judged)} of {len(judged)}",
            str(sum(outcome.false_reports for outcome in campaign.outcomes)),
            str(sum(outcome.withdrawn_reports for outcome in campaign.outcomes)),
            str(sum(outcome.objects_on_no_body for outcome in campaign.outcomes)),
            f"{np.median(delays):.1f} s, {max(delays):.1f} s" if delays else "–",
            f"{np.median(errors):.2f} km, {max(errors):.2f} km" if errors else "–",
        ]

    names = (
        "launches reported",
        "late: no useful report 6 s after the second look",
        "false reports",
        "withdrawn reports",
        "objects that follow no body",
        "first report after launch: median, longest",
        "last report's error: median, largest",
    )
    return _section(
        "Launch reports",
        "Coverage of the first report and of the last one, in all and by class; then of the newest report at 10, 30, "
        "60 and 120 s after burnout.",
        coverage_figure(
            [(name, rows(campaign)) for name, campaign in runs],
            ["first", "last", *KINDS, LATER, *(f"{kind}, {LATER}" for kind in KINDS)],
        )
        + _by_run(runs, names, cells),
    )


def _confusions(runs: Runs) -> str:
    said_classes, said_fates = (*CLASSES, "none"), ("orbit", "open", "fall", "nothing")
    body = ""
    for name, campaign in runs:
        classes, fates = class_confusion(campaign.flights), orbit_confusion(campaign.flights)
        by_class = [
            [kind, *(_count(classes[kind, said], said == CLASS_OF_KIND[kind]) for said in said_classes)]
            for kind in KINDS
            if any(classes[kind, said] for said in said_classes)
        ]
        by_fate = [
            [fate, *(_count(fates[fate, said], said == expected) for said in said_fates)]
            for fate, expected in (("orbit", "orbit"), ("impact", "fall"))
            if any(fates[fate, said] for said in said_fates)
        ]
        body += f"<p class='note'>{name}</p>" + _table(["true", *said_classes], by_class)
        body += _table(["true", "said: orbit", "open", "fall", "nothing"], by_fate)
    return _section(
        "Class and orbit, 60 s after burnout",
        "Rows are what flew, columns what was said: the likeliest class; orbit above 0.9, fall below 0.1, else open.",
        body,
    )


def _count(count: int, right: bool) -> str:
    return f'<td class="right">{count}</td>' if right else str(count or "")


def _failures(runs: Runs) -> str:
    rows = [
        (name, str(outcome.seed), outcome.failure)
        for name, campaign in runs
        for outcome in campaign.outcomes
        if outcome.failure
    ]
    if not rows:
        return ""
    return _section("Failed", "Seeds without a result; they are tried again on the next run.",
                    _table(("run", "seed", "cause"), rows))  # fmt: skip
