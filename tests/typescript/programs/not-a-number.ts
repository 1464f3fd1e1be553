const nan = 0 / 0;
print(nan, nan === nan, nan !== nan, nan < 1, nan > 1, nan <= nan, !(nan < 1));
print(nan + 1, Math.sqrt(-1), Infinity - Infinity, Infinity * 0, 5 % 0, Infinity % 2, nan | 0);
if (nan) print('true');
else print('false');
