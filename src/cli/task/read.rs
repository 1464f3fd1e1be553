//! Reads a task: one Markdown file with front matter. `docs/tasks.md` describes it; the page reads the same
//! (`www/lessons/read.ts`).

use std::num::NonZeroU16;
use std::ops::Range;

use bytecode::PollPolicy;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use safepoint_lab::lab::MOST_WORKERS;

use super::check::{Check, parts, whole};

/// Characters: more is no task.
const LONGEST: usize = 50_000;
const KEYS: [&str; 7] = ["title", "program", "workers", "polls", "counted", "start", "tool"];
const LINES: [&str; 5] = ["button", "label", "check", "then", "missed"];
/// Buttons and what can be said of them.
const BUTTONS: [(&str, &[&str]); 6] = [
    ("stop", &["reason"]),
    ("resume", &[]),
    ("snapshot", &[]),
    ("restore", &["workers"]),
    ("run", &["polls", "then"]),
    ("protocol", &[]),
];
/// Workers of a run that goes on, where the task names no number.
const RESTORED: usize = 2;

#[derive(Debug)]
pub(super) struct Task {
    pub(super) title: String,
    /// The program's name, or its text.
    #[cfg_attr(not(test), expect(dead_code, reason = "the answer takes its place"))]
    pub(super) program: Option<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the answer takes its place"))]
    pub(super) code: Option<String>,
    pub(super) workers: usize,
    pub(super) polls: Vec<PollChange>,
    pub(super) counted: bool,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) check: Check,
    /// As it stands in the file.
    pub(super) written: String,
    /// Runs the program with other polls first.
    pub(super) rerun: Option<Vec<PollChange>>,
    /// Workers of the run that goes on from a snapshot.
    pub(super) restored: usize,
}

/// What is changed of where a program polls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PollChange {
    Site(Site, bool),
    Every(NonZeroU16),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Site {
    Calls,
    BackEdges,
    Allocations,
    Awaits,
    All,
}

impl PollChange {
    pub(super) fn apply(self, policy: &mut PollPolicy) {
        let (site, on) = match self {
            Self::Every(every) => return policy.every = every,
            Self::Site(site, on) => (site, on),
        };
        let is = |one| site == one || site == Site::All;
        for (one, polls) in [
            (Site::Calls, &mut policy.calls),
            (Site::BackEdges, &mut policy.back_edges),
            (Site::Allocations, &mut policy.allocations),
            (Site::Awaits, &mut policy.awaits),
        ] {
            if is(one) {
                *polls = on;
            }
        }
    }
}

impl Task {
    /// # Errors
    /// In words, with the place.
    pub(super) fn read(given: &str) -> Result<Self, String> {
        if given.encode_utf16().count() > LONGEST {
            return Err(format!("The lesson has more than {LONGEST} characters."));
        }
        let source = given.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let (front, body) = apart(&source)?;
        let of = |key| front.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value);
        let at = |place: &str, wrong: String| format!("{place}: {wrong}.");
        let (items, code) = blocks(body);
        let mut steps = Vec::new();
        for (i, item) in items.into_iter().enumerate() {
            steps.push(step(item).map_err(|wrong| at(&format!("Step {}", i + 1), wrong))?);
        }
        for (i, Step { check, .. }) in steps.iter().enumerate() {
            if let Some(against) = check.against.filter(|against| *against as usize > i) {
                return Err(format!(
                    "Step {}: against is {against}; expected a step before it.",
                    i + 1
                ));
            }
        }
        if steps.is_empty() {
            return Err(
                "The lesson has no steps: expected a numbered list with \"- check: ...\" below each number.".into(),
            );
        }
        let workers =
            of("workers").map_or(Ok(4), workers_of).map_err(|wrong| at("workers", wrong))?;
        let polls = polls_of(&parts(of("polls").unwrap_or_default()));
        let polls = polls.map_err(|wrong| at("polls", wrong))?;
        let counted = one_of("counted", of("counted"), &["yes", "no"])? != "no";
        one_of("start", of("start"), &["run", "wait"])?;
        if of("tool").is_some() {
            one_of("tool", of("tool"), &["protocol"])?;
        }
        let program = of("program").map(str::to_owned);
        let code = code.filter(|_| program.is_none());
        let title = of("title").unwrap_or_default().to_owned();
        Ok(Self { title, program, code, workers, polls, counted, steps })
    }
}

type Front<'s> = Vec<(&'static str, &'s str)>;

