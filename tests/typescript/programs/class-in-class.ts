class Engine {
  power: number;
  constructor(power: number) {
    this.power = power;
  }
}
class Car {
  engine: Engine;
  seats = 4;
  constructor(power: number) {
    this.engine = new Engine(power);
  }
  strength(): number {
    return this.engine.power / this.seats;
  }
}
const cars = [new Car(100), new Car(90)];
for (const car of cars) print(car.strength());
