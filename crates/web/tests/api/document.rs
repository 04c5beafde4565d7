//! The document of the API, as something that answers are held against.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

/// The document, made strict: what it does not tell of must not be answered.
pub struct Document {
    text: Value,
    components: Value,
}

impl Document {
    /// None yet; nothing is held against it.
    pub fn empty() -> Self {
        Self { text: Value::Null, components: Value::Null }
    }

    pub fn new(text: Value) -> Self {
        let mut components = text["components"].clone();
        let schemas = components["schemas"].as_object_mut().expect("schemas");
        schemas.values_mut().for_each(close);
        Self { text, components }
    }

    /// Every method with its address.
    pub fn operations(&self) -> BTreeSet<(String, String)> {
        let paths = self.text["paths"].as_object().expect("paths");
        let of = |(path, item): (&String, &Value)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of).collect()
    }

    /// Holds an answer against what the document says of it; gives the address as the document writes it.
    pub fn hold(
        &self,
        method: &Method,
        path: &str,
        status: StatusCode,
        kind: &str,
        bytes: &[u8],
    ) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        let (template, operation) = self.operation(method, path)?;
        let told = &operation["responses"][status.as_str()];
        assert!(told.is_object(), "{method} {template} answers {status}, of which the document says nothing");
        let contents: BTreeMap<String, Value> =
            serde_json::from_value(told["content"].clone()).unwrap_or_default();
        if contents.is_empty() {
            assert!(bytes.is_empty(), "{method} {template} answers {status} with a body that is not told of");
            return Some(template);
        }
        let content = contents.get(kind.split(';').next().unwrap_or_default());
        let content = content.unwrap_or_else(|| panic!("{method} {template} answers {kind}: not told of"));
        if kind.contains("json") && !kind.contains("jsonl") {
            let value: Value = serde_json::from_slice(bytes).expect("JSON");
            let wrong = self.wrong(&content["schema"], &value);
            assert!(wrong.is_empty(), "{method} {template} {status}: {wrong:#?}\nin {value:#}");
        }
        Some(template)
    }

    /// Holds what was sent, and taken, against what the document says may be sent.
    pub fn hold_sent(&self, method: &Method, path: &str, bytes: &[u8]) {
        let path = path.split('?').next().unwrap_or_default();
        let Some((template, operation)) = self.operation(method, path) else { return };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_object() {
            let value: Value = serde_json::from_slice(bytes).expect("JSON");
            let wrong = self.wrong(schema, &value);
            assert!(wrong.is_empty(), "{method} {template} took what the document forbids: {wrong:#?}");
        }
    }

    fn wrong(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut whole = schema.as_object().cloned().unwrap_or_default();
        close(&mut Value::Object(whole.clone()));
        whole.insert("components".into(), self.components.clone());
        let validator = jsonschema::draft202012::new(&Value::Object(whole)).expect("a schema");
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn operation(&self, method: &Method, path: &str) -> Option<(String, &Value)> {
        let paths = self.text["paths"].as_object()?;
        let mut fitting: Vec<(&String, &Value)> =
            paths.iter().filter(|(template, _)| fits(template, path)).collect();
        // A word that stands in the address goes before one that is filled in.
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        let named = method.as_str().to_lowercase();
        let found = fitting.into_iter().find(|(_, item)| item[&named].is_object());
        found.map(|(template, item)| (template.clone(), &item[&named]))
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(t, p)| t == p || t.starts_with('{') && !p.is_empty())
}

/// What a schema does not name is not there.
fn close(schema: &mut Value) {
    if let Value::Object(map) = schema {
        if map.contains_key("properties") && !map.contains_key("additionalProperties") {
            map.insert("additionalProperties".into(), Value::Bool(false));
        }
        map.values_mut().for_each(close);
    }
    if let Value::Array(all) = schema {
        all.iter_mut().for_each(close);
    }
}

/// An object whose keys are these.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(Map::keys).into_iter().flatten().map(String::as_str).collect()
}
