//! Changes saved tasks from one decoded form to the other.

use crate::vm::code::{Code, Form, HALT};
use crate::vm::store::Store;
use crate::vm::task::TaskBody;
use safepoint::StoppedWorld;

/// Puts every task into a form, if the form can be entered where the task stands. A task that cannot leave
/// the debugger's form now leaves it by itself at a later instruction.
pub(super) fn switch(code: &Code, store: &Store, _stopped: &StoppedWorld<'_>, form: Form) {
    for entry in store.scheduler.state().tasks.values() {
        // SAFETY: the world is stopped, so no worker touches the body; the reference does not
        // outlive this turn of the loop.
        let body = unsafe { &mut *entry.task.body() };
        switch_task(code, body, form);
    }
}

/// Puts a saved task into a form.
pub(in crate::vm) fn switch_task(code: &Code, body: &mut TaskBody, form: Form) {
    if body.busy && form == Form::Fast {
        // The task leaves the form by itself later. If it were moved now, its worker would begin the
        // instruction again; if forms change often, the instruction would never end.
        return;
    }
    for frame in &body.frames[..body.depth as usize] {
        let call = code.index(frame.get()) - 1;
        if call < HALT || code.form(call) == form {
            continue;
        }
        if let Some(there) = code.call(code.function(call), code.at(call), form) {
            frame.set(code.address(there + 1));
            body.moved = true;
        }
    }
    switch_top(code, body, form);
}

/// Puts a saved task's top frame into a form. The other frames keep theirs.
pub(in crate::vm) fn switch_top(code: &Code, body: &mut TaskBody, form: Form) {
    if code.form(body.pc) == form {
        return;
    }
    if let Some(there) = code.entry(code.function(body.pc), body.visible, form) {
        body.pc = there;
        body.moved = true;
    }
}
