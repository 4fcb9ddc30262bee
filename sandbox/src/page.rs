//! The frame of the pages that a person sees in the popup of an install.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::catalogue::fresh_id;
use crate::error::html;

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
h1 { font-size: 1.25rem }
img { width: 3rem; height: 3rem }
form { display: grid; gap: .75rem; margin: 1rem 0 }
label { display: grid; gap: .25rem }
input, button { font: inherit; padding: .5rem .75rem; border: 1px solid #8888; border-radius: .5rem }
button { cursor: pointer }
button[value=allow] { background: #1a56db; border-color: #1a56db; color: #fff }
small { color: GrayText }
";

/// A page. `body` is HTML; `data` is what `script` finds in its constant `data`.
pub(crate) fn page(title: &str, body: &str, data: &Value, script: &str) -> Response<Body> {
    let nonce = fresh_id();
    let title = escaped(title);
    let script = if script.is_empty() {
        String::new()
    } else {
        // No `<` in it, or a text in the data could end the script.
        let data = data.to_string().replace('<', "\\u003c");
        format!("<script nonce=\"{nonce}\">\nconst data = {data};\n{script}\n</script>\n")
    };
    let mut response = html(
        StatusCode::OK,
        format!(
            "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<link rel=\"icon\" href=\"data:,\">
<title>{title}</title>
<style nonce=\"{nonce}\">{STYLE}</style>
<h1>{title}</h1>
{body}
{script}</html>
"
        ),
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         img-src data: http:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // Addresses here hold tokens and codes.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
