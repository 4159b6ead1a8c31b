package main

func main() {
	data := os.Getenv("DATA")
	os.MkdirAll(filepath.Join(data, "queue"), 0o755)
}
