class Pair {
  left = 1;
  right: number = this.left + 1;
}
const pair = new Pair();
print(pair.left, pair.right, new Pair() === pair);
