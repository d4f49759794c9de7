/** The console's page: the frame and the panels at once, the map when it has come. */

import "./shell/banner.ts";
import "./shell/clock.ts";
import "./shell/help.ts";
import "./shell/login.ts";
import "./shell/real-event.ts";
import "./shell/app.ts";
import "./panels/index.ts";

void import("./map/index.ts");
