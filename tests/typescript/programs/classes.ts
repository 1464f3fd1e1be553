class Counter {
  count = 0;
  step: number;
  label?: string;
  constructor(step: number) {
    this.step = step;
  }
  next(): number {
    this.count += this.step;
    return this.count;
  }
  reset(): void {
    this.count = 0;
  }
}
const counter = new Counter(3);
print(counter.next(), counter.next(), counter.count, counter.label);
counter.reset();
counter.label = 'c';
print(counter.next(), counter.label);
