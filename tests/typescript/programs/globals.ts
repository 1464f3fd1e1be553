let calls = 0;
const limit = 3;
const seen: string[] = [];
function note(text: string): void {
  calls++;
  if (calls <= limit) seen.push(text);
}
for (let i = 0; i < 5; i++) note(`call ${i}`);
print(calls, seen.length, seen[2]);
