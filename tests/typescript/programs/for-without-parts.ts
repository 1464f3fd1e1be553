let i = 0;
for (;;) {
  if (i++ > 3) break;
}
print(i);
for (; i < 8;) i += 2;
print(i);
