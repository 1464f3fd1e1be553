//! The gallery of famous pauses (`www/famous`): natively, too, each program shows the cause and the line that its file
//! promises, and the cure cures. Ratios of what is counted are tested, those of times in the deep run only: what else runs
//! on the machine changes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::stage::{Native, Stage};
use bytecode::PollPolicy;
use language::set_polls;
use safepoint_lab::lab::views::{CauseKind, Pause, Reason, RunOptions, Standing};

/// Stops of each program that have to show what its file promises.
const ENOUGH: usize = 5;
/// Where other processes take the processors, few stops tell anything of the program.
const LIMIT: Duration = Duration::from_secs(120);
/// Set where ratios of times are tested, too.
const TIMES: &str = "SAFEPOINT_RATIOS_OF_TIMES";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/famous")
}

/// What a file says between its first two lines `---`.
struct Famous {
    name: String,
    settings: BTreeMap<String, String>,
}

impl Famous {
    fn read(name: &str) -> Self {
        let path = folder().join(format!("{name}.md"));
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let head = text.split("---\n").nth(1).expect("front matter");
        let setting = |line: &str| {
            let (key, value) = line.split_once(':').expect("a key and a value");
            (key.trim().to_owned(), value.trim().to_owned())
        };
        Self { name: name.into(), settings: head.lines().map(setting).collect() }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str)
    }

    fn number(&self, key: &str) -> f64 {
        let value = self.get(key).unwrap_or_else(|| panic!("{}: {key}", self.name));
        value.parse().expect("a number")
    }

    /// A setting of the run before, or of the one after, which has that of the one before where the file says nothing else.
    fn of(&self, key: &str, cured: bool) -> Option<&str> {
        cured.then(|| self.get(&format!("cured-{key}"))).flatten().or_else(|| self.get(key))
    }

    /// The program before or after; where the cure is a setting alone there is one.
    fn program(&self, cured: bool) -> String {
        let path = |when| folder().join(format!("{}-{when}.ts", self.name));
        let after = path("after");
        let path = if cured && after.exists() { after } else { path("before") };
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
    }

    fn workers(&self, cured: bool) -> usize {
        let text = self.of("workers", cured).unwrap_or("4");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let number = |text: &str| text.parse::<usize>().expect("a number");
        match text.strip_suffix(" a core") {
            Some(each) => (number(each) * cores).min(128),
            None => number(text),
        }
    }

    fn reason(&self, cured: bool) -> Option<Reason> {
        match self.of("press", cured).unwrap_or("gc") {
            "gc" => Some(Reason::Gc),
            "snapshot" => Some(Reason::Snapshot),
            "debug" => Some(Reason::Debug),
            "none" => None,
            other => panic!("{}: press {other}", self.name),
        }
    }

    fn start(&self, cured: bool) -> Stage<'static> {
        let workers = self.workers(cured);
        let mut policy = PollPolicy::default();
        for words in
            self.of("polls", cured).unwrap_or("").split(',').filter(|words| !words.is_empty())
        {
            set_polls(&mut policy, words.trim()).expect("words of a poll policy");
        }
        let options = RunOptions { workers, policy: Some(policy), ..RunOptions::default() };
        let stage = Stage::with(&Native, &self.program(cured), &options, workers);
        stage.until_they_go_on();
        stage
    }

    /// The cause that it shows; `None` if it shows something else.
    fn cause(&self) -> Option<&str> {
        let kind = self.get("shows").expect("what it shows");
        (!["safe-region", "asked", "operation"].contains(&kind)).then_some(kind)
    }

    fn line(&self) -> Option<u32> {
        self.get("line").map(|line| line.parse().expect("a line"))
    }

    /// Whether the cause can be in this line as well: where the program prepares what its loop works on, and where
    /// processors are missing, for a worker without a task.
    fn is_beside(&self, kind: &str, at: Option<u32>) -> bool {
        let program = self.program(false);
        let mut lines = (1_u32..).zip(program.lines());
        let begins = lines.find(|(_, text)| text.contains("while (true)")).map_or(0, |(at, _)| at);
        match at {
            None => kind == "no-processor",
            Some(at) => at < begins && self.line().is_some_and(|line| line >= begins),
        }
    }

    /// Whether what the cure makes smaller is counted, or waited for, and not a time or a share of it.
    fn is_counted(&self) -> bool {
        self.get("waits").is_some()
            || self.get("compare").is_some_and(|it| ["executed", "stops"].contains(&it))
    }

    /// Whether a stop shows what the file promises. No stop shows another cause, but a lack of processors.
    fn shows(&self, pause: &Pause) -> bool {
        let line = self.line();
        match (self.get("shows").expect("what it shows"), self.cause()) {
            (_, Some(kind)) => {
                let mut shows = false;
                for cause in &pause.causes {
                    let named = word(cause.kind);
                    let allowed = [kind, "no-processor", "unknown"].contains(&named.as_str());
                    assert!(allowed, "{}: {}", self.name, pause.sentence);
                    if named == kind && !self.is_beside(kind, cause.line) {
                        assert_eq!(cause.line, line, "{}: {}", self.name, pause.sentence);
                        shows = true;
                    }
                }
                shows
            }
            ("safe-region", None) => {
                let blocked = |standing, at| standing == Standing::Blocked && at == line;
                let arrivals = &pause.arrivals;
                arrivals
                    .iter()
                    .all(|it| blocked(it.standing, it.site.as_ref().and_then(|site| site.line)))
            }
            ("asked", None) => {
                let at = pause.program.as_ref().and_then(|it| it.site.line);
                pause.by.starts_with("worker") && (line.is_none() || at == line)
            }
            ("operation", None) => pause.operation.is_some_and(|it| it > pause.ttsp),
            (other, None) => panic!("{}: shows {other}", self.name),
        }
    }

    /// Whether the time of a stop is that of the program. It is not where other processes take the processors, or where a
    /// worker had not even run again since the stop before.
    fn tells(&self, pause: &Pause) -> bool {
        // What is done while the world stands still takes as long, and what a worker executes is as much,
        // whoever was late.
        if self.get("shows") == Some("operation") || self.get("compare") == Some("executed") {
            return true;
        }
        let crowded = |kind| matches!(kind, CauseKind::NoProcessor | CauseKind::Unknown);
        let last = pause.causes.first();
        let rested = pause.arrivals.iter().all(|it| it.standing != Standing::NotYetResumed);
        rested && (self.cause() == Some("no-processor") || !last.is_some_and(|it| crowded(it.kind)))
    }

    /// What the cure makes smaller, in one of the two runs. Before, it is that of the stops that show the cause.
    fn measure(&self, cured: bool) -> f64 {
        let stage = self.start(cured);
        let (mut figures, begun) = (Vec::new(), Instant::now());
        let compare = self.get("compare").expect("what is compared");
        let mut last = String::new();
        while figures.len() < ENOUGH {
            assert!(
                begun.elapsed() < LIMIT,
                "{}, cured: {cured}: {} stops of {ENOUGH} show it; the last one: {last}",
                self.name,
                figures.len()
            );
            // The program goes on for a while between two stops.
            stage.run.machine().wait_outcome(Some(Duration::from_millis(7)));
            if let Some(reason) = self.reason(cured) {
                stage.run.cycle(reason, "test").expect("it stops");
            }
            for pause in stage.run.tick().into_iter().flat_map(|news| news.pauses) {
                last.clone_from(&pause.sentence);
                let asked = self.reason(cured).is_none() || pause.by == "test";
                if asked && (cured || self.shows(&pause)) && self.tells(&pause) {
                    figures.push(figure(compare, &pause));
                }
            }
            // A cure after which a program requests no stop any more is one.
            if self.reason(cured).is_none() && cured && begun.elapsed() > Duration::from_secs(2) {
                break;
            }
        }
        println!("{}, cured: {cured}: {last}", self.name);
        match compare {
            "wait" => stage.run.schedule().ready_to_running.p50,
            "stood" => stage.run.stats().totals.share,
            "stops" => {
                let stats = stage.run.stats();
                (stats.gc.count + stats.snapshot.count + stats.debug.count) as f64
                    / stats.totals.run
            }
            _ => {
                figures.sort_by(f64::total_cmp);
                figures[figures.len() / 2]
            }
        }
    }

    /// A stop that never comes: how long it has not come when it is taken back, which is not before `least` microseconds.
    fn waits(&self, least: f64) -> f64 {
        let stage = self.start(false);
        let lab = &stage.lab;
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| lab.cycle(Reason::Gc, "test"));
            let begun = Instant::now();
            // From then on it has waited for certain.
            let mut named_at = None;
            loop {
                assert!(begun.elapsed() < LIMIT, "{}: it is not named", self.name);
                let named = lab.awaiting().is_some_and(|awaiting| {
                    awaiting.workers.iter().all(|it| {
                        Some(word(it.kind).as_str()) == self.cause() && it.line == self.line()
                    })
                });
                let waited = named.then(|| named_at.get_or_insert_with(Instant::now).elapsed());
                if waited.is_some_and(|waited| waited.as_secs_f64() * 1e6 > least) {
                    break;
                }
                std::thread::yield_now();
            }
            stage.run.coordinator().cancel_pending();
            assert_eq!(asked.join().expect("no panic").expect_err("taken back").kind, "cancelled");
        });
        let pauses = stage.run.tick().expect("news").pauses;
        let [pause] = pauses.as_slice() else { panic!("{pauses:?}") };
        assert!(self.shows(pause), "{}", pause.sentence);
        pause.ttsp
    }
}

