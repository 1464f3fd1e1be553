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
        (
            "class A { m(): void {} }\nconst a: A | null = new A();\na.m?.();",
            "3:1: ?. before a call of a method is not supported; expected an if before it",
        ),
        (
            "for (const k in [1]) print(k);",
            "1:1: for … in is not supported; expected for … of over an array",
        ),
        (
            "try { print(1); } catch (e) { throw 'text'; }",
            "1:37: a thrown string in a program that catches is not supported; expected throw new Error(text)",
        ),
        (
            "try { print(1); } catch (e) { print(e); }",
            "1:37: Error as text is not supported; expected its message",
        ),
        (
            "try { print(1); } catch (e) { print(e === new Error('x')); }",
            "1:37: a comparison of errors is not supported; expected a comparison of their messages",
        ),
        (
            "class Mine { message = ''; }\nthrow new Mine();",
            "2:7: a thrown Mine is not supported; expected throw new Error(text)",
        ),
        (
            "try { print(1); } catch ({ message }) { print(message); }",
            "1:26: a pattern is not supported; expected one name",
        ),
        (
            "enum Color { Red = 'red', Blue = 1 }",
            "1:27: an enum of numbers and strings is not supported; expected an enum for each",
        ),
        (
            "enum Color { Red = Math.abs(1) }",
            "1:14: this value in an enum is not supported; expected a number, a string, or constants outside of the enum",
        ),
        (
            "enum Color { Red }\nprint(Color);",
            "2:7: an enum as a value is not supported; expected one of its values by name",
        ),
        (
            "{ enum Color { Red } }",
            "1:3: an enum inside of a block is not supported; expected one at the top level",
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
            "function f<T extends number>(x: T): T { return x; }",
            "1:12: a type parameter with extends or a default is not supported; expected a plain one, e.g. <T>",
        ),
        (
            "function f<T>(x: T): T { print(x); return x; }",
            "1:32: a type parameter as text is not supported; expected its numbers and strings",
        ),
        (
            "function f<T>(x: T): T { return x; }\nconst g = f;",
            "2:11: a generic function as a value is not supported; expected an arrow function that calls it",
        ),
        (
            "class A { m<T>(x: T): T { return x; } }",
            "1:12: a method with type parameters is not supported; expected a function outside of the class",
        ),
        (
            "function f(): void { class A {} }",
            "1:22: a class inside of a function is not supported; expected a class of the top level",
        ),
        (
            "const f = function g(): void {};",
            "1:20: a name of a function as a value is not supported; expected const with an arrow function",
        ),
        (
            "class A { m(): void {} }\nconst f = new A().m;",
            "2:19: a method as a value is not supported; expected an arrow function that calls it",
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
        ("const list = [1, , 2];", "1:18: a hole is not supported; expected each element"),
        ("const list = [...'ab'];", "1:18: a spread of string; expected an array"),
        (
            "(1.5).toPrecision(2);",
            "1:7: the method toPrecision of numbers is not supported; expected a loop, or toFixed or toString",
        ),
        (
            "'a'.replace('a', 'b');",
            "1:5: the method replace of strings is not supported; expected a loop, or charAt, charCodeAt, endsWith, includes, indexOf, padEnd, padStart, repeat, slice, split, startsWith, substring, toLowerCase, toUpperCase or trim",
        ),
        (
            "const l = [1]; l.flat(0, 1);",
            "1:18: the method flat of arrays is not supported; expected a loop, or at, concat, every, fill, filter, find, findIndex, forEach, includes, indexOf, join, lastIndexOf, map, pop, push, reduce, reverse, shift, slice, some, sort, splice or unshift",
        ),
        (
            "const l = [{ x: 1 }]; l.sort();",
            "1:23: { x } as text is not supported; expected its numbers and strings",
        ),
        (
            "Math.random();",
            "1:1: Math.random is not supported; expected Math.floor, ceil, round, trunc, abs, sign, sqrt, pow, min, max or imul",
        ),
        (
            "Number.parseFloat('1');",
            "1:1: Number.parseFloat is not supported; expected Number.isInteger, isSafeInteger, isFinite or isNaN",
        ),
        (
            "const l = [[1]];\nl.join();",
            "2:1: number[] as text is not supported; expected its numbers and strings",
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
        (
            "const f = (): number => later;\nprint(f());\nconst later = 1;",
            "2:7: f may use later, which is declared further down; expected the declaration of later above",
        ),
        (
            "{ const f = (): number => later; const later = 1; }",
            "1:27: later is used before it is declared; expected its declaration above",
        ),
        (
            "{ f(); const later = 1; function f(): number { return later; } }",
            "1:3: f is used before it is declared; expected its declaration above",
        ),
        (
            "const f: (n: number) => number = (s: string) => 1;",
            "1:34: this is (string) => number; expected (number) => number",
        ),
        (
            "const f = (n) => n;",
            "1:12: the parameter n has no type; expected a type behind it, e.g. x: number",
        ),
        (
            "const l = [1]; l.map((x) => { x; });",
            "1:16: what Array.map gives here is not known; expected a function with a result",
        ),
        (
            "function f(): void {}\nfunction g(): void { f = f; }",
            "2:22: f is a constant; expected let in its declaration",
        ),
        (
            "print(C.Red);\nenum C { Red }",
            "1:7: C may use C, which is declared further down; expected the declaration of C above",
        ),
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

/// A name inside of a function is not the one of the same name further down.
#[test]
fn names_of_functions_are_their_own() {
    for source in [
        "function f(): number { const x = 1; return x; }\nprint(f());\nconst x = f();\nfunction g(): number { return x; }\nprint(g());",
        "function f(x: number): number { return x; }\nprint(f(1));\nlet x = 2;\nfunction g(): void { x = 3; }\ng();",
        "function f(): number { for (const i of [1]) return i; return 0; }\nprint(f());\nlet i = 0;\nfunction g(): void { i++; }\ng();",
        "class A { x = 1; }\nfunction f(a: B | null): void {}\nf(null);\nclass B { y = 1; }\nfunction g(): B { return new B(); }\nprint(g().y);",
    ] {
        assert_eq!(first(source), "compiled", "{source}");
    }
}

/// What only TypeScript's own checks refuse is not another program here.
#[test]
fn fields_do_not_know_the_parameters_of_the_constructor() {
    let source = "class A { x: number = y; constructor(y: number) {} }";
    assert_eq!(
        first(source),
        "1:23: there is no y; expected a variable, parameter or function of this file"
    );
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
            "2:16: a call of number; expected a function",
        ),
        (
            "function f(): void {}\nfunction g(f: number): void { spawn(f); }",
            "2:37: spawn of number; expected spawn(function, its arguments)",
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
