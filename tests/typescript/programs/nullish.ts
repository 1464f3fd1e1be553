const values: (number | null | undefined)[] = [0, null, undefined, 7];
for (const value of values) print(value ?? -1, value || -1);
