/** The map and the chart; a chunk of its own, which the page loads when it already shows the rest. */

import "./nadhir-map.ts";
import "./nadhir-profile.ts";
