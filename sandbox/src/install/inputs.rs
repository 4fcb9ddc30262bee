//! Answers to the inputs of a form.

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::install::plan::{InstallPlan, Options};
use crate::redact::is_secret_name;

/// The answers to these inputs, and nothing else of what was sent.
///
/// # Errors
/// With a reason for every answer that is missing or does not fit.
pub(crate) fn answers(
    plan: &InstallPlan,
    inputs: &[Value],
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, ApiError> {
    let (mut taken, mut refused) = (Map::new(), Map::new());
    for input in inputs {
        let Some(id) = input["id"].as_str() else { continue };
        let answer = given.get(id).filter(|it| !it.is_null() && it.as_str() != Some(""));
        match answer {
            None if input["required"] == false => {}
            None => {
                refused.insert(id.to_owned(), "is required".into());
            }
            Some(answer) => match misfit(plan, input, answer) {
                None => {
                    taken.insert(id.to_owned(), answer.clone());
                }
                Some(why) => {
                    refused.insert(id.to_owned(), why.into());
                }
            },
        }
    }
    if refused.is_empty() { Ok(taken) } else { Err(ApiError::options_invalid(&refused)) }
}

fn misfit(plan: &InstallPlan, input: &Value, answer: &Value) -> Option<&'static str> {
    let wants_number = input["type"] == "NUMBER" || input["inputType"] == "number";
    match input["type"].as_str()? {
        "SWITCH" | "BOOLEAN_INPUT" => (!answer.is_boolean()).then_some("must be true or false"),
        "ENUM" => (!is_choice(plan, input, answer)).then_some("is not one of the choices"),
        // Forms give text.
        _ if wants_number => {
            let is_number = answer.is_number()
                || answer.as_str().is_some_and(|text| text.trim().parse::<f64>().is_ok());
            (!is_number).then_some("must be a number")
        }
        "DYNAMIC_ENUM" => {
            (!answer.is_string() && !answer.is_number()).then_some("must be text or a number")
        }
        _ => (!answer.is_string()).then_some("must be text"),
    }
}

/// The choices are the input's own, or those of the source that it names.
fn is_choice(plan: &InstallPlan, input: &Value, answer: &Value) -> bool {
    let source = input["sourceType"].as_str().and_then(|key| plan.sources.get(key));
    let choices = match source.map(|source| &source.options) {
        Some(Options::Fixed(choices)) => Some(choices),
        _ => input["values"].as_array(),
    };
    choices.is_some_and(|choices| choices.iter().any(|choice| choice["value"] == *answer))
}

/// Those of the answers that may be shown.
pub(crate) fn public<'a>(
    inputs: &'a [Value],
    answers: &'a Map<String, Value>,
) -> impl Iterator<Item = (String, Value)> + 'a {
    let is_secret = |id: &str| {
        is_secret_name(id) || inputs.iter().any(|it| it["id"] == id && it["type"] == "PASSWORD")
    };
    answers
        .iter()
        .filter(move |(id, _)| !is_secret(id))
        .map(|(id, answer)| (id.clone(), answer.clone()))
}
