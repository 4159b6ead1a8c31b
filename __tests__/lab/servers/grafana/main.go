// Command grafana keeps dashboards in its data directory, and what it is told to start with in its provisioning one.
package main

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	paths := map[string]string{}
	for _, argument := range os.Args[1:] {
		if name, value, found := strings.Cut(strings.TrimPrefix(argument, "cfg:default.paths."), "="); found {
			paths[name] = value
		}
	}
	dashboards := filepath.Join(paths["data"], "dashboards")
	if err := os.MkdirAll(dashboards, 0o750); err != nil {
		log.Fatal(err)
	}
	password := os.Getenv("GF_SECURITY_ADMIN_PASSWORD")
	if password == "" {
		password = "admin"
	}
	http.HandleFunc("/api/health", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, `{"database": "ok"}`)
	})
	http.HandleFunc("/api/datasources", func(w http.ResponseWriter, r *http.Request) {
		files, _ := filepath.Glob(filepath.Join(paths["provisioning"], "datasources/*.yml"))
		fmt.Fprintln(w, len(files), "provisioned")
	})
	http.HandleFunc("/api/dashboards/", func(w http.ResponseWriter, r *http.Request) {
		_, given, _ := r.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(given), []byte(password)) != 1 {
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		file := filepath.Join(dashboards, filepath.Base(r.URL.Path))
		if r.Method == http.MethodGet {
			http.ServeFile(w, r, file)
			return
		}
		// Exports are made in the temporary directory first.
		scratch, err := os.CreateTemp("", "export")
		if err == nil {
			defer os.Remove(scratch.Name())
			_, err = io.Copy(scratch, r.Body)
		}
		if err == nil {
			var text []byte
			if text, err = os.ReadFile(scratch.Name()); err == nil {
				err = os.WriteFile(file, text, 0o640)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "saved")
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
