module example.org/paste/v2
