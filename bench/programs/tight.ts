let i = 0;
while (i < 30000000) i++;
print(i);