/// As files say it.
fn word(kind: CauseKind) -> String {
    let value = serde_json::to_value(kind).expect("a word");
    value.as_str().expect("a word").to_owned()
}

fn figure(compare: &str, pause: &Pause) -> f64 {
    match compare {
        "ttsp" => pause.ttsp,
        "lost" => pause.wasted,
        "executed" => {
            let executed = pause.arrivals.iter().filter_map(|arrival| arrival.since_poll);
            executed.max().unwrap_or(0) as f64
        }
        "operation" => pause.operation.unwrap_or(0.0),
        "wait" | "stood" | "stops" => 0.0,
        other => panic!("nothing compares {other}"),
    }
}

/// Runs a program before and after its cure.
fn cures(name: &str) {
    let famous = Famous::read(name);
    let ratio = famous.number("ratio");
    let after = famous.measure(true);
    let before = if famous.get("waits").is_some() {
        famous.waits(2.0 * ratio * after)
    } else {
        famous.measure(false)
    };
    println!("{name}: {before} before, {after} after, {:.1} times", before / after);
    let is_cured = before >= ratio * after;
    let is_time = !famous.is_counted() && std::env::var_os(TIMES).is_none();
    assert!(is_cured || is_time, "{name}: {before} before, {after} after: not {ratio} times");
}

