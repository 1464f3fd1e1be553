//! What the language does not have is refused by name, where it stands, with what to write instead.

use language::compile;

/// The first finding as a user reads it.
fn first(source: &str) -> String {
    match compile(source) {
        Ok(_) => "compiled".to_owned(),
        Err(findings) => {
            findings.first().map_or("refused without a word".to_owned(), ToString::to_string)
        }
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    for (source, expected) in [
        ("var x = 1;", "1:1: var is not supported; expected let or const"),
        ("print(1n);", "1:7: a bigint is not supported; expected a number"),
        (
            "print(/a/.test('a'));",
            "1:7: a regular expression is not supported; expected a loop over the string",
        ),
        ("print(typeof 1);", "1:7: typeof is not supported; expected a variable of a known type"),
        ("print(2 ** 3);", "1:7: ** is not supported; expected a product, or a loop"),
        ("let x = 1;\n  x ??= 2;", "2:3: ??= is not supported; expected an if with an assignment"),
        ("const o = { x: 1 }; print(o?.x);", "1:27: ?. is not supported; expected an if before it"),
        (
            "for (const k in [1]) print(k);",
            "1:1: for … in is not supported; expected for … of over an array",
        ),
        (
            "try { print(1); } catch { print(2); }",
            "1:1: try is not supported; expected a check before what may go wrong",
        ),
        (
            "enum Color { Red }",
            "1:1: an enum is not supported; expected constants, e.g. const RED = 0",
        ),
        (
            "import fs from 'fs';",
            "1:1: this statement is not supported; expected a program in one file, without import and export",
        ),
        (
            "function* f(): void {}",
            "1:1: a generator is not supported; expected a function that fills an array",
        ),
        (
            "function f<T>(x: T): T { return x; }",
            "1:1: a function with type parameters is not supported; expected one function for each type",
        ),
        (
            "function f(): void { function g(): void {} }",
            "1:22: a function inside of another one is not supported; expected a function of the top level",
        ),
        (
            "function f(...all: number[]): void {}",
            "1:12: a rest parameter is not supported; expected an array as the parameter",
        ),
        (
            "function f(this: number): void {}",
            "1:12: this as a parameter is not supported; expected a parameter with another name",
        ),
        (
            "class A { x = 1; } class B extends A {}",
            "1:36: inheritance is not supported; expected a class that has the other one as a field",
        ),
        (
            "class A { static n = 1; }",
            "1:11: a static member is not supported; expected a function or variable outside of the class",
        ),
        (
            "class A { get x(): number { return 1; } }",
            "1:11: a getter or setter is not supported; expected a method",
        ),
        (
            "class A { constructor(public x: number) {} }",
            "1:23: a parameter that is a field is not supported; expected a field, and an assignment in the constructor",
        ),
        (
            "const [a, b] = [1, 2];",
            "1:7: a pattern is not supported; expected one variable for each part",
        ),
        (
            "const list = [...[1]];",
            "1:15: a spread or a hole is not supported; expected each element",
        ),
        (
            "'a'.split('');",
            "1:5: the method split of strings is not supported; expected a loop over the string",
        ),
        (
            "const l = [1]; l.map((x: number) => x);",
            "1:18: the method map of arrays is not supported; expected a loop, push, pop or fill",
        ),
        (
            "Math.random();",
            "1:1: Math.random is not supported; expected Math.floor, Math.ceil, Math.abs or Math.sqrt",
        ),
        (
            "print([1, 2]);",
            "1:7: number[] as text is not supported; expected its numbers and strings",
        ),
        (
            "if (1 == null) print(1);",
            "1:5: == with null or undefined is not supported; expected === null or === undefined",
        ),
        (
            "const x: number | string = 1;",
            "1:10: a value that is number or string is not supported; expected one type, perhaps with null or undefined",
        ),
        (
            "function f(x: any): number { return 1; }",
            "1:15: a value of any type is not supported; expected the type that it has",
        ),
        (
            "declare const q: number;",
            "1:1: declare is not supported; expected a declaration with a value",
        ),
        (
            "print(0777);",
            "1:7: a number that begins with 0 is not supported; expected 0o777 for an octal one",
        ),
        ("for (const c of 'abc') print(c);", "1:17: for … of over string; expected an array"),
        (
            "switch (1) { case 1: let x = 2; }",
            "1:22: a declaration without a block; expected { … } around it",
        ),
    ] {
        assert_eq!(first(source), expected, "{source}");
    }
}

#[test]
fn mistakes_are_found_where_they_are() {
    for (source, expected) in [
        (
            "let x;",
            "1:5: x has neither a type nor a value; expected a type or a value, e.g. x: number or x = 0",
        ),
        (
            "const x = [];",
            "1:11: what this array holds is not known; expected a type, e.g. const a: number[] = []",
        ),
        ("print(1 + true);", "1:11: this is boolean; expected number"),
        ("const n: number = 'x';", "1:19: this is string; expected number"),
        ("const t = [1, 'a'];", "1:15: this is string; expected number"),
        ("const o = { x: 1 };\nprint(o.y);", "2:9: { x } has no field y; expected one of x"),
        (
            "interface P { x: number }\nconst p: P = {};",
            "2:14: the field x is missing; expected x: a value",
        ),
        ("class A {}\nconst a: A = {};", "2:14: this is a plain object; expected new A(…)"),
        (
            "print(f(1)); function f(a: number, b: number): number { return a + b; }",
            "1:7: f gets 1 argument; expected 2: f(a, b)",
        ),
        (
            "print(y); const y = 1;",
            "1:7: y is used before it is declared; expected its declaration above",
        ),
        (
            "{ print(y); const y = 1; } ",
            "1:9: y is used before it is declared; expected its declaration above",
        ),
        (
            "use(); const later = 1; function use(): void { print(later); }",
            "1:1: use may use later, which is declared further down; expected the declaration of later above",
        ),
        (
            "first(); const later = 1; function first(): void { second(); } function second(): void { print(later); }",
            "1:1: first may use later, which is declared further down; expected the declaration of later above",
        ),
        ("const z = 1; z = 2;", "1:14: z is a constant; expected let in its declaration"),
        ("let a = 1; let a = 2;", "1:16: a is declared twice; expected each name once"),
        (
            "while (true) { break nowhere; }",
            "1:16: break has nothing to lead to; expected a loop around it",
        ),
        ("yieldNow();", "1:1: yieldNow without await; expected await yieldNow(…)"),
        (
            "await 5;",
            "1:7: await of number; expected a task: spawn, or a call of an async function",
        ),
        (
            "type T = T; const x: T = 1;",
            "1:10: T stands for itself; expected a type that is not a circle of names",
        ),
        (
            "print('ü', nothing);",
            "1:12: there is no nothing; expected a variable, parameter or function of this file",
        ),
        ("print('unfinished", "1:7: Unterminated string"),
        // The parser's place is inside of the character.
        ("`t${}é", "1:5: Unexpected token"),
    ] {
        assert_eq!(first(source), expected, "{source}");
    }
}

#[test]
fn a_mistake_is_reported_once_and_does_not_hide_the_next_one() {
    let source = "const a = later;\nprint(a + 1);\nprint(a.x);\nconst later = 1;\nconst b: string = 2;\nlet c = 1;\nc = 'x';";
    let findings = compile(source).expect_err("it is wrong");
    let lines: Vec<u32> = findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 5, 7]);
    let broken =
        "function f(x) { return 1; }\nclass A { static n = 1; m = 2; }\nprint(f(1), new A().m);";
    let findings = compile(broken).expect_err("it is wrong");
    let lines: Vec<u32> = findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 2]);
}

