// Who refused the request in hand, when a filter that has several says so.

import { Text } from "./core/bytes/text";
import { decidedLimit, decidedProvider } from "./core/headers/decision";
import { Reason, reasonFilter } from "./core/reason";

/** Label of the provider; 0 when none refused. */
export function refusingProvider(reason: Reason): Text {
  return reasonFilter(reason) == reasonFilter(Reason.JWT_MISSING) ? decidedProvider : 0;
}

/** Name of the limit; 0 when none refused. */
export function refusingLimit(reason: Reason): Text {
  return reasonFilter(reason) == reasonFilter(Reason.RATE_LIMITED) ? decidedLimit : 0;
}
