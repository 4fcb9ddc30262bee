module token-endpoint

go 1.19
