// name: An account behind a lock
// formerly: An account behind a lock (TypeScript)
// description: Four tasks pay into one account; while a task waits for the lock, its worker runs another.
// endless: no

class Account {
  balance = 0;
  payments = 0;
  pay(amount: number): void {
    this.balance += amount;
    this.payments++;
  }
}

const account = new Account();
const lock = new Mutex();

async function customer(amount: number): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    await lock.lock();
    account.pay(amount);
    lock.unlock();
  }
}

const customers = [customer(1), customer(2), customer(3), customer(4)];
for (const one of customers) await one;
print(account.balance, account.payments);
