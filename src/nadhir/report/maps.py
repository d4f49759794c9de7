"""Maps as SVG text: Lambert's azimuthal equal-area projection, coarse outlines, paths, ellipses, labels.

The projection is centred on what is shown, so that nothing breaks at 180 degrees east. Colours are classes of the
page's style sheet, which has a light and a dark form.
"""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from nadhir.report import basemap
from nadhir.report.basemap import EARTH_RADIUS_M
from nadhir.report.shapes import Points, clip

FloatArray = NDArray[np.float64]
LETTER = 0.56
"""Mean width of a letter in parts of the font size."""


class Map:
    """A picture of the region that holds `points` (longitude, latitude in degrees), `width` by `height` pixels.

    Add shapes in drawing order, then ask for `svg`. `smallest_m` is the least width shown; `margin` is the free part
    at each side. `country_names` writes them on land.
    """

    def __init__(
        self,
        points: Points,
        width: float,
        height: float,
        smallest_m: float = 300e3,
        margin: float = 0.1,
        country_names: bool = True,
    ) -> None:
        self.width, self.height = width, height
        self._centre(points)
        x, y = self._project(points)
        middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        free = 1.0 - 2.0 * margin
        span = max(np.ptp(x) / free, np.ptp(y) / free * width / height, smallest_m)
        self.metres_per_pixel = float(span / width)
        self._left = middle[0] - span / 2
        self._top = middle[1] + span / 2 * height / width
        self._parts: list[str] = []
        self._boxes: list[tuple[float, float, float, float]] = []
        self._draw_land(country_names)

    def pixels(self, points: Points) -> tuple[FloatArray, FloatArray]:
        """Pixel coordinates, x to the right and y down, of (n, 2) longitudes and latitudes."""
        x, y = self._project(points)
        return (x - self._left) / self.metres_per_pixel, (self._top - y) / self.metres_per_pixel

    def line(self, points: Points, kind: str) -> None:
        """A line through points, of a class of the style sheet."""
        if len(points) > 1:
            self._parts.append(f'<path class="{kind}" d="{_path(*self.pixels(points), step=0.7)}"/>')

    def area(self, points: Points, kind: str, title: str = "") -> None:
        """A closed shape, with a title that a browser shows on pointing."""
        hint = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path class="{kind}" d="{_path(*self.pixels(points))}Z">{hint}</path>')

    def mark(self, latitude_deg: float, longitude_deg: float, shape: str, kind: str, title: str = "") -> None:
        """A `dot`, `square`, `cross` or `triangle` at a point."""
        x, y = (float(v[0]) for v in self.pixels(np.array([[longitude_deg, latitude_deg]])))
        forms = {
            "dot": f"M{x - 4:.1f},{y:.1f}a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z",
            "square": f"M{x - 3.5:.1f},{y - 3.5:.1f}h7v7h-7Z",
            "cross": f"M{x - 5:.1f},{y - 5:.1f}l10,10M{x - 5:.1f},{y + 5:.1f}l10,-10",
            "triangle": f"M{x:.1f},{y - 5.5:.1f}l5,9h-10Z",
        }
        hint = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path class="{kind}" d="{forms[shape]}">{hint}</path>')
        self._boxes.append((x - 6, y - 6, x + 6, y + 6))

    def label(
        self, latitude_deg: float, longitude_deg: float, text: str, kind: str = "label", size: float = 12
    ) -> None:
        """A text beside a point where it covers no other; left out where there is no room."""
        x, y = (float(v[0]) for v in self.pixels(np.array([[longitude_deg, latitude_deg]])))
        self._place(x, y, text, kind, size, 9.0)

    def svg(self, title: str) -> str:
        """The finished picture with graticule labels, scale and watermark."""
        frame = f'<rect class="frame" x=".5" y=".5" width="{self.width - 1:g}" height="{self.height - 1:g}"/>'
        body = "".join(self._parts)
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" aria-label="{escape(title)}">'
            f'<rect class="sea" width="{self.width:g}" height="{self.height:g}"/>'
            f"{body}{self._scale()}{watermark(self.width, self.height)}{frame}</svg>"
        )

    def _place(self, x: float, y: float, text: str, kind: str, size: float, gap: float) -> None:
        if not (0 <= x <= self.width and 0 <= y <= self.height):
            return
        long = LETTER * size * len(text)
        for left, base in (
            (x + gap, y + size / 3),
            (x - gap - long, y + size / 3),
            (x - long / 2, y - gap),
            (x - long / 2, y + gap + size * 0.8),
            (x + gap * 0.7, y - gap * 0.9),
            (x + gap * 0.7, y + gap * 0.9 + size * 0.7),
        ):
            box = (left, base - size, left + long, base + size * 0.3)
            inside = box[0] > 3 and box[2] < self.width - 3 and box[1] > 3 and box[3] < self.height - 22
            if inside and not any(_overlap(box, other) for other in self._boxes):
                self._boxes.append(box)
                self._parts.append(
                    f'<text class="{kind}" x="{left:.1f}" y="{base:.1f}" font-size="{size:g}">{escape(text)}</text>'
                )
                return

    def _centre(self, points: Points) -> None:
        longitude, latitude = np.radians(points).T
        mean = np.array(
            [
                (np.cos(latitude) * np.cos(longitude)).mean(),
                (np.cos(latitude) * np.sin(longitude)).mean(),
                np.sin(latitude).mean(),
            ]
        )
        self._latitude = float(np.arctan2(mean[2], np.hypot(mean[0], mean[1])))
        self._longitude = float(np.arctan2(mean[1], mean[0]))

    def _project(self, points: Points) -> tuple[FloatArray, FloatArray]:
        """Snyder, Map Projections: A Working Manual (1987), equations 24-2 to 24-4, in metres from the centre."""
        turn, latitude = np.radians(points[:, 0]) - self._longitude, np.radians(points[:, 1])
        sine, cosine = np.sin(self._latitude), np.cos(self._latitude)
        closeness = 1.0 + sine * np.sin(latitude) + cosine * np.cos(latitude) * np.cos(turn)
        k = EARTH_RADIUS_M * np.sqrt(2.0 / np.maximum(closeness, 1e-9))
        x = k * np.cos(latitude) * np.sin(turn)
        y = k * (cosine * np.sin(latitude) - sine * np.cos(latitude) * np.cos(turn))
        return x, y

    def _draw_land(self, country_names: bool) -> None:
        land: list[str] = []
        largest: dict[str, tuple[float, float, float]] = {}
        room = (-8.0, -8.0, self.width + 8.0, self.height + 8.0)
        here = float(np.degrees(self._latitude)), float(np.degrees(self._longitude))
        # The picture's corners may lie further from the centre than its half diagonal, never twice as far.
        angle = min(np.hypot(self.width, self.height) * self.metres_per_pixel / EARTH_RADIUS_M, np.pi / 2)
        outlines, owners = basemap.rings()
        for k in outlines.near(*here, angle):
            shape = clip(np.stack(self.pixels(outlines.shapes[k]), axis=-1), room)
            if len(shape) < 3:
                continue
            land.append(_path(shape[:, 0], shape[:, 1], step=0.7) + "Z")
            size, middle = _centroid(shape)
            if size > largest.get(owners[k], (2500.0,))[0]:
                largest[owners[k]] = (size, *middle)
        self._parts.append(f'<path class="land" d="{"".join(land)}"/>')
        self._draw_graticule()
        drawn: dict[bool, list[str]] = {True: [], False: []}
        shores, is_border = basemap.lines()
        for k in shores.near(*here, angle):
            drawn[is_border[k]].append(self._visible(shores.shapes[k]))
        for kind, border in (("border", True), ("coast", False)):
            self._parts.append(f'<path class="{kind}" d="{"".join(drawn[border])}"/>')
        if country_names:
            names = sorted(((*where, name) for name, where in largest.items()), reverse=True)
            for _, across, down, name in names[:14]:
                self._place(across, down, name.removeprefix("the ").upper(), "country", 10, 0.0)
            self._boxes.clear()

    def _visible(self, points: Points) -> str:
        """Path data of the parts of a line near the picture."""
        x, y = self.pixels(points)
        left, right = np.minimum(x[1:], x[:-1]), np.maximum(x[1:], x[:-1])
        top, bottom = np.minimum(y[1:], y[:-1]), np.maximum(y[1:], y[:-1])
        shown = (right > 0) & (left < self.width) & (bottom > 0) & (top < self.height)
        edges = np.flatnonzero(np.diff(shown, prepend=False, append=False))
        return "".join(
            _path(x[first : last + 1], y[first : last + 1], step=0.7)
            for first, last in zip(edges[::2], edges[1::2], strict=True)
        )

    def _draw_graticule(self) -> None:
        across_deg = np.degrees(self.width * self.metres_per_pixel / EARTH_RADIUS_M)
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30) if across_deg / s < 9 or s == 30)
        latitude, longitude = np.degrees(self._latitude), np.degrees(self._longitude)
        wide = min(across_deg / max(np.cos(self._latitude), 0.25), 170.0)
        drawn = []
        for value in np.arange(np.ceil((latitude - across_deg) / step), (latitude + across_deg) / step) * step:
            if abs(value) < 89.9:
                along = longitude + np.linspace(-wide, wide, 81)
                drawn.append(self._visible(np.stack([along, np.full(81, value)], axis=-1)))
        for value in np.arange(np.ceil((longitude - wide) / step), (longitude + wide) / step) * step:
            along = np.linspace(max(latitude - across_deg, -88), min(latitude + across_deg, 88), 81)
            drawn.append(self._visible(np.stack([np.full(81, value), along], axis=-1)))
        self._parts.append(f'<path class="graticule" d="{"".join(drawn)}"/>')

    def _scale(self) -> str:
        wanted = self.width * self.metres_per_pixel / 5
        power = 10.0 ** np.floor(np.log10(wanted))
        length_m = float(max(f * power for f in (1, 2, 5) if f * power <= wanted))
        pixels, y = length_m / self.metres_per_pixel, self.height - 10
        text = f"{length_m / 1e3:g} km" if length_m >= 1e3 else f"{length_m:g} m"
        return (
            f'<path class="scale" d="M12,{y - 4:g}v4h{pixels:.1f}v-4"/>'
            f'<text class="label" x="{18 + pixels:.1f}" y="{y:g}" font-size="11">{text}</text>'
        )


