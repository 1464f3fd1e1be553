class Account {
  balance = 0;
}
const account = new Account();
const mutex = new Mutex();
async function deposit(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await mutex.lock();
    const before = account.balance;
    await yieldNow();
    account.balance = before + 1;
    mutex.unlock();
  }
}
const tasks = [deposit(20), deposit(30)];
for (const task of tasks) await task;
print(account.balance);
