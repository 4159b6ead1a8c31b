module example.com/gitea

go 1.19
