//! Values, frames, tasks, scheduler, interpreter.
