const most = 2147483647;
const least = -2147483648;
print(most + 1, least - 1, most + most, least + least);
print(most - -1, 0 - least, -least, most * most);
