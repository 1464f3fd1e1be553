//! Options, as the plain objects that scripts write.

use std::num::NonZeroU16;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use crate::lab::BreakpointOptions;
use crate::lab::views::{Compile, RestoreOptions, RunOptions};
use bytecode::PollPolicy;

/// The properties of an object. A property that is missing, undefined or null has no effect.
struct Options<'a> {
    object: &'a JsValue,
    /// What the object is, for messages.
    name: &'static str,
}

impl<'a> Options<'a> {
    fn new(object: &'a JsValue, name: &'static str) -> Result<Self, JsValue> {
        if object.is_object() {
            return Ok(Self { object, name });
        }
        Err(JsValue::from_str(&format!("{name}: this is {}, expected an object", kind(object))))
    }

    fn property(&self, key: &str) -> Result<Option<JsValue>, JsValue> {
        let value = Reflect::get(self.object, &key.into())?;
        Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    fn refuse(&self, key: &str, value: &JsValue, expected: &str) -> JsValue {
        let name = self.name;
        JsValue::from_str(&format!("{name}: {key} is {}, expected {expected}", kind(value)))
    }

    fn number(&self, key: &str) -> Result<Option<f64>, JsValue> {
        let Some(value) = self.property(key)? else { return Ok(None) };
        value.as_f64().map(Some).ok_or_else(|| self.refuse(key, &value, "a number"))
    }

    fn whole(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>, JsValue> {
        let Some(value) = self.property(key)? else { return Ok(None) };
        let number = value.as_f64().filter(|number| {
            number.fract() == 0.0 && *number >= f64::from(least) && *number <= f64::from(most)
        });
        number.map(|number| Some(number as u32)).ok_or_else(|| {
            self.refuse(key, &value, &format!("a whole number from {least} to {most}"))
        })
    }

    fn size(&self, key: &str) -> Result<Option<usize>, JsValue> {
        Ok(self.whole(key, 0, u32::MAX)?.map(|size| size as usize))
    }

    fn switch(&self, key: &str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.property(key)? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.refuse(key, &value, "true or false"))
    }

    fn compile(&self, key: &str) -> Result<Option<Compile>, JsValue> {
        let Some(value) = self.property(key)? else { return Ok(None) };
        match (value.as_bool(), value.as_string().as_deref()) {
            (Some(false), _) => Ok(Some(Compile::Never)),
            (Some(true), _) => Ok(Some(Compile::Hot)),
            (None, Some("first")) => Ok(Some(Compile::First)),
            _ => Err(self.refuse(key, &value, "true, false or \"first\"")),
        }
    }

    fn text(&self, key: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.property(key)? else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| self.refuse(key, &value, "a string"))
    }

    fn policy(&self, key: &str) -> Result<Option<PollPolicy>, JsValue> {
        self.property(key)?.map(|value| policy(&value)).transpose()
    }

    /// Whether the policy has back-edges that adapt.
    fn adapts(&self, policy: &str) -> Result<bool, JsValue> {
        let Some(value) = self.property(policy)? else { return Ok(false) };
        Ok(Options { object: &value, name: self.name }.property("adapt")?.is_some())
    }
}

fn policy(object: &JsValue) -> Result<PollPolicy, JsValue> {
    let from = Options::new(object, "poll policy")?;
    let missing = |key| JsValue::from_str(&format!("poll policy: {key} is missing"));
    let said = |key| from.switch(key)?.ok_or_else(|| missing(key));
    let every = from.whole("every", 1, u16::MAX.into())?;
    let every = every.and_then(|every| NonZeroU16::new(every as u16));
    Ok(PollPolicy {
        calls: said("calls")?,
        back_edges: said("back_edges")?,
        allocations: said("allocations")?,
        awaits: said("awaits")?,
        every: every.ok_or_else(|| missing("every"))?,
    })
}

/// A value in words: a number as it is, for everything else its type.
fn kind(value: &JsValue) -> String {
    if let Some(number) = value.as_f64() {
        return bytecode::float_plain(number);
    }
    let kind = if value.is_null() { None } else { value.js_typeof().as_string() };
    match kind.as_deref() {
        None => "null".into(),
        Some("undefined") => "undefined".into(),
        Some("object") => "an object".into(),
        Some(other) => format!("a {other}"),
    }
}

pub(super) fn run_options(object: &JsValue) -> Result<RunOptions, JsValue> {
    let from = Options::new(object, "run options")?;
    let usual = RunOptions::default();
    Ok(RunOptions {
        workers: from.size("workers")?.unwrap_or(usual.workers),
        policy: from.policy("policy")?,
        adapts: from.adapts("policy")?,
        heap: from.size("heap")?.unwrap_or(usual.heap),
        profile: from.switch("profile")?.unwrap_or(usual.profile),
        compile: from.compile("compile")?.unwrap_or(usual.compile),
        stress: from.switch("stress")?.unwrap_or(usual.stress),
        gc_helpers: from.size("gc_helpers")?,
        warn: from.number("warn")?,
        deadline: from.number("deadline")?,
    })
}

pub(super) fn restore_options(object: &JsValue) -> Result<RestoreOptions, JsValue> {
    let from = Options::new(object, "restore options")?;
    Ok(RestoreOptions {
        workers: from.size("workers")?,
        policy: from.policy("policy")?,
        adapts: from.adapts("policy")?,
        heap: from.size("heap")?,
        profile: from.switch("profile")?,
        compile: from.compile("compile")?,
        stress: from.switch("stress")?,
        gc_helpers: from.size("gc_helpers")?,
        warn: from.number("warn")?,
        deadline: from.number("deadline")?,
    })
}

pub(super) fn breakpoint_options(object: &JsValue) -> Result<BreakpointOptions, JsValue> {
    let from = Options::new(object, "breakpoint")?;
    Ok(BreakpointOptions {
        line: from.whole("line", 0, u32::MAX)?,
        column: from.whole("column", 0, u32::MAX)?,
        function: from.text("function")?,
        instruction: from.whole("instruction", 0, u32::MAX)?,
        condition: from.text("condition")?,
        hits: from.whole("hits", 0, u32::MAX)?.map(u64::from),
        id: from.whole("id", 0, u32::MAX)?,
    })
}
