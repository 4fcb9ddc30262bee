//! `GET /`: what this is, for whoever opens the address in a browser.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::catalogue::{DEFAULT_PROJECT, DEFAULT_USER, demo_users};
use crate::error::html;
use crate::extract::Origin;
use crate::page::escaped;

/// `GET /`
pub(crate) async fn page(Origin(origin): Origin) -> Response<Body> {
    html(StatusCode::OK, text(&escaped(&origin)))
}

fn text(origin: &str) -> String {
    let mut rows = String::new();
    for user in demo_users() {
        let (project, id, about) = (&user.project, &user.id, escaped(&user.about));
        for part in ["<tr><td><code>", id, "</code></td><td>", &about, "</td><td><code>", project] {
            rows.push_str(part);
        }
        rows.push_str("</code></td></tr>\n");
    }
    format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A local Paragon</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }}
pre {{ overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: .5rem }}
td {{ padding: .25rem 1rem .25rem 0; vertical-align: top }}
</style>
<h1>A local Paragon</h1>
<p>This is <code>paragon-sandbox</code>, a stand-in for Paragon's Users API for development and
tests. It is not Paragon's, holds no real accounts, and anybody can make tokens for it.</p>
<h2>Try it</h2>
<pre>TOKEN=$(curl -s -X POST {origin}/_sandbox/token | sed 's/.*"token":"\([^"]*\)".*/\1/')
curl -s -H "Authorization: Bearer $TOKEN" {origin}/projects/{DEFAULT_PROJECT}/sdk/me</pre>
<p>Without a body the token is for the user <code>{DEFAULT_USER}</code>.
Any other user id works too and starts with nothing connected.</p>
<h2>Users</h2>
<table>
{rows}</table>
<h2>More</h2>
<ul>
<li><a href="/_sandbox/openapi.json">/_sandbox/openapi.json</a>: everything that is served here</li>
<li><a href="/_sandbox/requests">/_sandbox/requests</a>: the requests that came in, without their tokens</li>
<li><a href="/_sandbox/provider">/_sandbox/provider</a>: where providers ask for consent, and what is decided there</li>
<li><a href="/_sandbox/users">/_sandbox/users</a>: the users above, as JSON</li>
</ul>
</html>
"#
    )
}
