{
  "targets": [
    {
      "target_name": "counter",
      "sources": ["src/counter.c"],
      "libraries": ["-lsqlite3"]
    }
  ]
}
