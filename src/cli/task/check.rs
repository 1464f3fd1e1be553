//! The closed set of checks: what a step of a task waits for, and when it is done. `docs/checks.json` names all
//! of them; the page has the same rules (`www/lessons/check.ts`), and `tests/tasks.json` holds both to them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The names, as the documents list them.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../docs/checks.json")).unwrap_or_default()
});

#[derive(Default, Deserialize)]
pub(super) struct Table {
    facts: Ordered<About>,
    run: Vec<String>,
    checks: Ordered<Kind>,
}

/// A fact: what values it has, and what it means.
#[derive(Deserialize)]
struct About {
    r#type: Type,
    #[serde(default)]
    words: Vec<String>,
    means: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Number,
    Time,
    Bytes,
    Yes,
    Word,
    Text,
    /// A text that has to be in another.
    Part,
}

#[derive(Deserialize)]
struct Kind {
    facts: Vec<String>,
    /// Whether it can only happen on the page.
    #[serde(default)]
    page: bool,
}

/// A JSON object in the order of its text.
pub(super) struct Ordered<T>(Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Ordered<T> {
    fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Pairs<T> {
            type Value = Ordered<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Ordered(pairs))
            }
        }
        from.deserialize_map(Pairs(std::marker::PhantomData))
    }
}

/// A value that is known. What is not known is no entry among the facts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A count without a limit is infinite; times are microseconds.
    Number(f64),
    Text(String),
    Yes(bool),
}

impl Value {
    /// As the page has it in a comparison.
    fn plain(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Yes(yes) => yes.to_string(),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(_) | Self::Yes(_) => f64::NAN,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                to.serialize_i64(*number as i64)
            }
            Self::Number(number) if number.is_finite() => to.serialize_f64(*number),
            Self::Number(_) => to.serialize_str("unbounded"),
            Self::Text(text) => to.serialize_str(text),
            Self::Yes(yes) => to.serialize_bool(*yes),
        }
    }
}

pub(super) type Facts = BTreeMap<&'static str, Value>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    AtLeast,
    AtMost,
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    fact: String,
    operator: Operator,
    value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    pub(super) name: String,
    conditions: Vec<Condition>,
    /// How often it has to happen.
    pub(super) times: u32,
    /// The step, from 1, whose rate is compared with this one's.
    pub(super) against: Option<u32>,
}

/// Parts between commas that are in no quotes.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let comma = move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    text.split(comma).map(str::trim).filter(|part| !part.is_empty()).collect()
}

impl Check {
    /// Reads such as `stops, last = bulk, times = 3`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let parts = parts(text);
        let name = parts.first().copied().unwrap_or_default();
        if TABLE.checks.get(name).is_none() {
            return Err(wrong("check", name, &TABLE.checks.names()));
        }
        let mut check = Self { name: name.into(), conditions: Vec::new(), times: 1, against: None };
        for part in parts.iter().skip(1) {
            let (fact, operator, given) = condition(part).ok_or_else(|| {
                format!("\"{part}\" is no condition; expected a name, =, >= or <=, and a value")
            })?;
            let value = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let value = value.unwrap_or(given);
            match fact {
                "times" => check.times = from_one(fact, value)?,
                "against" => check.against = Some(from_one(fact, value)?),
                _ => check.conditions.push(read_condition(name, fact, operator, value)?),
            }
        }
        Ok(check)
    }

    /// Whether it can only happen on the page.
    pub(super) fn needs_page(&self) -> bool {
        TABLE.checks.get(&self.name).is_some_and(|kind| kind.page)
    }

    /// What a condition asks for at least.
    pub(super) fn at_least(&self, fact: &str) -> Option<f64> {
        let asks = |one: &&Condition| one.fact == fact && one.operator == Operator::AtLeast;
        self.conditions.iter().find(asks).map(|one| one.value.number())
    }

    /// What a condition asks a fact to be.
    pub(super) fn asks(&self, fact: &str) -> Option<String> {
        let asks = |one: &&Condition| one.fact == fact && one.operator == Operator::Is;
        self.conditions.iter().find(asks).map(|one| one.value.plain())
    }

    /// Why it does not count: the first condition that does not hold. `None`: all hold.
    pub(super) fn missed(&self, facts: &Facts) -> Option<String> {
        self.conditions.iter().find(|one| !one.holds(facts)).map(|one| {
            let found = facts.get(one.fact.as_str());
            let found = found.map_or("not known".into(), |value| one.shown(value));
            let than = match one.operator {
                Operator::Is => "",
                Operator::AtLeast => "at least ",
                Operator::AtMost => "at most ",
            };
            let means = TABLE.facts.get(&one.fact).map_or("", |about| &about.means);
            let means = means.split([';', ',', ':', '(']).next().unwrap_or_default().trim();
            let (fact, value) = (&one.fact, one.shown(&one.value));
            format!("\"{fact}\" ({means}) is {found}; asked for is {than}{value}")
        })
    }
}

impl Condition {
    fn holds(&self, facts: &Facts) -> bool {
        let Some(found) = facts.get(self.fact.as_str()) else { return false };
        if kind(&self.fact) == Some(Type::Part) {
            return found.plain().contains(&self.value.plain());
        }
        match self.operator {
            Operator::Is => found.plain() == self.value.plain(),
            Operator::AtLeast => found.number() >= self.value.number(),
            Operator::AtMost => found.number() <= self.value.number(),
        }
    }

    /// With its unit, on one line.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Number(number) if number.is_infinite() => "unbounded".into(),
            Value::Number(us) if kind(&self.fact) == Some(Type::Time) => {
                safepoint_lab::lab::duration(*us, super::super::words::STEP)
            }
            Value::Number(number) => number.to_string(),
            Value::Yes(yes) => if *yes { "yes" } else { "no" }.into(),
            Value::Text(text) => bytecode::shown(text, LONGEST),
        }
    }
}

