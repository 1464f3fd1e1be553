let i = 0;
do {
  i += 3;
  if (i === 6) continue;
  print(i);
} while (i < 10);
do print('once');
while (false);