def watermark(width: float, height: float) -> str:
    """The words that mark a picture as a replay, across it."""
    size = min(width / 23, 40)
    return (
        f'<text class="watermark" x="{width / 2:g}" y="{height / 2:g}" font-size="{size:.0f}" '
        f'transform="rotate(-18 {width / 2:g} {height / 2:g})">REPLAY · not an official warning</text>'
    )


def _path(x: FloatArray, y: FloatArray, step: float = 0.0) -> str:
    """SVG path data in tenths of a pixel; corners nearer than `step` to the one before are left out."""
    if step and len(x) > 3:
        kept, last = [0], 0
        for k in range(1, len(x) - 1):
            if abs(x[k] - x[last]) + abs(y[k] - y[last]) >= step:
                kept.append(k)
                last = k
        kept.append(len(x) - 1)
        x, y = x[kept], y[kept]
    return "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _centroid(shape: FloatArray) -> tuple[float, tuple[float, float]]:
    """Area of a polygon and its centre of area."""
    x, y = shape.T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    total = cross.sum() / 2
    if abs(total) < 1e-9:
        return 0.0, (0.0, 0.0)
    cx = ((x + np.roll(x, -1)) * cross).sum() / (6 * total)
    cy = ((y + np.roll(y, -1)) * cross).sum() / (6 * total)
    return abs(float(total)), (float(cx), float(cy))