fn apart(source: &str) -> Result<(Front<'_>, &str), String> {
    let rest = source.strip_prefix("---\n");
    let ends = rest.and_then(|rest| {
        let end = rest.find("\n---\n").map(|end| (end, end + 5));
        end.or_else(|| rest.strip_suffix("\n---").map(|head| (head.len(), rest.len())))
    });
    let (Some(rest), Some((head, body))) = (rest, ends) else {
        return Err(
            "The lesson has no front matter: expected a first line \"---\", lines such as \"title: ...\", and \"---\"."
                .into(),
        );
    };
    let mut front = Front::new();
    for (i, line) in rest[..head].lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or_default();
        let Some(known) = KEYS.into_iter().find(|known| *known == key) else {
            return Err(format!(
                "Line {}: \"{line}\"; expected one of {}, a colon and a value.",
                i + 2,
                KEYS.join(", ")
            ));
        };
        let value = value.trim();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        front.push((known, unquoted.unwrap_or(value)));
    }
    if !front.iter().any(|(key, title)| *key == "title" && !title.is_empty()) {
        return Err(
            "The lesson has no title: expected a line \"title: ...\" between the lines \"---\"."
                .into(),
        );
    }
    Ok((front, &rest[body..]))
}

fn one_of<'v>(key: &str, value: Option<&'v str>, choices: &[&'v str]) -> Result<&'v str, String> {
    let value = value.unwrap_or(choices[0]);
    if choices.contains(&value) {
        return Ok(value);
    }
    Err(format!("{key} is \"{value}\"; expected {}.", choices.join(" or ")))
}

fn workers_of(value: &str) -> Result<usize, String> {
    let workers = whole("it", value)?;
    usize::try_from(workers)
        .ok()
        .filter(|workers| (1..=MOST_WORKERS).contains(workers))
        .ok_or_else(|| format!("it is {workers}; expected 1 to {MOST_WORKERS}"))
}

/// In the words of the assembler's `.poll`.
fn polls_of(words: &[&str]) -> Result<Vec<PollChange>, String> {
    let change = |given: &str| {
        let (site, on) = given.split_once(char::is_whitespace)?;
        let on = on.trim_start();
        let site = match site {
            "every" => {
                let every: NonZeroU16 = on.parse().ok()?;
                return Some(PollChange::Every(every));
            }
            "calls" => Site::Calls,
            "back-edges" => Site::BackEdges,
            "allocations" => Site::Allocations,
            "awaits" => Site::Awaits,
            "all" => Site::All,
            _ => return None,
        };
        matches!(on, "on" | "off").then(|| PollChange::Site(site, on == "on"))
    };
    let read = |given: &&str| {
        change(given).ok_or_else(|| {
            format!(
                "\"{given}\"; expected calls, back-edges, allocations, awaits or all with on or off, or every with 1 to {}",
                u16::MAX
            )
        })
    };
    words.iter().map(read).collect()
}

/// An item of a list: its text, and the items of the first list in it.
#[derive(Default)]
struct Item {
    text: String,
    lines: Vec<String>,
}

/// The steps, which are the first numbered list with checks, and the first code block.
fn blocks(body: &str) -> (Vec<Item>, Option<String>) {
    let mut lists = Lists { body, ..Lists::default() };
    for (event, range) in Parser::new_ext(body, Options::empty()).into_offset_iter() {
        lists.take(event, range);
    }
    let is_check = |line: &String| line.starts_with("check:");
    let with_checks = |items: &Vec<Item>| items.iter().any(|item| item.lines.iter().any(is_check));
    (lists.numbered.into_iter().find(with_checks).unwrap_or_default(), lists.code)
}

#[derive(Default)]
struct Lists<'b> {
    body: &'b str,
    numbered: Vec<Vec<Item>>,
    /// For each list around: whether its items count.
    around: Vec<bool>,
    /// Lists in the item so far.
    inside: usize,
    /// What of the item, or of the line in it, was seen.
    text: Option<Range<usize>>,
    line: Option<Range<usize>>,
    code: Option<String>,
    in_code: bool,
}

impl Lists<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::List(first)) => {
                let counts = match self.around[..] {
                    [] => first.is_some(),
                    [true] => {
                        self.inside += 1;
                        self.inside == 1
                    }
                    _ => false,
                };
                if self.around.is_empty() && counts {
                    self.numbered.push(Vec::new());
                }
                self.around.push(counts);
            }
            Event::End(TagEnd::List(_)) => {
                self.around.pop();
            }
            Event::Start(Tag::Item) => match self.around[..] {
                [true] => {
                    (self.inside, self.text) = (0, None);
                    if let Some(items) = self.numbered.last_mut() {
                        items.push(Item::default());
                    }
                }
                [true, true] => self.line = None,
                _ => {}
            },
            Event::End(TagEnd::Item) => self.end_of_item(),
            Event::Start(Tag::CodeBlock(_)) => {
                self.in_code = self.around.is_empty() && self.code.is_none();
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Text(text) if self.in_code => self.code.get_or_insert_default().push_str(&text),
            Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::InlineHtml(_)
            | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. }) => {
                let place = match self.around[..] {
                    [true] if self.inside == 0 => &mut self.text,
                    [true, true] => &mut self.line,
                    _ => return,
                };
                let from = place.as_ref().map_or(range.start, |seen| seen.start);
                *place = Some(from..range.end);
            }
            _ => {}
        }
    }

    fn end_of_item(&mut self) {
        let Some(item) = self.numbered.last_mut().and_then(|items| items.last_mut()) else {
            return;
        };
        let body = self.body;
        let plain = |range: Option<Range<usize>>| {
            let lines = body[range.unwrap_or_default()].lines().map(str::trim);
            lines.collect::<Vec<_>>().join("\n")
        };
        match self.around[..] {
            [true] => item.text = plain(self.text.take()),
            [true, true] => item.lines.push(plain(self.line.take())),
            _ => {}
        }
    }
}

