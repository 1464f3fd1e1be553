for (let i = 0; i < 3; i++) {
  let fresh: number | undefined;
  print(fresh);
  fresh = i;
}
