package main

import (
	"embed"
	"html/template"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
)

//go:embed migrations/*.sql
var migrations embed.FS

func main() {
	page := template.Must(template.ParseFiles("templates/index.html"))
	state := os.Getenv("STATE_DIR")
	if state == "" {
		state = os.TempDir()
	}
	file := filepath.Join(state, "message")

	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		message, _ := os.ReadFile(file)
		steps, _ := migrations.ReadDir("migrations")
		page.Execute(w, map[string]any{"Message": string(message), "Steps": len(steps)})
	})
	http.HandleFunc("/message", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := os.WriteFile(file, body, 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
