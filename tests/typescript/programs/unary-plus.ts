const list = [1.5, -0];
print(+list[0], 1 / +list[1], +NaN, -+2);
