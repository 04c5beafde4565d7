//! Cases: what is given, what is asked, and what must come out. A file of them shows what the policy does, and a test holds it to it.

use model::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    decide::{Decision, Duty, Rules, decide_through},
    policy::Policy,
    standing::{Request, Standing},
};

/// A file of cases: what holds if nothing else is said, and each case with what differs. Lists replace lists, objects are merged.
#[derive(Debug, Clone, Deserialize)]
pub struct Cases {
    defaults: Value,
    cases: Vec<Raw>,
}

#[derive(Debug, Clone, Deserialize)]
struct Raw {
    id: String,
    #[serde(default)]
    given: Value,
    #[serde(default)]
    request: Value,
    #[serde(default)]
    expect: Expected,
}

/// What must come out; what is not named may be anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Expected {
    /// `allow`, `defer` or `deny`.
    pub decision: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Until when.
    pub until: Option<Time>,
    /// Duties that it must have.
    pub obligations_include: Vec<String>,
    /// Duties that it must not have.
    pub obligations_exclude: Vec<String>,
}

/// A case that can be decided.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// What must come out.
    pub expect: Expected,
    now: Time,
    standing: Standing,
    policy: Policy,
    request: Request,
}

/// Why a file of cases cannot be read; it names the case and the field.
#[derive(Debug, thiserror::Error)]
#[error("{case}: {why}")]
pub struct CaseError {
    /// Which case.
    pub case: String,
    /// Why.
    pub why: String,
}

#[derive(Deserialize)]
struct Filled {
    now: Time,
    #[serde(flatten)]
    standing: Standing,
    policy: Policy,
}

/// What is printed of a case: parts that are not there are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The case.
    pub id: String,
    /// `allow`, `defer` or `deny`.
    pub decision: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// With which duties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obligations: Option<Vec<&'static str>>,
}

/// Reads a file of cases.
///
/// # Errors
/// [`CaseError`] names the case, and the field of it, that cannot be understood.
pub fn read(text: &str) -> Result<Vec<Case>, CaseError> {
    let fail =
        |case: &str, why: &dyn std::fmt::Display| CaseError { case: case.to_owned(), why: why.to_string() };
    let all: Cases = serde_json::from_str(text).map_err(|error| fail("the file", &error))?;
    let fill = |raw: Raw| {
        let mut filled = all.defaults.clone();
        let asked = filled.as_object_mut().and_then(|it| it.remove("request")).unwrap_or(Value::Null);
        let whole: Filled = serde_path(merged(filled, raw.given)).map_err(|why| fail(&raw.id, &why))?;
        whole.policy.check().map_err(|why| fail(&raw.id, &why))?;
        let request =
            serde_path(merged(asked, raw.request)).map_err(|why| fail(&raw.id, &format!("request.{why}")))?;
        let Filled { now, standing, policy } = whole;
        Ok(Case { id: raw.id, expect: raw.expect, now, standing, policy, request })
    };
    all.cases.into_iter().map(fill).collect()
}

fn serde_path<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// Objects are merged, everything else is replaced.
fn merged(under: Value, over: Value) -> Value {
    match (under, over) {
        (under, Value::Null) if !under.is_null() => under,
        (Value::Object(mut under), Value::Object(over)) => {
            for (name, value) in over {
                let before = under.remove(&name).unwrap_or(Value::Null);
                // A field that is set to nothing is nothing.
                let after = if value.is_null() { Value::Null } else { merged(before, value) };
                under.insert(name, after);
            }
            Value::Object(under)
        }
        (_, over) => over,
    }
}

impl Case {
    /// The bare decision.
    pub fn decide(&self) -> Decision {
        crate::decide::decide(&self.standing, &self.policy, &self.request, self.now)
    }

    /// What comes out.
    pub fn answer(&self) -> Answer {
        self.answer_through(&Rules::all())
    }

    /// The same by other rules.
    pub fn answer_through(&self, rules: &Rules<'_>) -> Answer {
        let decision = decide_through(rules, &self.standing, &self.policy, &self.request, self.now);
        let id = self.id.clone();
        let names = |all: std::collections::BTreeSet<Duty>| all.into_iter().map(Duty::name).collect();
        match decision {
            Decision::Allow { obligations } => Answer {
                id,
                decision: "allow",
                reason: None,
                until: None,
                obligations: Some(names(obligations)).filter(|it: &Vec<_>| !it.is_empty()),
            },
            Decision::Defer { reason, until } => Answer {
                id,
                decision: "defer",
                reason: Some(reason.to_string()),
                until: Some(until),
                obligations: None,
            },
            Decision::Deny { reason } => Answer {
                id,
                decision: "deny",
                reason: Some(reason.to_string()),
                until: None,
                obligations: None,
            },
        }
    }
}

impl Answer {
    /// Whether it is what must come out; if not, how it differs.
    pub fn differs(&self, expected: &Expected) -> Option<String> {
        let has = |name: &String| self.obligations.iter().flatten().any(|it| it == name);
        let missing: Vec<&String> = expected.obligations_include.iter().filter(|it| !has(it)).collect();
        let besides: Vec<&String> = expected.obligations_exclude.iter().filter(|it| has(it)).collect();
        let as_said = expected.decision.as_deref().is_none_or(|it| it == self.decision)
            && (expected.reason.is_none() || expected.reason == self.reason)
            && (expected.until.is_none() || expected.until == self.until)
            && missing.is_empty()
            && besides.is_empty();
        (!as_said).then(|| format!("{}: expected {expected:?}, but it is {self:?}", self.id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_merged_and_what_cannot_be_read_is_named() {
        let under = json!({"a": {"x": 1, "y": [1, 2]}, "b": 3});
        let over = json!({"a": {"y": [3], "z": null}, "c": 4});
        assert_eq!(merged(under, over), json!({"a": {"x": 1, "y": [3], "z": null}, "b": 3, "c": 4}));
        let error = read(r#"{"defaults": {}, "cases": [{"id": "A01"}]}"#).unwrap_err().to_string();
        assert!(error.starts_with("A01: ") && error.contains("now"), "{error}");
    }
}
