// Command shortener keeps short names for long addresses.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
)

var (
	listen = flag.String("listen", ":8080", "address to listen on")
	data   = flag.String("data", "links.json", "file of the links")
	lock   sync.Mutex
	links  = map[string]string{}
)

func save() error {
	text, err := json.Marshal(links)
	if err != nil {
		return err
	}
	if err := os.WriteFile(*data+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(*data+".new", *data)
}

func serve(w http.ResponseWriter, r *http.Request) {
	lock.Lock()
	defer lock.Unlock()
	if r.Method == http.MethodPut {
		target, _ := io.ReadAll(r.Body)
		links[r.URL.Path] = string(target)
		if err := save(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "stored")
		return
	}
	target, found := links[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, target, http.StatusFound)
}

func main() {
	flag.Parse()
	if text, err := os.ReadFile(*data); err == nil {
		if err := json.Unmarshal(text, &links); err != nil {
			log.Fatal(err)
		}
	}
	http.HandleFunc("/", serve)
	log.Fatal(http.ListenAndServe(*listen, nil))
}
