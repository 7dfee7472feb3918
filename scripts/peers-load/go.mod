module cityledger.example/peers-load

go 1.22