#[test]
fn no_text_is_too_deep_for_the_stack() {
    let many = 100_000;
    for source in [
        format!("print({}1{});", "(".repeat(many), ")".repeat(many)),
        format!("print({}1);", "1+".repeat(many)),
        format!("print({}1);", "!".repeat(many)),
        format!("print({}1);", "- ".repeat(many)),
        format!("let a = 1; {}2;", "a=".repeat(many)),
        format!("print({}2);", "1<2?1:".repeat(many)),
        "if (1 < 2) print(1); else ".repeat(500) + "print(2);",
        "{".repeat(many),
    ] {
        let found = first(&source);
        assert!(found.contains("nested too deeply"), "{}: {found}", &source[..30]);
    }
}

#[test]
fn what_javascript_does_not_have_yet_is_not_used() {
    for (source, expected) in [
        (
            "print(f(1));\nconst f = (x: number): number => x;",
            "1:7: f may use f, which is declared further down; expected the declaration of f above",
        ),
        (
            "const a = new A();\nclass A { x = 1; }",
            "1:15: A may use A, which is declared further down; expected the declaration of A above",
        ),
        (
            "g();\nclass A { x = 1; }\nfunction g(): void { new A(); }",
            "1:1: g may use A, which is declared further down; expected the declaration of A above",
        ),
        (
            "function f(a: number = b, b: number = 1): void {}",
            "1:24: b is used before it is declared; expected its declaration above",
        ),
        (
            "let a = 1;\nlet a = 2;\nfunction f(): number { return a; }",
            "2:5: a is declared twice; expected each name once",
        ),
        ("function f(): void {}\nlet f = 1;", "2:5: f is declared twice; expected each name once"),
        (
            "function f(): void {}\n{ const f = 1; f(); }",
            "2:16: a call of a value is not supported; expected a function by its name",
        ),
        (
            "function f(): void {}\nfunction g(f: number): void { spawn(f); }",
            "2:37: there is no function f; expected spawn(function, its arguments)",
        ),
        (
            "class A { x = 1; }\nconst a = new A();\na.constructor();",
            "3:3: A has no method constructor; expected a method of its class",
        ),
        (
            "const o = { __proto__: 1 };",
            "1:13: this member of an object is not supported; expected fields with plain names, e.g. { x: 1 }",
        ),
        ("for (var x of [1]) print(x);", "1:6: var is not supported; expected let or const"),
        (
            "print(-0777);",
            "1:8: a number that begins with 0 is not supported; expected 0o777 for an octal one",
        ),
        ("handshake(1);", "1:11: a handshake with number; expected what an async function returns"),
        ("stopTheWorld(1);", "1:14: this is number; expected string"),
        (
            "let x: number | undefined;\nprint(x! + 1);",
            "2:1: this line can only fail: js-add needs a number as a, but finds undefined; expected a number as a",
        ),
    ] {
        assert_eq!(first(source), expected, "{source}");
    }
}

