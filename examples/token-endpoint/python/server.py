import os
import time

import jwt
from flask import Flask, jsonify

app = Flask(__name__)

PROJECT_ID = os.environ["PARAGON_PROJECT_ID"]
# Where variables have one line, a key's line breaks are written as \n.
SIGNING_KEY = os.environ["PARAGON_SIGNING_KEY"].replace("\\n", "\n")


def paragon_token(user_id):
    """A Paragon User Token for a user of your application."""
    now = int(time.time())
    claims = {
        "sub": user_id,
        "aud": f"useparagon.com/{PROJECT_ID}",
        "iat": now,
        "exp": now + 60 * 60,
    }
    return jwt.encode(claims, SIGNING_KEY, algorithm="RS256")


def signed_in_user():
    """Who is signed in to your application: ask your own session here."""
    return os.environ.get("DEMO_USER")


@app.post("/api/paragon-token")
def token():
    user_id = signed_in_user()
    if not user_id:
        return jsonify(error="Sign in first."), 401
    response = jsonify(token=paragon_token(user_id))
    response.headers["Cache-Control"] = "no-store"
    return response


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
