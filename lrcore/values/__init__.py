"""How a value declares its parameters (`parameter`), checks them and names itself (`value`) and is found
(`registry`); `limits` are the sizes that an experiment may have."""