/// Each function of the lab is the instruction that does it.
#[test]
fn what_the_lab_adds_becomes_its_instruction() {
    for (source, mnemonic) in [
        ("await sleep(1);", "sleep"),
        ("await yieldNow();", "yield"),
        ("block(1);", "block"),
        ("stall(1);", "stall"),
        ("copy([1], [2]);", "list-copy"),
        ("const m = new Mutex();\nawait m.lock();", "lock"),
        ("const m = new Mutex();\nm.unlock();", "unlock"),
        ("function f(): void {}\nspawn(f);", "spawn"),
        ("async function f(): Promise<void> {}\nf();", "spawn"),
        ("async function f(): Promise<void> {}\nawait f();", "await"),
        ("throw new Error('x');", "throw"),
        ("print(1);", "print"),
        ("poll();", "poll"),
        ("collect();", "collect"),
        ("stopTheWorld('revoke bias');", "stop"),
        ("async function f(): Promise<void> {}\nconst task = f();\nhandshake(task);", "handshake"),
    ] {
        let module = compile(source).unwrap_or_else(|findings| panic!("{source}: {findings:?}"));
        let code = module.functions()[0].instructions();
        let found = code.iter().any(|instruction| instruction.info().mnemonic == mnemonic);
        assert!(found, "{source}: {code:?}");
    }
}
