/** What the map shows, in words: for screen readers, and for whoever would rather read. Pure but for the templates. */

import { shortName } from "../state/names.ts";
import { geodetic } from "../state/geodetic.ts";
import type { ObjectView } from "../state/picture.ts";
import { dangers } from "./dangers.ts";
import { type Choice, type Given, isShown, signOf, unseen } from "./scene.ts";

export interface Row {
  text: string;
  pick: Choice | null;
}

export interface Listing {
  summary: string;
  districts: Row[];
  objects: Row[];
  launches: Row[];
  sensors: Row[];
}

export function listing(given: Given): Listing {
  const { picture, now, outlines, words } = given;
  // Our own areas first.
  const found = [...dangers(picture, now).values()].sort(
    (a, b) => Number(a.partner !== null) - Number(b.partner !== null) || (a.arrival ?? Infinity) - (b.arrival ?? Infinity),
  );
  const objects = [...picture.objects.values()].filter((object) => object.track && isShown(object, given));
  const silent = unseen(given);
  return {
    summary: words.text("map-summary", {
      objects: objects.filter((object) => object.phase !== "down").length,
      districts: found.filter((danger) => danger.hatch !== null).length,
    }),
    districts: found.map((danger) => {
      const left = danger.arrival === null || danger.fallen ? null : danger.arrival - now;
      const arrival =
        left === null
          ? ""
          : left > 0
            ? words.text("map-label-arrival", { left: words.duration(left) })
            : words.text("map-label-arriving");
      const word = `${words.text(`map-danger-${danger.word}`)}${danger.partner ? ` ${danger.partner}` : ""}`;
      const name = outlines.name(danger.code, words.language);
      return {
        text: words.text("map-list-district", { name, word, arrival }).trim(),
        pick: { event: danger.event, object: null },
      };
    }),
    objects: objects.map((object) => objectRow(object, given)),
    launches: [...picture.events.values()].flatMap(({ event, launch }) =>
      launch
        ? [
            {
              text: words.text("map-list-launch", {
                event: shortName(event),
                time: words.clock(launch.time),
                place: placeWords(launch.longitude_deg, launch.latitude_deg, given),
              }),
              pick: { event, object: null },
            },
          ]
        : [],
    ),
    sensors: given.sensors.map(({ sensor, owner }) => ({
      text: words.text("map-list-sensor", {
        sensor: sensor.id,
        owner,
        sign: words.text(`map-sign-${sensor.kind}${silent.has(sensor.id) ? "-silent" : ""}`),
      }),
      pick: null,
    })),
  };
}

function objectRow(object: ObjectView, given: Given): Row {
  const { now, words } = given;
  const [x, y, z] = object.track?.position_m ?? [0, 0, 0];
  const { longitude_deg, latitude_deg, height_m } = geodetic([x, y, z]);
  const said = [
    words.text("map-list-object", {
      object: shortName(object.object),
      owners: object.owners.join("+"),
      sign: words.text(`map-sign-${signOf(object)}`),
      height: Math.round(height_m / 1000),
      speed: words.number(Math.hypot(...(object.track?.velocity_mps ?? [])) / 1000),
      place: placeWords(longitude_deg, latitude_deg, given),
    }),
  ];
  const { impact } = object;
  if (impact) {
    const place = placeWords(impact.longitude_deg, impact.latitude_deg, given);
    const { semi_major_m, semi_minor_m } = impact.ellipse_90;
    said.push(
      object.phase === "down" || impact.time <= now
        ? words.text("map-list-fallen", { place })
        : words.text("map-list-impact", {
            place,
            left: words.duration(impact.time - now),
            sigma: Math.ceil(2 * impact.time_sigma_s),
            major: Math.round((2 * semi_major_m) / 1000),
            minor: Math.round((2 * semi_minor_m) / 1000),
          }),
    );
  }
  return { text: said.join("; "), pick: { event: object.event, object: object.object } };
}

/** A place in degrees and hemispheres, to a hundredth. */
function placeWords(longitude_deg: number, latitude_deg: number, { words }: Given): string {
  const longitude = ((((longitude_deg + 180) % 360) + 360) % 360) - 180;
  return words.text("map-place", {
    latitude: Math.abs(latitude_deg).toFixed(2),
    longitude: Math.abs(longitude).toFixed(2),
    northSouth: latitude_deg >= 0 ? "north" : "south",
    eastWest: longitude >= 0 ? "east" : "west",
  });
}
