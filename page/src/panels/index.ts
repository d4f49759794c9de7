/** The panels: importing this defines their elements. */

import "./event.ts";
import "./events.ts";
import "./log.ts";
import "./operation.ts";
import "./warnings.ts";