macro_rules! gallery {
    ($($test:ident: $name:literal;)*) => {
        $(
            #[test]
            fn $test() {
                cures($name);
            }
        )*

        #[test]
        fn each_file_has_its_test() {
            let mut names: Vec<String> = std::fs::read_dir(folder())
                .expect("the folder of famous pauses")
                .filter_map(|entry| {
                    let path = entry.expect("an entry").path();
                    let name = path.file_stem()?.to_str()?.to_owned();
                    (path.extension()? == "md").then_some(name)
                })
                .collect();
            names.sort();
            assert_eq!(names, [$($name),*]);
        }
    };
}

gallery! {
    the_counted_loop: "01-counted-loop";
    the_loop_that_never_ends: "02-endless-loop";
    down_into_a_recursion: "03-way-down";
    a_call_into_another_language: "04-foreign-call";
    one_huge_copy: "05-huge-copy";
    one_huge_array: "06-huge-array";
    memory_that_is_a_file: "07-mapped-file";
    more_threads_than_processors: "08-cpu-quota";
    pinned_carriers: "09-pinned-carriers";
    the_thread_dump_that_walks_the_heap: "10-thread-dump";
    a_herd_when_memory_runs_short: "11-memory-short";
    the_thread_that_cannot_come_back: "12-returning-thread";
    a_storm_of_short_stops: "13-biased-lock";
}
