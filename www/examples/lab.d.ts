/** What the lab adds to the language of its programs: see docs/typescript.md. */

/** Prints values, with a space between them, as `String` writes them, and a line end. */
declare function print(...values: (number | string | boolean | null | undefined)[]): void;

declare const console: {
  /** As `print`; shows the sign of -0. */
  log(...values: (number | string | boolean | null | undefined)[]): void;
};

/**
 * Starts a task that calls a function, perhaps on another worker. A call of an async function starts one, too.
 *
 * @returns what `await` waits for
 */
declare function spawn<Parameters extends unknown[], Result>(
  task: (...given: Parameters) => Result,
  ...given: Parameters
): Promise<Awaited<Result>>;

/** The task sleeps; its worker takes another one. */
declare function sleep(milliseconds: number): Promise<void>;

/** Lets another task run on this worker. */
declare function yieldNow(): Promise<void>;

/**
 * Blocks the worker outside the machine, inside a safe region: no pause waits for it, but it cannot leave the region
 * while the world is stopped.
 */
declare function block(milliseconds: number): void;

/** Blocks the worker outside the machine and forgets to enter a safe region: a pause has to wait for it. */
declare function stall(milliseconds: number): void;

/** A poll, whatever the poll policy says: here the worker stops if somebody waits for it. */
declare function poll(): void;

/** Stops the world and collects its garbage now. */
declare function collect(): void;

/** Stops the world and lets it run again: the records of the pause show the reason. */
declare function stopTheWorld(reason: string): void;

/**
 * Waits until the worker that runs a task has come to its next poll; nobody else stops. Goes on at once if no other
 * worker runs the task.
 */
declare function handshake(task: Promise<unknown>): void;

/** Copies the elements that both arrays have room for, in one go and without a poll. */
declare function copy<T>(from: T[], to: T[]): void;

/** What one task at a time has: await m.lock(), m.unlock(). */
declare class Mutex {
  /** Waits until the mutex is free and takes it; the worker takes another task meanwhile. */
  lock(): Promise<void>;
  /** Frees the mutex; the task that has waited longest gets it. */
  unlock(): void;
}
