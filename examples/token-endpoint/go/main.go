package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
)

// Who is signed in to your application: ask your own session here.
func signedInUser(r *http.Request) string {
	return os.Getenv("DEMO_USER")
}

func token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	answer := func(status int, body map[string]string) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body)
	}
	if r.Method != http.MethodPost {
		answer(http.StatusMethodNotAllowed, map[string]string{"error": "POST, please."})
		return
	}
	userID := signedInUser(r)
	if userID == "" {
		answer(http.StatusUnauthorized, map[string]string{"error": "Sign in first."})
		return
	}
	token, err := ParagonToken(userID)
	if err != nil {
		log.Print(err)
		answer(http.StatusInternalServerError, map[string]string{"error": "The token could not be signed."})
		return
	}
	answer(http.StatusOK, map[string]string{"token": token})
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("http://%s", listener.Addr())
	http.HandleFunc("/api/paragon-token", token)
	log.Fatal(http.Serve(listener, nil))
}
