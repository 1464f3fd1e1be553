print(Math.floor(2.7), Math.floor(-2.7), Math.ceil(2.1), Math.ceil(-2.1), Math.abs(-3), Math.abs(2.5));
print(Math.floor(1e20), Math.ceil(0.5), Math.abs(-2147483648), Math.sqrt(0), Math.PI, Math.floor(-0.5));
