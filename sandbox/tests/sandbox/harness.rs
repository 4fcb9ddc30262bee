//! A running sandbox, a client, and the description that answers are checked against.

use jsonschema::Validator;
use paragon_sandbox::{DEFAULT_PROJECT, DEFAULT_USER, Options, Running, Sandbox};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Map, Value, json};

pub const OTHER_PROJECT: &str = "2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b";

pub struct Harness {
    pub sandbox: Running,
    pub http: reqwest::Client,
    pub description: Description,
}

/// An answer whose shape has been checked.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl Harness {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("a free port");
        let http = client();
        let address = format!("{}/_sandbox/openapi.json", sandbox.url());
        let description = http.get(address).send().await.unwrap().json().await.unwrap();
        Self { sandbox, http, description: Description(description) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    pub fn token(&self, user: &str) -> String {
        self.sandbox.token(DEFAULT_PROJECT, user, 600).expect("a token")
    }

    /// A request below the default project's `/sdk`, signed in as this user.
    pub fn sdk(&self, user: &str, method: Method, path: &str) -> RequestBuilder {
        let url = self.url(&format!("/projects/{DEFAULT_PROJECT}/sdk{path}"));
        self.http.request(method, url).bearer_auth(self.token(user))
    }

    pub fn plain(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// Sends, and checks the answer against the description.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.http.execute(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole body").to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Answer { status, headers, bytes, json };
        if let Err(why) = self.description.check(&method, &path, &answer) {
            panic!("{method} {path} answered {status} against the description: {why}\n{answer:?}");
        }
        answer
    }

    pub async fn me(&self, user: &str) -> Value {
        let answer = self.send(self.sdk(user, Method::GET, "/me")).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json
    }

    /// The id that `GET /sdk/integrations` gives for a type or custom slug.
    pub async fn integration_id(&self, key: &str) -> String {
        let list = self.send(self.sdk(DEFAULT_USER, Method::GET, "/integrations")).await.json;
        let found = list.as_array().unwrap().iter().find(|integration| {
            integration["type"] == key || integration["customIntegration"]["slug"] == key
        });
        found.expect(key)["id"].as_str().unwrap().to_owned()
    }

    /// The id of a workflow by the integration's type and the workflow's description.
    pub async fn workflow_id(&self, key: &str, description: &str) -> String {
        let list = self.send(self.sdk(DEFAULT_USER, Method::GET, "/integrations")).await.json;
        let integration = list.as_array().unwrap().iter().find(|it| it["type"] == key).unwrap();
        let workflows = integration["workflows"].as_array().unwrap();
        let found = workflows.iter().find(|it| it["description"] == description);
        found.expect(description)["id"].as_str().unwrap().to_owned()
    }

    pub async fn add_faults(&self, rules: Value) -> Answer {
        let request = self.plain(Method::POST, "/_sandbox/faults").json(&json!({ "rules": rules }));
        self.send(request).await
    }
}

impl Answer {
    #[track_caller]
    pub fn assert(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// No proxy of the environment, no redirects that hide an answer.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The served description.
pub struct Description(pub Value);

impl Description {
    /// The templates that are described, with their operations.
    pub fn paths(&self) -> &Map<String, Value> {
        self.0["paths"].as_object().expect("paths")
    }

    /// The target of a reference, or the value itself.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(&reference[1..]).expect(reference),
            None => value,
        }
    }

    /// A validator for a schema of the description.
    pub fn validator(&self, schema: &Value) -> Validator {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.0["components"],
        });
        jsonschema::validator_for(&whole).expect("a schema")
    }

    fn check(&self, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
        let operation = self
            .template(path)
            .map(|template| &self.0["paths"][template][method.as_str().to_ascii_lowercase()])
            .filter(|operation| operation.is_object());
        let Some(operation) = operation else {
            // Not described: it has to be refused as such.
            return match answer.status.as_u16() {
                404 | 405 => {
                    self.check_json(&json!({"$ref": "#/components/schemas/Error"}), answer)
                }
                status => Err(format!("{status} for what is not described")),
            };
        };
        let status = answer.status.as_u16().to_string();
        let group = format!("{}XX", &status[..1]);
        let responses = &operation["responses"];
        let response = responses.get(&status).or_else(|| responses.get(&group));
        let response = self.resolve(response.ok_or("the status is not described")?);
        let Some(contents) = response["content"].as_object() else {
            return if answer.bytes.is_empty() { Ok(()) } else { Err("there is a body".into()) };
        };
        if answer.bytes.is_empty() && (answer.status.is_success() || method == Method::HEAD) {
            return Ok(());
        }
        let content_type = answer.header("content-type").split(';').next().unwrap_or_default();
        let content = contents.get(content_type).ok_or(format!("it is {content_type:?}"))?;
        match content.get("schema") {
            Some(schema) if content_type == "application/json" => self.check_json(schema, answer),
            _ => Ok(()),
        }
    }

    fn check_json(&self, schema: &Value, answer: &Answer) -> Result<(), String> {
        serde_json::from_slice::<Value>(&answer.bytes).map_err(|error| error.to_string())?;
        let validator = self.validator(schema);
        let errors: Vec<String> = validator
            .iter_errors(&answer.json)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        if answer.status.is_client_error() && answer.json["status"] != answer.status.as_u16() {
            return Err("`status` in the body is not the answer's".into());
        }
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    fn template(&self, path: &str) -> Option<&str> {
        let segments: Vec<&str> = path.split('/').collect();
        let fits = |template: &&String| {
            let parts: Vec<&str> = template.split('/').collect();
            let open_ended = template.ends_with("/{path}");
            let same_length = parts.len() == segments.len();
            (same_length || open_ended && parts.len() < segments.len())
                && parts
                    .iter()
                    .zip(&segments)
                    .all(|(part, segment)| part.starts_with('{') || part == segment)
        };
        self.paths().keys().find(fits).map(String::as_str)
    }
}
