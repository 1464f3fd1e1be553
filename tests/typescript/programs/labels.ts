outer: for (let i = 0; i < 5; i++) {
  for (let j = 0; j < 5; j++) {
    if (j === 2) continue outer;
    if (i === 3) break outer;
    print(i, j);
  }
}
block: {
  if (1 < 2) break block;
  print('never');
}
print('end');
