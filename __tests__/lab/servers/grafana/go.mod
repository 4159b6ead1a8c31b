module example.com/grafana

go 1.19
