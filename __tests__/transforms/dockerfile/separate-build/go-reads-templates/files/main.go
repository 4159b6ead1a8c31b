package main

import "html/template"

var page = template.Must(template.ParseFiles("templates/page.html"))

func main() {}
