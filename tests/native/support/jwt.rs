//! User tokens for tests.

use serde_json::Value;

/// A token with these claims and no valid signature, which only a server could tell.
pub fn jwt(claims: &Value) -> String {
    jwt_of(claims.to_string().as_bytes())
}

/// A token whose claims are these bytes, whatever they are.
pub fn jwt_of(claims: &[u8]) -> String {
    let header = base64url(br#"{"alg":"RS256","typ":"JWT"}"#);
    format!("{header}.{}.c2lnbmF0dXJl", base64url(claims))
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}
