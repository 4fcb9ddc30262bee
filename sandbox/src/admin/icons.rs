//! `GET /_sandbox/icons/{file}`: an icon for each product, drawn here.
//!
//! A monogram on the product's colour. The products' own logos belong to their owners and are not
//! copied.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};

use crate::catalogue::{Product, products};
use crate::error::ApiError;
use crate::extract::PathId;

/// `GET /_sandbox/icons/{file}`
pub(crate) async fn icon(PathId(file): PathId) -> Result<Response<Body>, ApiError> {
    let product = file
        .strip_suffix(".svg")
        .and_then(|key| products().iter().find(|product| product.key == key))
        .ok_or_else(|| ApiError::not_found("icon_not_found", "There is no such icon."))?;
    let mut response = Response::new(Body::from(draw(product)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    Ok(response)
}

fn draw(product: &Product) -> String {
    let colour = &product.brand_color;
    let ink = if is_light(colour) { "#1c1c1c" } else { "#ffffff" };
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="{name}">
<rect width="64" height="64" rx="14" fill="{colour}"/>
<path d="M0 44 64 20v30a14 14 0 0 1-14 14H14A14 14 0 0 1 0 50z" fill="{ink}" fill-opacity=".1"/>
<text x="32" y="33" fill="{ink}" font-family="ui-sans-serif,system-ui,sans-serif" font-size="28" font-weight="600" text-anchor="middle" dominant-baseline="central">{monogram}</text>
</svg>
"#,
        name = product.name,
        monogram = product.monogram,
    )
}

/// True if dark text reads better on a `#rrggbb` colour: its perceived brightness, per mille.
fn is_light(colour: &str) -> bool {
    let channel = |range| {
        let digits: Option<&str> = colour.get(range);
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
    };
    (299 * channel(1..3) + 587 * channel(3..5) + 114 * channel(5..7)) / 255 > 650
}
