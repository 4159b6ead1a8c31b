package main

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	log.Fatal(http.ListenAndServe(":8080", mux))
}
