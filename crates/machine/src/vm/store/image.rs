//! A store as an image, and back.

use std::sync::Arc;

use super::Store;
use crate::heap::Value;
use crate::vm::code::Form;
use crate::vm::frames::{frames, live_registers};
use crate::vm::image::{FrameImage, Image, TaskImage, position};
use crate::vm::output::Output;
use crate::vm::program::Program;
use crate::vm::scheduler::TaskRef;
use crate::vm::task::{NoStack, Task, TaskBody};
use safepoint::StoppedWorld;
use safepoint::clock;
use safepoint::sync::Ordering;

impl Store {
    /// Everything that a program's future depends on. `None` if the program has ended.
    pub(in crate::vm) fn image(
        &self,
        program: &Program,
        _stopped: &StoppedWorld<'_>,
    ) -> Option<Image> {
        if self.is_over() {
            return None;
        }
        let now = clock::now();
        let image = self.scheduler.image(|task| {
            // SAFETY: the world is stopped, so no worker touches the body, and the scheduler's lock keeps
            // away threads that wake tasks from outside; the reference does not outlive this function.
            let body = unsafe { &*task.body() };
            let mut frames: Vec<FrameImage> = frames(program, body)
                .map(|frame| FrameImage { function: frame.function, instruction: frame.visible })
                .collect();
            frames.reverse();
            let registers = live_registers(program, body).iter();
            TaskImage {
                id: task.id,
                handle: task.handle,
                wait_over: body.wait_over,
                countdown: body.countdown,
                blocked: body.blocked_until.map(|until| until.since(now)),
                frames,
                registers: registers.map(|bits| Value::from_bits(bits.get())).collect(),
            }
        });
        let globals = self.globals.iter();
        let (output_dropped, output) = self.output.image();
        Some(Image {
            strings: program.strings(),
            globals: globals
                .map(|global| Value::from_bits(global.load(Ordering::Relaxed)))
                .collect(),
            output_dropped,
            output,
            ..image
        })
    }

    /// Takes over the state of an image. Its references must lead into the heap.
    pub(in crate::vm) fn restore(
        &mut self,
        program: &Program,
        form: Form,
        image: Image,
    ) -> Result<(), NoStack> {
        for (global, value) in self.globals.iter().zip(&image.globals) {
            global.store(value.bits(), Ordering::Relaxed);
        }
        let tasks = image.tasks.iter().map(|task| self.restored_task(program, form, task));
        let tasks = tasks.collect::<Result<Vec<_>, _>>()?;
        self.scheduler.restore(&self.heap, &image, tasks);
        self.output = Output::restored(image.output_dropped, image.output);
        Ok(())
    }

    fn restored_task(
        &self,
        program: &Program,
        form: Form,
        image: &TaskImage,
    ) -> Result<TaskRef, NoStack> {
        let at = position(&program.module, &program.code, &image.frames, form).ok_or(NoStack)?;
        let mut body = TaskBody::restored(&self.budget, at)?;
        for (register, value) in body.registers.iter().zip(&image.registers) {
            register.set(value.bits());
        }
        body.countdown = image.countdown;
        body.wait_over = image.wait_over;
        body.blocked_until = image.blocked.map(|rest| clock::now().saturating_add(rest));
        Ok(Arc::new(Task::new(image.id, image.frames[0].function, image.handle, body)))
    }
}
