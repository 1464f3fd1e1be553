// name: A trap with a message
// description: A task finds that something is wrong and throws an error; whoever awaits it learns why.
// endless: no

// An error that is thrown ends one task, not the machine: the first task finishes all the same. The program
// awaits the one that failed, so the error reaches it, too, and the program ends with it.

async function withdraw(balance: number, amount: number): Promise<number> {
  if (balance < amount) throw new Error('the account holds less than that');
  return balance - amount;
}

const fine = withdraw(100, 30);
const broke = withdraw(100, 130);
print(await fine);
print(await broke); // the error reaches us here
print('never reached');
