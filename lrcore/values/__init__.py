"""How a value declares its parameters, checks them, names itself and is found."""
