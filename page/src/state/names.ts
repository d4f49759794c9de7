/** Names of events and objects as people read them. */

/** An id without what tells whose it is: `~JPN/0f2b3c47-1` is `0f2b3c47-1` to people. */
export const shortName = (id: string): string => id.slice(id.lastIndexOf("/") + 1);
