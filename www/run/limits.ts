/** Most workers that a run may have. */
export const MAX_WORKERS = 128;