/// Characters of a value that are shown.
const LONGEST: usize = 200;

fn kind(fact: &str) -> Option<Type> {
    TABLE.facts.get(fact).map(|about| about.r#type)
}

fn condition(part: &str) -> Option<(&str, Operator, &str)> {
    let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '-')?;
    let (name, rest) = part.split_at(end);
    let rest = rest.trim_start();
    let operators = [(">=", Operator::AtLeast), ("<=", Operator::AtMost), ("=", Operator::Is)];
    let (text, operator) = operators.into_iter().find(|(text, _)| rest.starts_with(text))?;
    let value = rest[text.len()..].trim();
    (!name.is_empty() && !value.is_empty()).then_some((name, operator, value))
}

fn read_condition(
    check: &str,
    fact: &str,
    operator: Operator,
    value: &str,
) -> Result<Condition, String> {
    let own = TABLE.checks.get(check).map_or(&[][..], |kind| &kind.facts);
    let known: Vec<&str> = own.iter().chain(&TABLE.run).map(String::as_str).collect();
    let about = TABLE.facts.get(fact).filter(|_| known.contains(&fact));
    let about =
        about.ok_or_else(|| wrong(&format!("fact of \"{check}\""), fact, &known.join(", ")))?;
    let numeric = matches!(about.r#type, Type::Number | Type::Time | Type::Bytes);
    if !numeric && operator != Operator::Is {
        let sign = if operator == Operator::AtLeast { ">=" } else { "<=" };
        return Err(format!("\"{fact} {sign}\" cannot be; expected \"{fact} =\""));
    }
    let value = match about.r#type {
        Type::Time => Value::Number(time(fact, value)?),
        Type::Number | Type::Bytes => Value::Number(whole(fact, value)? as f64),
        Type::Yes => match value {
            "yes" => Value::Yes(true),
            "no" => Value::Yes(false),
            _ => return Err(format!("{fact} is \"{value}\"; expected yes or no")),
        },
        Type::Word if !about.words.iter().any(|word| word == value) => {
            return Err(wrong(fact, value, &about.words.join(", ")));
        }
        Type::Word | Type::Text | Type::Part => Value::Text(value.into()),
    };
    Ok(Condition { fact: fact.into(), operator, value })
}

fn wrong(what: &str, given: &str, known: &str) -> String {
    format!("there is no {what} \"{given}\"; expected one of {known}")
}

/// Names in braces that are no facts.
pub(super) fn strangers(text: &str) -> Vec<&str> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| {
        let (of, bare) = name.split_once('.').unwrap_or(("", name));
        if of.bytes().all(|b| b.is_ascii_digit()) { bare } else { name }
    });
    let lower =
        |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    names.filter(lower).filter(|name| *name != "compared" && kind(name).is_none()).collect()
}

pub(super) fn whole(name: &str, value: &str) -> Result<u64, String> {
    let digits = (1..=15).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { value.parse().ok() } else { None };
    number.ok_or_else(|| format!("{name} is \"{value}\"; expected a whole number"))
}

fn from_one(name: &str, value: &str) -> Result<u32, String> {
    match u32::try_from(whole(name, value)?) {
        Ok(n) if n >= 1 => Ok(n),
        _ => Err(format!("{name} is \"{value}\"; expected a whole number from 1")),
    }
}

/// Microseconds.
fn time(name: &str, value: &str) -> Result<f64, String> {
    let units = [("us", 1.0), ("µs", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 60e6)];
    let split = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (figure, unit) = value.split_at(split);
    let size = units.iter().find(|(name, _)| *name == unit.trim_start()).map(|(_, size)| size);
    match (figure.parse::<f64>(), size) {
        (Ok(figure), Some(size)) if figure < 1e9 => Ok(figure * size),
        _ => Err(format!(
            "{name} is \"{value}\"; expected a time such as 500 us, 20 ms, 1 s or 2 min"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Cases {
        checks: Vec<Read>,
        judged: Vec<Judged>,
    }

    #[derive(Deserialize)]
    struct Read {
        text: String,
        error: Option<String>,
    }

    #[derive(Deserialize)]
    struct Judged {
        check: String,
        facts: BTreeMap<String, serde_json::Value>,
        holds: bool,
    }

    fn cases() -> Cases {
        serde_json::from_str(include_str!("../../../tests/tasks.json")).expect("cases")
    }

    #[test]
    fn checks_are_read_or_refused_in_the_words_of_the_page() {
        for Read { text, error } in cases().checks {
            assert_eq!(Check::read(&text).err(), error, "{text}");
        }
    }

    #[test]
    fn checks_hold_of_the_same_facts_as_on_the_page() {
        for Judged { check, facts, holds } in cases().judged {
            let mut known = Facts::new();
            for (name, value) in &facts {
                let name = TABLE.facts.0.iter().find(|(fact, _)| fact == name).expect("a fact");
                let value = match value {
                    serde_json::Value::Null => continue,
                    serde_json::Value::Bool(yes) => Value::Yes(*yes),
                    serde_json::Value::String(text) if text == "unbounded" => {
                        Value::Number(f64::INFINITY)
                    }
                    serde_json::Value::String(text) => Value::Text(text.clone()),
                    number => Value::Number(number.as_f64().expect("a number")),
                };
                known.insert(name.0.as_str(), value);
            }
            let missed = Check::read(&check).expect("a check").missed(&known);
            assert_eq!(missed.is_none(), holds, "{check}: {missed:?}");
        }
    }
}
