package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"time"
)

// ParagonToken signs a Paragon User Token for a user of your application.
func ParagonToken(userID string) (string, error) {
	key, err := signingKey()
	if err != nil {
		return "", err
	}
	now := time.Now().Unix()
	claims, err := json.Marshal(map[string]any{
		"sub": userID,
		"aud": "useparagon.com/" + os.Getenv("PARAGON_PROJECT_ID"),
		"iat": now,
		"exp": now + 60*60,
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	unsigned := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(unsigned))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return unsigned + "." + encode(signature), err
}

func signingKey() (*rsa.PrivateKey, error) {
	// Where variables have one line, a key's line breaks are written as \n.
	text := strings.ReplaceAll(os.Getenv("PARAGON_SIGNING_KEY"), `\n`, "\n")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("PARAGON_SIGNING_KEY is not a PEM key")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("PARAGON_SIGNING_KEY is not an RSA key")
	}
	return private, nil
}
