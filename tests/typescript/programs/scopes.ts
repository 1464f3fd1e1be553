const x = 1;
{
  const x = 2;
  print(x);
  {
    const x = 3;
    print(x);
  }
  print(x);
}
for (let x = 10; x < 12; x++) print(x);
print(x);
