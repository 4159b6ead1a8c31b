module example.org/deploy

go 1.24
