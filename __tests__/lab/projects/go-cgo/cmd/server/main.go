package main

// #cgo LDFLAGS: -lsqlite3
// #include <sqlite3.h>
import "C"

import (
	"flag"
	"fmt"
	"log"
	"net/http"
)

func main() {
	listen := flag.String("listen", ":9000", "address")
	flag.Parse()
	http.Handle("/web/", http.StripPrefix("/web/", http.FileServer(http.Dir("web"))))
	http.HandleFunc("/complete", func(w http.ResponseWriter, r *http.Request) {
		text := C.CString(r.URL.Query().Get("sql"))
		fmt.Fprintf(w, "complete: %t\n", C.sqlite3_complete(text) == 1)
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}
