// Command gitea keeps Git repositories, serves them over HTTP, and takes keys for SSH.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
)

const repositories = "/data/git/repositories"

func main() {
	if err := os.MkdirAll(repositories, 0o755); err != nil {
		log.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: "/usr/lib/git-core/git-http-backend",
		Env:  []string{"GIT_PROJECT_ROOT=" + repositories, "GIT_HTTP_EXPORT_ALL=1"},
	}
	http.Handle("/", backend)
	http.HandleFunc("/api/repos/", func(w http.ResponseWriter, r *http.Request) {
		path := filepath.Join(repositories, filepath.Base(r.URL.Path)+".git")
		if said, err := exec.Command("git", "init", "--bare", "--initial-branch=main", path).CombinedOutput(); err != nil {
			http.Error(w, string(said), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "made")
	})
	http.HandleFunc("/api/keys", func(w http.ResponseWriter, r *http.Request) {
		key, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile("/data/git/.ssh/authorized_keys", key, 0o600)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "stored")
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