fn step(item: Item) -> Result<Step, String> {
    let mut given: Vec<(&str, String)> = Vec::new();
    for line in &item.lines {
        let (key, value) = line.split_once(':').unwrap_or_default();
        let known = LINES.into_iter().find(|known| *known == key).ok_or_else(|| {
            format!("\"- {line}\"; expected one of {}, a colon and a value", LINES.join(", "))
        })?;
        if given.iter().any(|(name, _)| *name == known) {
            return Err(format!("it has two lines \"{known}\""));
        }
        given.push((known, value.trim().replace('\n', " ")));
    }
    let of = |key| given.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str());
    let written = of("check").ok_or("it has no line \"- check: ...\"")?;
    for text in [of("then"), of("missed")].into_iter().flatten() {
        if let Some(strange) = super::check::strangers(text).first() {
            return Err(format!("{{{strange}}} is no fact; docs/tasks.html lists them"));
        }
    }
    let button = of("button").map(button).transpose()?;
    if of("label").is_some() && button.is_none() {
        return Err("it has a label, and no button".into());
    }
    let (rerun, restored) = match button {
        Some(Button::Run(polls)) => (Some(polls), RESTORED),
        Some(Button::Restore(workers)) => (None, workers),
        _ => (None, RESTORED),
    };
    Ok(Step {
        check: Check::read(written)?,
        written: written.to_owned(),
        text: item.text,
        rerun,
        restored,
    })
}

enum Button {
    Run(Vec<PollChange>),
    Restore(usize),
    Other,
}

fn button(text: &str) -> Result<Button, String> {
    let parts = parts(text);
    let name = parts.first().copied().unwrap_or_default();
    let known = BUTTONS.into_iter().find(|(known, _)| *known == name);
    let (_, options) = known.ok_or_else(|| {
        let names = BUTTONS.map(|(name, _)| name).join(", ");
        format!("there is no button \"{name}\"; expected one of {names}")
    })?;
    let mut given = Vec::new();
    for part in parts.iter().skip(1) {
        let (key, value) = part.split_once('=').unwrap_or_default();
        let (key, value) = (key.trim(), value.trim());
        if !options.contains(&key) || value.is_empty() {
            let options =
                if options.is_empty() { "nothing more".into() } else { options.join(", ") };
            return Err(format!(
                "\"{part}\" says nothing to the button \"{name}\"; expected {options}"
            ));
        }
        given.push((key, value));
    }
    let one = |key| given.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    match name {
        "stop" => match one("reason").unwrap_or("gc") {
            "gc" | "snapshot" | "debug" => Ok(Button::Other),
            reason => Err(format!("reason is \"{reason}\"; expected gc, snapshot or debug")),
        },
        "restore" => Ok(Button::Restore(one("workers").map_or(Ok(RESTORED), workers_of)?)),
        "run" => {
            if let Some(then) = one("then").filter(|then| *then != "stop") {
                return Err(format!("then is \"{then}\"; expected stop"));
            }
            let polls = given.iter().filter(|(key, _)| *key == "polls");
            Ok(Button::Run(polls_of(&polls.map(|(_, value)| *value).collect::<Vec<_>>())?))
        }
        _ => Ok(Button::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Cases {
        files: Vec<File>,
    }

    #[derive(Deserialize)]
    struct File {
        text: String,
        error: Option<String>,
        title: Option<String>,
        workers: Option<usize>,
        program: Option<String>,
        code: Option<String>,
        #[serde(default)]
        steps: Vec<Told>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Told {
        text: String,
        check: String,
    }

    #[test]
    fn files_are_read_or_refused_in_the_words_of_the_page() {
        let cases: Cases =
            serde_json::from_str(include_str!("../../../tests/tasks.json")).expect("cases");
        for file in cases.files {
            let task = match Task::read(&file.text) {
                Ok(task) => task,
                Err(wrong) => {
                    assert_eq!(Some(wrong), file.error, "{}", file.text);
                    continue;
                }
            };
            assert_eq!(file.error, None, "{}", file.text);
            assert_eq!((Some(task.title), Some(task.workers)), (file.title, file.workers));
            assert_eq!((task.program, task.code), (file.program, file.code));
            let told =
                |step: &Step| Told { text: step.text.clone(), check: step.check.name.clone() };
            assert_eq!(task.steps.iter().map(told).collect::<Vec<_>>(), file.steps);
        }
    }

    #[test]
    fn the_lessons_of_the_page_can_be_read() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/lessons/files");
        let files = std::fs::read_dir(folder).expect("the lessons");
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("text");
            Task::read(&text).unwrap_or_else(|wrong| panic!("{path:?}: {wrong}"))
        };
        assert_eq!(files.map(read).count(), 9);
    }
}
