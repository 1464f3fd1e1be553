//! Random programs that end, as text.
#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write;

/// What the generator knows of an operand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Bool,
    Any,
}

/// The source of the generator's choices.
pub trait Choices {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize;
}

/// What programs are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One task, with globals: the naive interpreter can run these.
    OneTask,
    /// Tasks that start each other and share nothing; only the first one prints. They come to the
    /// same end in any order.
    Tasks,
}

/// The text of a program that ends.
pub fn program(choices: impl Choices, style: Style) -> String {
    Generator { choices, style, text: String::new(), label: 0, spawned: false }.program()
}

/// Writes one random function after the other. Loops take from a budget, and calls go only to later
/// functions, so every program ends.
struct Generator<C> {
    choices: C,
    style: Style,
    text: String,
    label: usize,
    /// The block has started a task that was not awaited yet.
    spawned: bool,
}

/// Whether a line is a poll site that is no jump.
fn is_site(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or(line);
    ["new", "newarray", "tostr", "concat", "js-text", "list-push", "await"].contains(&first)
}

const FUNCTIONS: usize = 4;
const LABELS: usize = 5;

impl<C: Choices> Generator<C> {
    fn below(&mut self, limit: usize) -> usize {
        self.choices.below(limit)
    }

    fn line(&mut self, line: &str) {
        for line in line.split('\n') {
            if is_site(line) {
                self.site();
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Sometimes says how often the next instruction polls, which is a poll site but no jump.
    fn site(&mut self) {
        if let often @ (0 | 1) = self.below(8) {
            self.text.push_str([".site none\n", ".site always\n"][often]);
        }
    }

    fn one(&mut self, choices: &[&str]) {
        let choice = self.below(choices.len());
        self.line(choices[choice]);
    }

    fn program(mut self) -> String {
        let alone = self.style == Style::Tasks;
        self.line(if alone { "" } else { ".global fuel any" });
        self.line(".shape Pair left right\n.shape Other one\n.shape List items length");
        for function in 0..FUNCTIONS {
            let before = self.text.len();
            let (name, params, locals) = match function {
                0 => ("main".to_owned(), "", "x y n z a"),
                _ => (format!("f{function}"), " (x y)", "n z a"),
            };
            let own = if alone { " fuel any task" } else { "" };
            let _ = writeln!(self.text, ".func {name}{params}\n.local {locals}{own}");
            if function == 0 || alone {
                let fuel = if !alone {
                    300
                } else if function == 0 {
                    40
                } else {
                    4
                };
                let _ = writeln!(self.text, "const {fuel}\ngstore fuel");
            }
            if let often @ (0 | 1) = self.below(6) {
                // Every function has poll sites.
                self.line([".sites none", ".sites always"][often]);
            }
            // x, y, n and z hold numbers; a holds any value.
            for (local, number) in [("x", 3), ("y", -7), ("n", 1), ("z", 0)] {
                if function == 0 || matches!(local, "n" | "z") {
                    let _ = writeln!(self.text, "const {number}\nstore {local}");
                }
            }
            self.function(function);
            if alone {
                let text = self.text.split_off(before);
                // The verifier does not know the local's kind, as it does not know a global's.
                let opaque = text.replace("gload any", "load any\ncall same");
                let own = opaque.replace("gload", "load").replace("gstore", "store");
                let silent = if function == 0 { own } else { own.replace("print", "pop") };
                self.text.push_str(&silent);
            }
        }
        if alone {
            self.line(".func same (it)\nload it\nret");
        }
        self.text
    }

    /// Blocks that begin with a certain number of numbers on the stack, and jump to each other.
    fn function(&mut self, function: usize) {
        let first = function * LABELS;
        let heights: Vec<usize> =
            (0..LABELS).map(|block| if block == 0 { 0 } else { self.below(3) }).collect();
        for block in 0..LABELS {
            let _ = writeln!(self.text, "l{}:", first + block);
            let mut stack = vec![Kind::Number; heights[block]];
            self.spawned = false;
            for _ in 0..self.below(14) {
                self.instruction(function, &mut stack);
            }
            let target = self.below(LABELS);
            self.settle(&mut stack, heights[target]);
            match self.below(4) {
                0 if block + 1 < LABELS && heights[target] == heights[block + 1] => {}
                kind => {
                    // Takes from the budget, and pushes whether something is left.
                    self.line("gload fuel\nconst 1\nsub\ngstore fuel\ngload fuel");
                    self.one(&["const 0\ngt", "const 0\nle\nnot", "const 1\nge"]);
                    let conditional = match kind {
                        1 => {
                            // Leaves the loop at random, too.
                            self.line("jf out%\nload x\nload y\nlt");
                            true
                        }
                        _ => self.below(2) == 0,
                    };
                    let jump = if self.below(2) == 0 {
                        "jt"
                    } else {
                        self.line("not");
                        "jf"
                    };
                    if target <= block {
                        self.one(&["", "", ".site none", ".site every 2", ".site every 7"]);
                    }
                    let _ = writeln!(self.text, "{jump} l{}", first + target);
                    if conditional && block + 1 < LABELS {
                        let next = heights[block + 1];
                        let mut stack = vec![Kind::Number; heights[target]];
                        self.settle(&mut stack, next);
                        let label = format!("l{}", first + block + 1);
                        let _ = writeln!(self.text, "jmp {label}");
                    } else {
                        for _ in 0..heights[target] {
                            self.line("print");
                        }
                        self.line("load z\nret");
                    }
                    if kind == 1 {
                        let out = format!("out{}", first + block);
                        self.text = self.text.replace("out%", &out);
                        let _ = writeln!(self.text, "{out}:");
                        for _ in 0..heights[target] {
                            self.line("pop");
                        }
                        self.line("load a\nret");
                    }
                }
            }
        }
        self.line("load z\nload n\nadd\nret");
    }

    /// Leaves exactly `height` numbers on the stack.
    fn settle(&mut self, stack: &mut Vec<Kind>, height: usize) {
        while stack.len() > height || stack.iter().any(|kind| *kind != Kind::Number) {
            stack.pop();
            self.line("print");
        }
        while stack.len() < height {
            self.one(&["load x", "load n", "const 9"]);
            stack.push(Kind::Number);
        }
    }

    fn instruction(&mut self, function: usize, stack: &mut Vec<Kind>) {
        use Kind::{Any, Bool, Number};
        let two_numbers = stack.ends_with(&[Number, Number]);
        match self.below(49) {
            0..=5 => self.push(["load x", "load y", "load n", "load z"], Number, stack),
            6 => self.push(["const 1", "const -1", "const 0", "const 2147483647"], Number, stack),
            7 => self.push(["const 2.5", "const -0.0", "const 1e300", "const 33"], Number, stack),
            8 => {
                self.push(["const \"aß€\"", "const null", "load a", "const undefined"], Any, stack)
            }
            9 => self.push(["const true", "const false", "const true", "const false"], Bool, stack),
            10..=12 if two_numbers => {
                stack.pop();
                let ops = ["add", "sub", "mul", "add", "sub", "div", "rem", "add"];
                self.one(&ops);
            }
            13 if two_numbers => {
                // Traps unless both are whole numbers: either is fine.
                stack.pop();
                self.one(&[
                    "toint\nswap\ntoint",
                    "gstore any\ngload any\nswap\ngstore any\ngload any",
                ]);
                self.one(&["and", "or", "xor", "shl", "shr"]);
            }
            14 | 15 if two_numbers => {
                stack.truncate(stack.len() - 2);
                stack.push(Bool);
                self.one(&["lt", "le", "gt", "ge", "eq", "ne"]);
            }
            16..=19 if stack.last() == Some(&Number) => {
                stack.pop();
                self.one(&["store x", "store y", "store n", "store z"]);
            }
            20 | 21 if !stack.is_empty() => {
                stack.push(stack[stack.len() - 1]);
                self.line("dup");
            }
            22 | 23 if stack.len() >= 2 => {
                let end = stack.len();
                stack.swap(end - 1, end - 2);
                self.line("swap");
            }
            24 if !stack.is_empty() => {
                stack.pop();
                self.one(&["pop", "print", "store a", "gstore any"]);
            }
            25 if stack.last() == Some(&Number) => {
                self.one(&["neg", "toint", "tofloat", "neg"]);
            }
            26 if stack.last() == Some(&Bool) => self.line("not"),
            27 if stack.len() >= 2 => {
                stack.truncate(stack.len() - 2);
                stack.push(Bool);
                self.one(&["eq", "ne"]);
            }
            28 if two_numbers && function + 1 < FUNCTIONS => {
                stack.truncate(stack.len() - 2);
                stack.push(Any);
                let callee = function + 1 + self.below(FUNCTIONS - function - 1);
                self.site();
                if self.style == Style::Tasks && self.below(2) == 0 {
                    let _ = writeln!(self.text, "spawn f{callee}\nstore task\nconst null");
                    self.spawned = true;
                } else {
                    let _ = writeln!(self.text, "call f{callee}");
                }
            }
            29 if stack.last().is_some() => {
                stack.pop();
                self.line("tostr\nload a\ntostr\nconcat\nstore a");
            }
            30 => self.line("new Pair\ndup\nload a\nset Pair.left\nstore a"),
            31 => {
                // Traps unless a pair is there.
                self.push(["new Pair\nget Pair.right"; 4], Any, stack);
                if self.below(8) == 0 {
                    self.line("gload any\nget Pair.left\nstore a");
                }
            }
            32 => {
                self.line("const 3\nnewarray\ndup\nconst 1\nload x\nastore\ndup\nlen\nstore n");
                self.line("dup\nload a\nfill\ngstore any");
            }
            33 if stack.last() == Some(&Bool) => {
                // A branch with operands below its condition.
                stack.pop();
                self.label += 1;
                let label = format!("b{}", self.label);
                self.one(&["jt ", "jf "]);
                self.text.pop();
                self.line(&label);
                self.line("load n\nconst 5\nadd\nstore n");
                let _ = writeln!(self.text, "{label}:");
            }
            34 if stack.last() == Some(&Any) && self.below(3) == 0 => {
                // A number or a trap.
                stack.pop();
                stack.push(Number);
                self.line("gstore any\ngload any\nconst 1\nadd");
            }
            35 if self.spawned => {
                self.spawned = false;
                self.line("load task\nawait\nstore a");
            }
            36 => {
                // A stack that is higher than the registers of any callee.
                let height = self.below(80);
                let _ = write!(
                    self.text,
                    "load n\n{}{}store n\n",
                    "dup\n".repeat(height),
                    "add\n".repeat(height)
                );
            }
            46 | 47 if stack.is_empty() => self.try_block(function, 0),
            44 => self.one(&["poll", "poll", "poll", "collect"]),
            45 => self.line("const \"why\"\nstop"),
            37 | 38 if two_numbers => {
                stack.pop();
                self.one(&["js-add", "js-sub", "js-mul", "js-div", "js-rem"]);
            }
            48 if stack.last() == Some(&Number) => {
                // Those that need no logarithm; others are compared with Node.js.
                self.one(&["const 2", "const 0.5", "const 0", "const 1", "const -1"]);
                self.line("js-pow");
            }
            39 if stack.last() == Some(&Number) => {
                self.one(&["js-neg", "js-floor", "js-sqrt", "js-int"]);
            }
            40 if two_numbers => {
                stack.pop();
                self.line("js-int\nswap\njs-int\njs-ushr");
            }
            41 if !stack.is_empty() => {
                stack.pop();
                stack.push(Bool);
                self.line("js-true");
            }
            42 if !stack.is_empty() => {
                stack.pop();
                self.line("js-text\nload a\njs-text\nconcat\nstore a");
                self.one(&[
                    "load a\ntostr\njs-length\nstore n",
                    "load a\ntostr\nload n\njs-code\nprint",
                ]);
            }
            43 => {
                self.line("new List\ndup\nconst 1\nnewarray\nset List.items\ndup\nconst 0\nset List.length\ngstore any");
                for _ in 0..self.below(5) {
                    self.one(&[
                        "gload any\nload x\nlist-push List\nstore n",
                        "gload any\nload n\nlist-push List\npop",
                        "gload any\nlist-pop List\nprint",
                        "gload any\ndup\nlist-copy List",
                        "gload any\nload y\nlist-get List\nprint",
                        "gload any\nconst 0\nlist-get List\nstore a",
                    ]);
                }
                if self.below(4) == 0 {
                    self.line("gload any\nconst 1\nload z\nlist-set List");
                }
            }
            _ => self.line("nop"),
        }
    }

    fn label(&mut self) -> usize {
        self.label += 1;
        self.label
    }

    /// Throws where one number is smaller than another one.
    fn throw(&mut self) {
        let label = self.label();
        self.one(&["load x\nload y\nlt", "load n\nconst 3\ngt", "load z\nload x\nge"]);
        self.line(&format!("jf s{label}\nconst \"thrown\"\nthrow\ns{label}:"));
    }

    /// A try, with an empty stack before and behind it.
    fn try_block(&mut self, function: usize, nested: usize) {
        if self.below(4) == 0 && function > 0 {
            return self.throw();
        }
        let label = self.label();
        self.line(&format!("try c{label}"));
        for _ in 0..1 + self.below(3) {
            match self.below(6) {
                0 | 1 => self.throw(),
                2 | 3 if function + 1 < FUNCTIONS => {
                    let callee = function + 1 + self.below(FUNCTIONS - function - 1);
                    // An operand below those of the call is lost if that throws.
                    let below = self.below(2) == 0;
                    self.line(if below { "load z\nload x\nload n" } else { "load x\nload n" });
                    self.site();
                    let _ = writeln!(self.text, "call f{callee}\nstore a");
                    if below {
                        self.line("store z");
                    }
                }
                4 if self.spawned => {
                    self.spawned = false;
                    self.line("load task\nawait\nstore a");
                }
                5 if nested < 2 => self.try_block(function, nested + 1),
                _ => self.line("load n\nconst 1\nadd\nstore n"),
            }
        }
        self.line(&format!("end-try\njmp e{label}\nc{label}:\npoll"));
        self.one(&["pop", "store a", "print"]);
        self.line(&format!("e{label}:"));
    }

    fn push(&mut self, choices: [&str; 4], kind: Kind, stack: &mut Vec<Kind>) {
        if stack.len() < 12 {
            self.one(&choices);
            stack.push(kind);
        }
    }
}
