//! Requests made up from the description, good and bad: whatever is sent, the answer is one that
//! the description names.

use paragon_sandbox::DEFAULT_PROJECT;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::harness::{Description, Harness};

#[derive(Debug, Clone)]
struct Made {
    method: Method,
    path: String,
    signed_in: bool,
    body: Option<Value>,
}

#[test]
fn whatever_is_sent_is_answered_as_described() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let harness = runtime.block_on(Harness::new());
    let ids = runtime.block_on(real_ids(&harness));
    let mut operations = Vec::new();
    for (template, item) in harness.description.paths() {
        for (method, operation) in item.as_object().unwrap() {
            // Faults that were made up would make the other answers up.
            if method == "parameters" || template == "/_sandbox/faults" {
                continue;
            }
            let schema = operation["requestBody"]["content"]["application/json"]["schema"].clone();
            let method: Method = method.to_ascii_uppercase().parse().unwrap();
            operations.push((method, template.clone(), schema));
        }
    }
    let strategy = select(operations).prop_flat_map(move |(method, template, schema)| {
        let body = if schema.is_null() {
            Just(None).boxed()
        } else {
            prop_oneof![1 => Just(None), 2 => any_json().prop_map(Some), 6 => fitting(&schema).prop_map(Some)]
                .boxed()
        };
        (filled(&template, &ids), proptest::bool::weighted(0.9), body).prop_map(
            move |(path, signed_in, body)| Made { method: method.clone(), path, signed_in, body },
        )
    });
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&strategy, |made| {
            let mut request = harness.plain(made.method.clone(), &made.path);
            if made.signed_in {
                request = request.bearer_auth(harness.token("mateo"));
            }
            if let Some(body) = &made.body {
                request = request.json(body);
            }
            let answer = runtime.block_on(harness.send(request));
            // The product's refusals that are asked for here have other statuses.
            prop_assert_ne!(answer.status.as_u16(), 500);
            Ok(())
        })
        .unwrap();
}

/// Ids that name something, so that requests get further than "not found".
async fn real_ids(harness: &Harness) -> Vec<String> {
    let list = harness.send(harness.sdk("mateo", Method::GET, "/integrations")).await.json;
    let credentials = harness.send(harness.sdk("mateo", Method::GET, "/credentials")).await.json;
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let integrations = list.as_array().unwrap();
    let workflows = integrations.iter().flat_map(|it| it["workflows"].as_array().unwrap());
    let own = credentials.as_array().unwrap().iter().map(id);
    own.chain(integrations.iter().map(id)).chain(workflows.map(id)).collect()
}

/// A path of the template: mostly real names, sometimes any text.
fn filled(template: &str, ids: &[String]) -> BoxedStrategy<String> {
    let parts: Vec<BoxedStrategy<String>> = template
        .split('/')
        .map(|part| match part {
            "{projectId}" => Just(DEFAULT_PROJECT.to_owned()).boxed(),
            "{integrationType}" => {
                let types = ["salesforce", "googledrive", "slack", "custom.taskbird", "nope"];
                select(types.to_vec()).prop_map(str::to_owned).boxed()
            }
            "{path}" => {
                let paths = ["_echo/x", "_file", "_status/503", "_status/x", "any/where", "_empty"];
                select(paths.to_vec()).prop_map(str::to_owned).boxed()
            }
            part if part.starts_with('{') => {
                prop_oneof![4 => select(ids.to_vec()), 1 => "[a-zA-Z0-9%._~-]{1,12}".prop_map(|it| it.replace('%', "%25"))]
                    .prop_filter("dots are steps in a path", |it| it != "." && it != "..")
                    .boxed()
            }
            part => Just(part.to_owned()).boxed(),
        })
        .collect();
    parts.prop_map(|parts| parts.join("/")).boxed()
}

/// A value that fits a schema of the description, as far as the schemas of its requests go.
fn fitting(schema: &Value) -> BoxedStrategy<Value> {
    let Some(properties) = schema["properties"].as_object() else {
        return match schema["type"].as_str() {
            Some("string") => "\\PC{1,20}".prop_map(Value::from).boxed(),
            Some("integer") => (-4000..4000_i32).prop_map(Value::from).boxed(),
            Some("object") => any_object(),
            _ => any_json(),
        };
    };
    let fields: Vec<BoxedStrategy<(String, Option<Value>)>> = properties
        .iter()
        .map(|(name, schema)| {
            let name = name.clone();
            let value = fitting(schema);
            proptest::option::of(value).prop_map(move |value| (name.clone(), value)).boxed()
        })
        .collect();
    let object = fields.prop_map(|fields| {
        let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Value::Object(given.collect::<Map<String, Value>>())
    });
    object.boxed()
}

fn any_object() -> BoxedStrategy<Value> {
    let entries = proptest::collection::vec(("\\PC{0,8}", any_json()), 0..4);
    entries.prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
}

fn any_json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("\\PC{0,6}", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
    .boxed()
}

/// The description itself: every reference leads somewhere and every schema is one.
#[tokio::test]
async fn the_description_is_sound() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Object(object) => {
                if object.contains_key("$ref") {
                    found.push(value);
                }
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let harness = Harness::new().await;
    let Description(whole) = &harness.description;
    let mut found = Vec::new();
    references(whole, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        assert!(harness.description.resolve(reference).is_object());
    }
    for (name, schema) in whole["components"]["schemas"].as_object().unwrap() {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let ids =
        harness.description.paths().values().flat_map(|item| item.as_object().unwrap().values());
    let mut ids: Vec<_> = ids.filter_map(|operation| operation["operationId"].as_str()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "every operation has its own id");
}
