/** From here down the worker is asked to report it. */
const LOW_PERCENT = 20;

/** Whether the lock's battery is worth a word; one that the lock has not told is not. */
export const isBatteryLow = (percent: number | null): boolean => percent !== null && percent <= LOW_PERCENT;
