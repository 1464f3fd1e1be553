class Counter {
  count = 0;
  name(): string {
    return 'counter';
  }
}
const counters: Counter[] = [new Counter()];
print(counters[0].name());
print(counters[1].name());
